/**
 * Tells a command that waits for a worker whether one is running. Temporal lists who has polled the task queue, but a
 * killed worker stays listed for minutes, and an idle one polls only once a minute. So two signs count, and neither
 * compares clocks: a poll newer than the last one seen (a busy worker polls all the time), and an answered query (an
 * idle worker answers at once).
 *
 * Both use a connection of their own that never retries: a retry that is due when its connection is closed would end
 * the process.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection, QueryNotRegisteredError } from '@temporalio/client';
import { tsToMs } from '@temporalio/common/lib/time.js';
import type { TemporalAccess } from '../config/deployment.js';
import { TASK_QUEUE } from '../domain/ids.js';
import { CommandFailure } from './failure.js';

/** `TASK_QUEUE_TYPE_WORKFLOW` of Temporal's API. */
const WORKFLOW_TASKS = 1;
const LOOK_EVERY_MS = 500;
const ANSWERS_WITHIN_MS = 4_000;
/** design 7, `sweep`. */
const NO_SIGN_MS = 10_000;
/** How long a cancelled call is waited for; it usually ends at once. */
const CANCELLED_WITHIN_MS = 2_000;

/** Sends some query to the run that the command waits for; resolves when a worker has answered it. */
export type Ask<T = unknown> = (client: Client) => Promise<T>;

export interface WorkerPresence {
  /**
   * Waits for `work`, and gives up when there was no sign of a worker for ten seconds. What was asked for stays in
   * Temporal and is done when a worker comes, also after Ctrl-C.
   */
  whileWorkerRuns<T>(client: Client, work: () => Promise<T>, ask: Ask): Promise<T>;
  /** A worker's answer; null where none comes in time. */
  answer<T>(ask: Ask<T>): Promise<T | null>;
  /** Whether a worker answers within a few seconds. */
  isAnswered(ask: Ask): Promise<boolean>;
  close(): Promise<void>;
}

export function createWorkerPresence({ connectionOptions, namespace }: TemporalAccess): WorkerPresence {
  const connection = Connection.lazy({ ...connectionOptions, interceptors: [] });
  const asking = new Client({ connection, namespace });
  const within = <T>(ask: Ask<T>): Promise<T> =>
    connection.withDeadline(Date.now() + ANSWERS_WITHIN_MS, () => ask(asking));
  const isAnswered = (ask: Ask): Promise<boolean> =>
    within(ask).then(
      () => true,
      // Only a worker fails a query in this way, so one is there.
      (error: unknown) => error instanceof QueryNotRegisteredError,
    );
  return {
    answer: (ask) => within(ask).catch(() => null),
    isAnswered,
    whileWorkerRuns: async (client, work, ask) => {
      const watching = new AbortController();
      const working = client.connection.withAbortSignal(watching.signal, work);
      const looks = { newestPoll: () => within(newestPoll).catch(() => 0), isAnswered: () => isAnswered(ask) };
      try {
        return await Promise.race([working, watch(looks, watching.signal)]);
      } finally {
        watching.abort();
        await Promise.race([working.catch(() => undefined), sleep(CANCELLED_WITHIN_MS, undefined, { ref: false })]);
      }
    },
    close: () => connection.close(),
  };
}

export function noWorker(): CommandFailure {
  return new CommandFailure(
    'no worker is running: start one with craftsync worker, or everything with craftsync up; it will do what you asked for',
  );
}

interface Looks {
  newestPoll(): Promise<number>;
  isAnswered(): Promise<boolean>;
}

/** Never resolves; ends with the signal. */
async function watch(looks: Looks, signal: AbortSignal): Promise<never> {
  let signAt = performance.now();
  let seen = await looks.newestPoll();
  let asking: Promise<void> | null = null;
  while (!signal.aborted) {
    asking ??= looks.isAnswered().then((isAnswered) => {
      if (isAnswered) signAt = performance.now();
      asking = null;
    });
    const newest = await looks.newestPoll();
    if (newest > seen) signAt = performance.now();
    seen = Math.max(seen, newest);
    if (performance.now() - signAt >= NO_SIGN_MS) throw noWorker();
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
  return new Promise<never>(() => undefined);
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
