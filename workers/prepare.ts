/**
 * What a worker waits for at its start: a ledger with this release's migrations, and a Temporal namespace with the
 * search attributes, both made by `craftsync apply`. It waits as long as it takes, and says in one line what for. What
 * cannot pass without a new start of the process (a wrong password, TLS to a server without it) ends it instead.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { TemporalAccess } from '../config/deployment.js';
import { SEARCH_ATTRIBUTES } from '../domain/searchAttributes.js';
import type { Runtime } from '../runtime/runtime.js';
import { lookAt } from '../runtime/temporal/connection.js';
import { failureOfCall, isTemporalError } from '../runtime/temporal/failure.js';

export interface Preparation {
  readonly client: Client;
  readonly temporal: TemporalAccess;
  readonly ledger: Pick<Runtime['ledger'], 'isMigrated'>;
  readonly say: (problems: readonly string[]) => void;
  readonly signal: AbortSignal;
}

const LOOK_EVERY_MS = 1_000;
const ANSWERS_WITHIN_MS = 4_000;

/** False: the signal came first. Throws what cannot pass. */
export async function untilPrepared(preparation: Preparation): Promise<boolean> {
  const { say, signal } = preparation;
  const stopped = new Promise<'stopped'>((resolve) => signal.addEventListener('abort', () => resolve('stopped')));
  while (!signal.aborted) {
    const looked = await Promise.race([lookOnce(preparation), stopped]);
    if (looked === 'stopped') return false;
    say(looked);
    if (looked.length === 0) return true;
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
  return false;
}

async function lookOnce(preparation: Preparation): Promise<readonly string[]> {
  const found = await Promise.all([ledgerMissing(preparation), temporalMissing(preparation)]);
  return found.filter((problem) => problem !== null);
}

async function ledgerMissing({ ledger }: Preparation): Promise<string | null> {
  try {
    return (await ledger.isMigrated()) ? null : 'the ledger is not migrated to this release; run craftsync apply';
  } catch (error) {
    if (isLedgerError(error) && error.kind !== 'refused') return error.message;
    throw error;
  }
}

/** Workers know the ledger by what the runtime built, so not its class. */
function isLedgerError(error: unknown): error is Error & { readonly kind: string } {
  return error instanceof Error && error.name === 'LedgerError' && 'kind' in error;
}

async function temporalMissing({ client, temporal }: Preparation): Promise<string | null> {
  const { namespace } = temporal;
  try {
    const { customAttributes } = await client.withDeadline(Date.now() + ANSWERS_WITHIN_MS, () =>
      client.connection.operatorService.listSearchAttributes({ namespace }),
    );
    const absent = Object.values(SEARCH_ATTRIBUTES).filter(({ name }) => !Object.hasOwn(customAttributes, name));
    if (absent.length === 0) return null;
    return `search attributes are missing: ${absent.map(({ name }) => name).join(', ')}; run craftsync apply`;
  } catch (error) {
    if (!isTemporalError(error)) throw error;
    const failure = (await lookAt(temporal)) ?? failureOfCall(error, temporal);
    if (failure.passes) return failure.message;
    throw failure;
  }
}
