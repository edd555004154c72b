/** Waits until a worker serves: Temporal lists who polls the task queue. */
import { setTimeout as sleep } from 'node:timers/promises';

import type { Client } from '@temporalio/client';
import { tsToMs } from '@temporalio/common/lib/time.js';

import type { TemporalAccess } from '../../config/deployment.js';
import { TASK_QUEUE } from '../../domain/ids.js';
import { lazyTemporal } from '../../runtime/temporal/connection.js';

const LOOK_EVERY_MS = 200;
const ANSWERS_WITHIN_MS = 3_000;
/** `TASK_QUEUE_TYPE_WORKFLOW` of Temporal's API. */
const WORKFLOW_TASKS = 1;

/**
 * When the task queue was last polled, in milliseconds of Temporal's clock; 0 where nobody has polled. Only such times
 * are compared with each other: a Temporal that runs elsewhere has a clock of its own.
 */
export async function lastPoll(temporal: TemporalAccess, signal: AbortSignal): Promise<number> {
  const { client, close } = lazyTemporal(temporal);
  try {
    return await newestPoll(client, signal);
  } finally {
    await close();
  }
}

/** Resolves when a worker has polled the task queue later than `after` (`lastPoll`). Only `signal` ends it early. */
export async function untilWorkerPolls(temporal: TemporalAccess, after: number, signal: AbortSignal): Promise<void> {
  const { client, close } = lazyTemporal(temporal);
  try {
    for (;;) {
      signal.throwIfAborted();
      if ((await newestPoll(client, signal)) > after) return;
      await sleep(LOOK_EVERY_MS);
    }
  } finally {
    await close();
  }
}

/** In milliseconds since the epoch; 0 where nobody polls, or Temporal does not answer: the worker says so itself. */
async function newestPoll(client: Client, signal: AbortSignal): Promise<number> {
  try {
    // The SDK's client never takes its listeners from a signal, so each question gets one of its own.
    const { pollers } = await client.connection.withAbortSignal(AbortSignal.any([signal]), () =>
      client.withDeadline(Date.now() + ANSWERS_WITHIN_MS, () =>
        client.workflowService.describeTaskQueue({
          namespace: client.options.namespace,
          taskQueue: { name: TASK_QUEUE },
          taskQueueType: WORKFLOW_TASKS,
        }),
      ),
    );
    return Math.max(0, ...(pollers ?? []).map((poller) => tsToMs(poller.lastAccessTime)));
  } catch {
    return 0;
  }
}
