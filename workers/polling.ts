/** Whether Temporal hears this worker's polls: a worker can be alive, with everything it needs, and still be deaf. */
import type { Client } from '@temporalio/client';
import { tsToMs } from '@temporalio/common/lib/time.js';
import { TASK_QUEUE } from '../domain/ids.js';
import type { Probe } from '../runtime/processes/readiness.js';

/** `TASK_QUEUE_TYPE_WORKFLOW` of Temporal's API. */
const WORKFLOW_TASKS = 1;
const ANSWERS_WITHIN_MS = 3_000;
/** An idle worker polls once a minute. Times of Temporal's clock are compared with each other alone. */
const POLLS_WITHIN_MS = 150_000;

export const NOT_POLLING = 'Temporal does not hear this worker poll';

/** Null also where Temporal does not answer: another probe says so. */
export function pollingProbe(client: Client, identity: string): Probe {
  let heard = { lastPollMs: 0, sinceMs: performance.now() };
  return async () => {
    try {
      const { pollers } = await client.withDeadline(Date.now() + ANSWERS_WITHIN_MS, () =>
        client.workflowService.describeTaskQueue({
          namespace: client.options.namespace,
          taskQueue: { name: TASK_QUEUE },
          taskQueueType: WORKFLOW_TASKS,
        }),
      );
      const own = (pollers ?? []).filter((poller) => poller.identity === identity);
      const newest = Math.max(0, ...own.map((poller) => tsToMs(poller.lastAccessTime)));
      if (newest !== heard.lastPollMs) heard = { lastPollMs: newest, sinceMs: performance.now() };
      return newest > 0 && performance.now() - heard.sinceMs < POLLS_WITHIN_MS ? null : NOT_POLLING;
    } catch {
      return null;
    }
  };
}
