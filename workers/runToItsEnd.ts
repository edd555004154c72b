/** Runs a worker until it has ended. */
import { IllegalStateError } from '@temporalio/common';
import { GracefulShutdownPeriodExpiredError, type Worker } from '@temporalio/worker';
import type { Stopping } from '../runtime/processes/stopping.js';
import { WorkerFailure } from './workerFailure.js';

/** Throws when it ended although nobody told it to stop. */
export async function runToItsEnd(worker: Pick<Worker, 'run'>, { signal }: Pick<Stopping, 'signal'>): Promise<void> {
  try {
    await worker.run();
  } catch (error) {
    if (signal.aborted && isEndedByForce(error)) return;
    const why = error instanceof Error ? error.message : String(error);
    throw new WorkerFailure(`the worker cannot go on: ${why}; it ends, to be started again`);
  }
}

/** What did not end in time is left. Of a local activity the SDK then says that its run was not disposed of. */
function isEndedByForce(error: unknown): boolean {
  return error instanceof GracefulShutdownPeriodExpiredError || error instanceof IllegalStateError;
}
