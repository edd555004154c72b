/**
 * Tells a command that waits for a worker whether one is running. Temporal lists who has polled the task queue, but a
 * killed worker stays listed for minutes, and an idle one polls only once a minute. So two signs count, and neither
 * compares clocks: a poll newer than the last one seen (a busy worker polls all the time), and an answered query (an
 * idle worker answers at once).
 *
 * Both use a connection of their own that never retries: a retry that is due when its connection is closed would end
 * the process.
 */
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { QueryNotRegisteredError, type Client } from '@temporalio/client';
import { tsToMs } from '@temporalio/common/lib/time.js';
import type { TemporalAccess } from '../config/deployment.js';
import { TASK_QUEUE } from '../domain/ids.js';
import { singleTryTemporal } from '../runtime/temporal/connection.js';
import { failureOfCall, isTemporalError } from '../runtime/temporal/failure.js';
import { CommandFailure } from './failure.js';
import { isNotReady, stuckRun } from './stuckRun.js';

/** `TASK_QUEUE_TYPE_WORKFLOW` of Temporal's API. */
const WORKFLOW_TASKS = 1;
const LOOK_EVERY_MS = 500;
const ANSWERS_WITHIN_MS = 4_000;
/** design 7, `sweep`. */
const NO_SIGN_MS = 10_000;
/** A restart of Temporal passes within it. */
const NO_ANSWER_MS = 30_000;
/** How long a cancelled call is waited for; it usually ends at once. */
const CANCELLED_WITHIN_MS = 2_000;

/** Some query of the run that a command waits for. */
export interface Ask<T = unknown> {
  readonly workflowId: string;
  /** Resolves when a worker has answered it. */
  query(client: Client): Promise<T>;
}

export interface WorkerPresence {
  /**
   * Waits for `work`, and gives up when there was no sign of a worker for ten seconds, or when for as long no worker
   * could go on with the run. What was asked for stays in Temporal and is done when a worker comes, also after Ctrl-C;
   * but an update that Temporal refused was not taken.
   */
  whileWorkerRuns<T>(client: Client, work: () => Promise<T>, ask: Ask): Promise<T>;
  /** A worker's answer; null where none comes in time. */
  answer<T>(ask: Ask<T>): Promise<T | null>;
  /** Whether a worker answers within a few seconds. */
  isAnswered(ask: Ask): Promise<boolean>;
  close(): Promise<void>;
}

export function createWorkerPresence(access: TemporalAccess): WorkerPresence {
  const { client: asking, close } = singleTryTemporal(access);
  const { connection } = asking;
  const within = <T>(ask: Pick<Ask<T>, 'query'>): Promise<T> =>
    connection.withDeadline(Date.now() + ANSWERS_WITHIN_MS, () => ask.query(asking));
  const isAnswered = async (ask: Ask): Promise<boolean> => (await look(ask)) === 'answered';
  const look = (ask: Ask): Promise<Sign> =>
    within(ask).then(
      () => 'answered',
      (error: unknown) => {
        // Only a worker fails a query in this way, so one is there.
        if (error instanceof QueryNotRegisteredError) return 'answered';
        return isNotReady(error) ? 'stuck' : 'none';
      },
    );
  return {
    answer: (ask) => within(ask).catch(() => null),
    isAnswered,
    whileWorkerRuns: async (client, work, ask) => {
      const watching = new AbortController();
      // The SDK's client adds a listener with each call and takes none away; a long sweep makes many.
      setMaxListeners(0, watching.signal);
      const why = () =>
        client.connection.withDeadline(Date.now() + ANSWERS_WITHIN_MS, () => stuckRun(client, ask.workflowId));
      const working = client.connection.withAbortSignal(watching.signal, work).catch(async (error: unknown) => {
        throw (isNotReady(error) ? await why() : null) ?? error;
      });
      const looks = { newestPoll: () => within({ query: newestPoll }), look: () => look(ask), why, access };
      try {
        return await Promise.race([working, watch(looks, watching.signal)]);
      } finally {
        watching.abort();
        await Promise.race([working.catch(() => undefined), sleep(CANCELLED_WITHIN_MS, undefined, { ref: false })]);
      }
    },
    close,
  };
}

export function noWorker(): CommandFailure {
  return new CommandFailure(
    'no worker is running: start one with craftsync worker, or everything with craftsync up; it will do what you asked for',
  );
}

/** `stuck`: workers take the run's tasks, and fail them. */
type Sign = 'answered' | 'stuck' | 'none';

interface Looks {
  newestPoll(): Promise<number>;
  look(): Promise<Sign>;
  why(): Promise<CommandFailure | null>;
  readonly access: TemporalAccess;
}

/** Never resolves; ends with the signal. While Temporal does not answer, nothing is known of workers. */
async function watch(looks: Looks, signal: AbortSignal): Promise<never> {
  let signAt = performance.now();
  let answeredAt = signAt;
  let seen = 0;
  let goesOnAt = signAt;
  let asking: Promise<void> | null = null;
  while (!signal.aborted) {
    asking ??= looks.look().then((sign) => {
      if (sign === 'answered') signAt = performance.now();
      if (sign !== 'stuck') goesOnAt = performance.now();
      asking = null;
    });
    if (performance.now() - goesOnAt >= NO_SIGN_MS) {
      const stuck = await looks.why();
      if (stuck !== null) throw stuck;
      goesOnAt = performance.now();
    }
    try {
      const newest = await looks.newestPoll();
      // The first look says only where to count from.
      if (seen === 0 || newest > seen || performance.now() - answeredAt > NO_SIGN_MS / 2) signAt = performance.now();
      seen = Math.max(seen, newest, 1);
      answeredAt = performance.now();
    } catch (error) {
      if (!isTemporalError(error)) throw error;
      if (performance.now() - answeredAt >= NO_ANSWER_MS) throw gone(error, looks.access);
    }
    const isSilent = performance.now() - signAt >= NO_SIGN_MS;
    if (isSilent && performance.now() - answeredAt < LOOK_EVERY_MS) throw noWorker();
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
  return new Promise<never>(() => undefined);
}

function gone(error: Error, access: TemporalAccess): CommandFailure {
  const { message } = failureOfCall(error, access);
  return new CommandFailure(
    `Temporal has not answered for ${NO_ANSWER_MS / 1_000} s: what was asked for goes on when it is back. ${message}`,
  );
}

/** When the task queue was last polled, in milliseconds of the server's clock; 0 where nobody has polled. */
async function newestPoll(client: Client): Promise<number> {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name: TASK_QUEUE },
    taskQueueType: WORKFLOW_TASKS,
  });
  return Math.max(0, ...(pollers ?? []).map((poller) => tsToMs(poller.lastAccessTime)));
}
