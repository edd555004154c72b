/** A sweep starts one child for each ready item; the child creates the work item, then locks the Craft item. */
import { ParentClosePolicy, proxyActivities, startChild } from '@temporalio/workflow';
import type { Activities, ReadyItem } from './activities.js';

const { listReady, createWorkItem, lockItem } = proxyActivities<Activities>({ startToCloseTimeout: '1 minute' });

const STARTED_TOGETHER = 50;

export async function sweep(): Promise<number> {
  const items = await listReady();
  for (let at = 0; at < items.length; at += STARTED_TOGETHER) {
    const batch = items.slice(at, at + STARTED_TOGETHER);
    await Promise.all(
      batch.map((item) =>
        startChild(handOver, {
          workflowId: `hand-over:${item.id}`,
          args: [item],
          parentClosePolicy: ParentClosePolicy.ABANDON,
        }),
      ),
    );
  }
  return items.length;
}

export async function handOver(item: ReadyItem): Promise<void> {
  const created = await createWorkItem(item);
  await lockItem(item, created);
}
