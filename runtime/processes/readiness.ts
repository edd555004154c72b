/** What keeps a process from its work, in words: the ledger and Temporal, each asked with a time limit. */
import type { Client } from '@temporalio/client';
import type { TemporalAccess } from '../../config/deployment.js';
import type { Ledger } from '../../ledger/ledger.js';
import { lookAt } from '../temporal/connection.js';
import { failureOfCall, isTemporalError } from '../temporal/failure.js';

const ANSWERS_WITHIN_MS = 3_000;
const CHECK_POSTGRES = 'check that the PostgreSQL of DATABASE_URL runs and is not overloaded';
const CHECK_TEMPORAL = 'check that it runs and is not overloaded';

/** A problem in words; null: none. Never rejects. */
export type Probe = () => Promise<string | null>;

export function ledgerProbe(ledger: Pick<Ledger, 'isMigrated'>): Probe {
  return () =>
    within('the ledger does not answer', CHECK_POSTGRES, async () =>
      (await ledger.isMigrated()) ? null : 'the ledger is not set up for this release: run craftsync apply',
    );
}

export function temporalProbe(client: Client, temporal: TemporalAccess): Probe {
  return () =>
    within(`Temporal at ${temporal.address} does not answer`, CHECK_TEMPORAL, async () => {
      try {
        await askTemporal(client, temporal.namespace);
        return null;
      } catch (error) {
        if (!isTemporalError(error)) throw error;
        const seen = await lookAt(temporal, ANSWERS_WITHIN_MS / 3);
        return (seen ?? failureOfCall(error, temporal)).message;
      }
    });
}

async function askTemporal(client: Client, namespace: string): Promise<void> {
  // Two thirds, so that there is time to look why.
  await client.withDeadline(Date.now() + (ANSWERS_WITHIN_MS * 2) / 3, () =>
    client.workflowService.describeNamespace({ namespace }),
  );
}

/** All that is wrong. */
export async function problemsOf(probes: readonly Probe[]): Promise<readonly string[]> {
  const found = await Promise.all(probes.map((probe) => probe()));
  return found.filter((problem) => problem !== null);
}

/** The problem in words where the probe fails or answers too late. */
async function within(late: string, advice: string, probe: () => Promise<string | null>): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`${late} within ${ANSWERS_WITHIN_MS / 1_000} s: ${advice}`), ANSWERS_WITHIN_MS);
  });
  const failed = probe().catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
  try {
    return await Promise.race([failed, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
