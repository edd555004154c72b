/**
 * The worker of the SDK, once it can be had: Temporal may be lost again, or its namespace, at every step from the first
 * look to the finished worker, and all of it is waited for alike (decision 22).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { NativeConnection, TransportError, UnexpectedError, type Worker } from '@temporalio/worker';
import type { TemporalAccess } from '../config/deployment.js';
import type { Stopping } from '../runtime/processes/stopping.js';
import { WorkerFailure } from './workerFailure.js';

export interface Creation {
  readonly temporal: TemporalAccess;
  readonly stopping: Stopping;
  readonly say: (problems: readonly string[]) => void;
  /** False: the process was told to stop. Throws what no waiting mends. */
  readonly untilPrepared: () => Promise<boolean>;
  readonly create: (connection: NativeConnection) => Promise<Worker>;
}

export interface Created {
  readonly worker: Worker;
  readonly connection: NativeConnection;
}

const CONNECTS_WITHIN_MS = 15_000;
const AGAIN_AFTER_MS = 1_000;
/** The SDK asks for the namespace and tries that again by itself, for about 20 seconds. */
const SAY_AFTER_MS = 5_000;

/** Null: the process was told to stop. Throws what no waiting mends. */
export async function untilCreated(creation: Creation): Promise<Created | null> {
  const { temporal, stopping, say, untilPrepared } = creation;
  for (;;) {
    if (!(await untilPrepared())) return null;
    const outcome = await Promise.race([createOnce(creation), stopping.asked]);
    if (outcome === undefined) return null;
    if (typeof outcome !== 'string') return outcome;
    // Temporal was lost again at the last moment, or the core, which has a TLS of its own, refuses what Node accepts.
    const problem = `Temporal at ${temporal.address} answers, but the worker cannot connect: ${outcome}`;
    if (/certificate/i.test(outcome)) throw new WorkerFailure(`${problem}; correct the TEMPORAL_TLS_ variables`);
    say([problem]);
    await sleep(AGAIN_AFTER_MS);
  }
}

/** Or why it cannot be had now. */
async function createOnce({ temporal, say, create }: Creation): Promise<Created | string> {
  const connection = await connectNative(temporal);
  if (typeof connection === 'string') return connection;
  const { address, namespace } = temporal;
  const late = setTimeout(
    () => say([`Temporal at ${address} does not answer when asked for the namespace ${namespace}`]),
    SAY_AFTER_MS,
  );
  try {
    return { worker: await create(connection), connection };
  } catch (error) {
    await connection.close().catch(() => undefined);
    if (error instanceof TransportError || error instanceof UnexpectedError) return firstLine(error.message);
    throw new WorkerFailure(`the worker cannot be made: ${firstLine(wordsOf(error))}`);
  } finally {
    clearTimeout(late);
  }
}

/** Or why it cannot be had now. The SDK's core itself waits without a limit. */
async function connectNative({ connectionOptions }: TemporalAccess): Promise<NativeConnection | string> {
  const connecting = NativeConnection.connect(connectionOptions).catch(wordsOf);
  return Promise.race([connecting, sleep(CONNECTS_WITHIN_MS, 'it takes too long', { ref: false })]);
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What the core adds in brackets is the debug form of its own types. */
function firstLine(words: string): string {
  return (words.split(/\n|: Status \{/)[0] ?? words).trim();
}
