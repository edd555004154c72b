/** The control of the replay test: `itemSync` with a timer that no recorded run has. It must not replay. */
import { sleep } from '@temporalio/workflow';
import { itemSync as unchanged } from '../../../workflows/itemSync/index.js';
import type { ItemSyncInput } from '../../../domain/messages.js';

export async function itemSync(input: ItemSyncInput): Promise<void> {
  await sleep('1 second');
  await unchanged(input);
}
