/**
 * The verb `release`, now or as soon as it can be done: an open create is resolved first, by its activity (design 3,
 * Verbs).
 */
import { itemSteps, withSummary } from '../activityOptions.js';
import { isPatched } from '../patches.js';
import { lookLater, performOrdinary } from './perform.js';
import type { PendingRelease, Run } from './run.js';

/** The release stays pending until the row says released: no wait, verb or failure makes the run forget it. */
export async function release(run: Run, pending: PendingRelease): Promise<void> {
  run.pendingRelease = pending;
  run.suspectGone = false;
  const summary = withSummary('Release: take the lock away');
  const performed = await performOrdinary(run, () =>
    itemSteps.releaseCraftItem.executeWithOptions(summary, [run.item, pending.why]),
  );
  // Nothing else would look at one of these again.
  if (performed !== 'interrupted' && run.wait === null) lookLater(run);
  if (run.state?.next !== 'end') return;
  // Where the release of a `done` item had to wait, it is still to be done; runs of older releases ended here.
  if (run.state.phase !== 'done' || !isPatched('release-of-done')) run.pendingRelease = null;
}
