/**
 * The worker of the SDK, once it can be had: Temporal may be lost again, or its namespace, at every step from the first
 * look to the finished worker, and all of it is waited for alike (decision 22).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { NativeConnection, TransportError, UnexpectedError, type Worker } from '@temporalio/worker';
import type { TemporalAccess } from '../config/deployment.js';
import type { Stopping } from '../runtime/processes/stopping.js';
import { failureOfCall } from '../runtime/temporal/failure.js';
import { WorkerFailure } from './workerFailure.js';

export interface Creation {
  readonly temporal: TemporalAccess;
  readonly stopping: Stopping;
  readonly say: (problems: readonly string[]) => void;
  /** False: the process was told to stop. Throws what no waiting mends. */
  readonly untilPrepared: () => Promise<boolean>;
  readonly create: (connection: NativeConnection) => Promise<Worker>;
  /** How long it is waited before somebody is told. @default 15 seconds */
  readonly connectsWithinMs?: number;
}

export interface Created {
  readonly worker: Worker;
  readonly connection: NativeConnection;
}

const CONNECTS_WITHIN_MS = 15_000;
const ANSWERS_WITHIN_MS = 5_000;
const AGAIN_AFTER_MS = 1_000;
/** The SDK asks for the namespace and tries that again by itself, for about 20 seconds. */
const SAY_AFTER_MS = 5_000;
/** Each attempt that fails leaves the SDK's thread for workflows behind, with about 40 MB. */
const MOST_ATTEMPTS = 3;

/** Null: the process was told to stop. Throws what no waiting mends. */
export async function untilCreated(creation: Creation): Promise<Created | null> {
  const { stopping, say, untilPrepared } = creation;
  const connect = connecting(creation);
  for (let attempts = 0; ;) {
    if (!(await untilPrepared())) return null;
    const outcome = await Promise.race([createOnce(creation, connect), stopping.asked]);
    if (outcome === undefined) return null;
    if ('worker' in outcome) return outcome;
    if (outcome.attempted) attempts += 1;
    if (attempts === MOST_ATTEMPTS) throw new WorkerFailure(`${outcome.problem}; the worker ends, to be started again`);
    say([outcome.problem]);
    await sleep(AGAIN_AFTER_MS);
  }
}

/** Why there is no worker now. */
interface Missing {
  readonly problem: string;
  /** Whether the SDK was told to make one. */
  readonly attempted: boolean;
}

async function createOnce(
  { temporal, say, create }: Creation,
  connect: () => Promise<NativeConnection | Missing>,
): Promise<Created | Missing> {
  const connection = await connect();
  if ('problem' in connection) return connection;
  const { address, namespace } = temporal;
  const late = setTimeout(
    () => say([`Temporal at ${address} does not answer when asked for the namespace ${namespace}`]),
    SAY_AFTER_MS,
  );
  try {
    const problem = await namespaceMissing(connection, temporal);
    if (problem === null) return { worker: await create(connection), connection };
    await connection.close().catch(() => undefined);
    return { problem, attempted: false };
  } catch (error) {
    await connection.close().catch(() => undefined);
    if (error instanceof TransportError || error instanceof UnexpectedError)
      return { problem: cannotConnect(temporal, firstLine(error.message)), attempted: true };
    if (error instanceof WorkerFailure) throw error;
    throw new WorkerFailure(`the worker cannot be made: ${firstLine(wordsOf(error))}`);
  } finally {
    clearTimeout(late);
  }
}

/** Asked for beforehand, since the SDK cannot tell a refusal from a loss, and waits for neither. */
async function namespaceMissing(connection: NativeConnection, temporal: TemporalAccess): Promise<string | null> {
  const { namespace } = temporal;
  try {
    await connection.withDeadline(Date.now() + ANSWERS_WITHIN_MS, () =>
      connection.workflowService.describeNamespace({ namespace }),
    );
    return null;
  } catch (error) {
    const failure = failureOfCall(error, temporal);
    if (failure.passes) return failure.message;
    throw new WorkerFailure(failure.message);
  }
}

/**
 * The SDK's core waits without a limit for a server that says nothing, and that cannot be called off: one attempt stays
 * under way, and each later call waits for it.
 */
function connecting({ temporal, connectsWithinMs = CONNECTS_WITHIN_MS }: Creation) {
  let underWay: Promise<NativeConnection | Missing> | null = null;
  return async (): Promise<NativeConnection | Missing> => {
    underWay ??= NativeConnection.connect(temporal.connectionOptions).catch((error: unknown) =>
      missingConnection(temporal, wordsOf(error)),
    );
    const tooLong = sleep(connectsWithinMs, null, { ref: false });
    const connected = await Promise.race([underWay, tooLong]);
    if (connected === null) return missingConnection(temporal, 'it takes too long');
    underWay = null;
    return connected;
  };
}

/** Temporal was lost again at the last moment, or the core, which has a TLS of its own, refuses what Node accepts. */
function missingConnection(temporal: TemporalAccess, words: string): Missing {
  const problem = cannotConnect(temporal, words);
  if (/certificate/i.test(words)) throw new WorkerFailure(`${problem}; correct the TEMPORAL_TLS_ variables`);
  return { problem, attempted: false };
}

function cannotConnect({ address }: TemporalAccess, words: string): string {
  return `Temporal at ${address} answers, but the worker cannot connect: ${words}`;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What the core adds in brackets is the debug form of its own types. */
function firstLine(words: string): string {
  return (words.split(/\n|: Status \{/)[0] ?? words).trim();
}
