/** Waits until a worker serves: Temporal lists who polls the task queue. */
import { setTimeout as sleep } from 'node:timers/promises';

import { Connection } from '@temporalio/client';
import { tsToMs } from '@temporalio/common/lib/time.js';

import type { TemporalAccess } from '../../config/deployment.js';
import { TASK_QUEUE } from '../../domain/ids.js';

const LOOK_EVERY_MS = 200;
/** `TASK_QUEUE_TYPE_WORKFLOW` of Temporal's API. */
const WORKFLOW_TASKS = 1;

/**
 * When the task queue was last polled, in milliseconds of Temporal's clock; 0 where nobody has polled. Only such times
 * are compared with each other: a Temporal that runs elsewhere has a clock of its own.
 */
export async function lastPoll(temporal: TemporalAccess): Promise<number> {
  const connection = await Connection.connect(temporal.connectionOptions);
  try {
    return await newestPoll(connection, temporal);
  } finally {
    await connection.close();
  }
}

/** Resolves when a worker has polled the task queue later than `after` (`lastPoll`). Only `signal` ends it early. */
export async function untilWorkerPolls(temporal: TemporalAccess, after: number, signal: AbortSignal): Promise<void> {
  const connection = await Connection.connect(temporal.connectionOptions);
  try {
    for (;;) {
      signal.throwIfAborted();
      if ((await newestPoll(connection, temporal)) > after) return;
      await sleep(LOOK_EVERY_MS);
    }
  } finally {
    await connection.close();
  }
}

async function newestPoll(connection: Connection, { namespace }: TemporalAccess): Promise<number> {
  const { pollers } = await connection.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: TASK_QUEUE },
    taskQueueType: WORKFLOW_TASKS,
  });
  return Math.max(0, ...(pollers ?? []).map((poller) => tsToMs(poller.lastAccessTime)));
}
