/** Whether a worker runs, by what Temporal says of the task queue: a command must not wait for nobody. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { tsToMs } from '@temporalio/common/lib/time.js';
import { TASK_QUEUE } from '../domain/ids.js';
import { CommandFailure } from './failure.js';

/** `TASK_QUEUE_TYPE_WORKFLOW` of Temporal's API. */
const WORKFLOW_TASKS = 1;
/** A poll is repeated at the latest after a minute and a bit; a poller listed longer ago has gone. */
const POLLED_WITHIN_MS = 70_000;
const LOOK_EVERY_MS = 500;
/** DESIGN 7, `sweep`. */
export const NO_WORKER_MS = 10_000;

async function isPolled(client: Client): Promise<boolean> {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name: TASK_QUEUE },
    taskQueueType: WORKFLOW_TASKS,
  });
  return (pollers ?? []).some((poller) => Date.now() - tsToMs(poller.lastAccessTime) < POLLED_WITHIN_MS);
}

/** @throws CommandFailure when nobody polls the task queue for ten seconds. */
export async function requireWorker(client: Client): Promise<void> {
  const giveUpAt = performance.now() + NO_WORKER_MS;
  while (!(await isPolled(client))) {
    if (performance.now() >= giveUpAt) throw noWorker();
    await sleep(LOOK_EVERY_MS);
  }
}

export function noWorker(): CommandFailure {
  return new CommandFailure(
    'no worker is running: start one with craftsync worker, or everything with craftsync up; what was asked for is kept until then',
  );
}

/**
 * Waits for `work`, and gives up when no worker has been there for ten seconds. What was asked for goes on in Temporal;
 * so it is with Ctrl-C.
 */
export async function whileWorkerRuns<T>(client: Client, work: Promise<T>): Promise<T> {
  const controller = new AbortController();
  try {
    return await Promise.race([work, watch(client, controller.signal)]);
  } finally {
    controller.abort();
    // Loses the race where there is no worker, and may fail long after.
    work.catch(() => undefined);
  }
}

/** Never resolves; ends quietly with the signal. */
async function watch(client: Client, signal: AbortSignal): Promise<never> {
  let seenAt = performance.now();
  for (;;) {
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return new Promise<never>(() => undefined);
    if (await isPolled(client)) seenAt = performance.now();
    else if (performance.now() - seenAt >= NO_WORKER_MS) throw noWorker();
  }
}
