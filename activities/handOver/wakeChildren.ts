/** Waking the items that wait for their parent (design 4, Hierarchy): nothing polls for it. */
import type { ItemRef } from '../../domain/ids.js';
import { logStep } from '../step/itemContext.js';
import type { ActivityDeps } from '../ports.js';
import { signalEach } from '../sweeps/signalEach.js';

/**
 * After something about the parent has changed in its row: it was linked, or set aside, or will not be handed over. A
 * child notes its parent before it looks at the row, so that it either sees the change or is woken for it. One that
 * cannot be woken looks again by itself after `sweepEvery`.
 */
export async function wakeChildren(deps: ActivityDeps, parent: ItemRef): Promise<void> {
  const children = await deps.ledger.hierarchy.childrenWithoutDevItem(parent.craftItemId);
  if (children.length === 0) return;
  const failed = await signalEach(children, (child) => deps.itemSyncs.craftItemChanged(child));
  const detail = `${children.length - failed} of ${children.length} items below it were woken`;
  await logStep(deps, parent, 'woke-children', detail);
}
