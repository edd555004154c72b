/**
 * Whether a worker is there, for commands that wait for one. Temporal lists who has polled the task queue, but a worker
 * that was killed stays listed for minutes, and an idle one polls once a minute. So two signs count, neither of which
 * compares clocks: a poll newer than the last one seen (a busy worker polls all the time), and an answered query (an idle
 * one answers at once).
 *
 * Both are asked over a connection of their own that repeats nothing: a repetition that is due when a connection is closed
 * would end the process.
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
/** What was given up is cancelled; it is over long before. */
const CANCELLED_WITHIN_MS = 2_000;

/** Asks the run that is waited for anything; resolves when a worker answered. */
export type Ask<T = unknown> = (client: Client) => Promise<T>;

export interface WorkerSigns {
  /**
   * Waits for `work`, and gives up when no worker has shown itself for ten seconds. What was asked for stays in Temporal
   * and is done when a worker comes; so it is after Ctrl-C.
   */
  whileWorkerRuns<T>(client: Client, work: () => Promise<T>, ask: Ask): Promise<T>;
  /** What a worker answers; null where none does in time. */
  answer<T>(ask: Ask<T>): Promise<T | null>;
  /** Whether a worker answers now. */
  isAnswered(ask: Ask): Promise<boolean>;
  close(): Promise<void>;
}

export function createWorkerSigns({ connectionOptions, namespace }: TemporalAccess): WorkerSigns {
  const connection = Connection.lazy({ ...connectionOptions, interceptors: [] });
  const asking = new Client({ connection, namespace });
  const within = <T>(ask: Ask<T>): Promise<T> =>
    connection.withDeadline(Date.now() + ANSWERS_WITHIN_MS, () => ask(asking));
  const isAnswered = (ask: Ask): Promise<boolean> =>
    within(ask).then(
      () => true,
      // Said by the worker, not by the server.
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
    'no worker is running: start one with craftsync worker, or everything with craftsync up; what was asked for waits for it',
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

/** By the server's clock, in milliseconds; 0 where nobody has polled. */
async function newestPoll(client: Client): Promise<number> {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name: TASK_QUEUE },
    taskQueueType: WORKFLOW_TASKS,
  });
  return Math.max(0, ...(pollers ?? []).map((poller) => tsToMs(poller.lastAccessTime)));
}
