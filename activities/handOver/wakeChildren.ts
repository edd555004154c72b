/** Wakes the items that wait for their parent (design 4, Hierarchy); nothing polls for it. */
import { cancellationSignal } from '@temporalio/activity';
import type { ItemRef } from '../../domain/ids.js';
import { logStep } from '../step/itemContext.js';
import type { Needs } from '../ports.js';

/**
 * To be called after the parent's row has changed: it was linked, or set aside, or will not be handed over. A child
 * notes its parent before it looks at the parent's row, so it either sees the change or is woken for it. One that
 * cannot be woken is found by the next ready sweep.
 */
export async function wakeChildren(deps: Needs<'hierarchy' | 'log', 'itemSyncs'>, parent: ItemRef): Promise<void> {
  const children = await deps.ledger.hierarchy.childrenWithoutDevItem(parent.craftItemId);
  if (children.length === 0) return;
  const wakes = children.map((item) => ({ item, changed: 'craft-item' as const }));
  const failed = await deps.itemSyncs.wake(wakes, { signal: cancellationSignal() });
  const detail = `${children.length - failed.length} of ${children.length} items below it were woken`;
  await logStep(deps, parent, 'woke-children', detail);
}
