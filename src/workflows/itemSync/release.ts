/** The verb `release`, now or as soon as it can be done: an open create is resolved first, by its activity (DESIGN 3, Verbs). */
import { itemSteps, withSummary } from '../activityOptions.js';
import { perform } from './perform.js';
import type { Run } from './run.js';

/** Keeps `releaseWhenKnown` until the row says released: a wait, a verb or a failure in between forgets nothing. */
export async function release(run: Run, why: string): Promise<void> {
  run.releaseWhenKnown = why;
  run.suspectGone = false;
  const summary = withSummary('Release: take the lock away');
  await perform(run, () => itemSteps.releaseCraftItem.executeWithOptions(summary, [run.item, why]));
  if (run.state?.next === 'end') run.releaseWhenKnown = null;
}
