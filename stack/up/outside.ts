/**
 * Checks the servers that `up` is told to use instead of starting its own: they must answer before anything is started.
 */
import type { TemporalAccess } from '../../config/deployment.js';
import { openLedger } from '../../runtime/openLedger.js';
import { connectTemporal } from '../../runtime/temporal/connection.js';
import { failureOfCall, isTemporalError } from '../../runtime/temporal/failure.js';
import { StackError, reasonOf } from '../stackError.js';

const ANSWERS_WITHIN_MS = 5_000;
const OR_UNSET = 'unset it and up starts one';

/** Throws `StackError` where no Temporal server answers, or it does not have the namespace. */
export async function checkTemporal(temporal: TemporalAccess): Promise<void> {
  const { namespace } = temporal;
  try {
    const { client, close } = await connectTemporal(temporal, ANSWERS_WITHIN_MS);
    try {
      await client.withDeadline(Date.now() + ANSWERS_WITHIN_MS, () =>
        client.workflowService.describeNamespace({ namespace }),
      );
    } finally {
      await close();
    }
  } catch (error) {
    const failure = isTemporalError(error) ? failureOfCall(error, temporal) : error;
    throw new StackError(`${reasonOf(failure)} (TEMPORAL_ADDRESS is set; ${OR_UNSET})`);
  }
}

/** Throws `StackError`, without the password. */
export async function checkDatabase(databaseUrl: string): Promise<void> {
  const ledger = openLedger(databaseUrl, 'craftsync up');
  try {
    await ledger.now();
  } catch (error) {
    throw new StackError(`${reasonOf(error)} (DATABASE_URL is set; ${OR_UNSET})`);
  } finally {
    await ledger.close();
  }
}
