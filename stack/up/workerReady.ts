/** Waits until a worker serves: Temporal lists who polls the task queue. */
import { setTimeout as sleep } from 'node:timers/promises';

import { Connection } from '@temporalio/client';
import { tsToMs } from '@temporalio/common/lib/time.js';

import type { TemporalAccess } from '../../config/deployment.js';
import { TASK_QUEUE } from '../../domain/ids.js';

const LOOK_EVERY_MS = 200;
/** `TASK_QUEUE_TYPE_WORKFLOW` of Temporal's API. */
const WORKFLOW_TASKS = 1;

/** Resolves when a worker has polled the task queue after `since` (ms since the epoch). Only `signal` ends it early. */
export async function untilWorkerPolls(temporal: TemporalAccess, since: number, signal: AbortSignal): Promise<void> {
  const connection = await Connection.connect(temporal.connectionOptions);
  try {
    for (;;) {
      signal.throwIfAborted();
      const { pollers } = await connection.workflowService.describeTaskQueue({
        namespace: temporal.namespace,
        taskQueue: { name: TASK_QUEUE },
        taskQueueType: WORKFLOW_TASKS,
      });
      if (pollers?.some((poller) => tsToMs(poller.lastAccessTime) >= since) === true) return;
      await sleep(LOOK_EVERY_MS);
    }
  } finally {
    await connection.close();
  }
}
