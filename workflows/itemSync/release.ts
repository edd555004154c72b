/** The verb `release`, now or as soon as it can be done: an open create is resolved first, by its activity (design 3, Verbs). */
import { patched } from '@temporalio/workflow';
import { itemSteps, withSummary } from '../activityOptions.js';
import { lookLater, perform } from './perform.js';
import type { Run } from './run.js';

/** Keeps `releaseWhenKnown` until the row says released: a wait, a verb or a failure in between forgets nothing. */
export async function release(run: Run, why: string): Promise<void> {
  run.releaseWhenKnown = why;
  run.suspectGone = false;
  const summary = withSummary('Release: take the lock away');
  const performed = await perform(run, () => itemSteps.releaseCraftItem.executeWithOptions(summary, [run.item, why]));
  // Nothing else would look at one of these again.
  if (performed !== 'interrupted' && run.wait === null) lookLater(run);
  if (run.state?.next !== 'end') return;
  // A closed item is still to be released where that had to wait; runs of older releases ended here.
  if (run.state.phase !== 'done' || !patched('release-of-done')) run.releaseWhenKnown = null;
}
