/**
 * What runs of older releases have done otherwise, and have to do again in a replay (decision 39).
 *
 * The SDK tells a replay of a patch only within the workflow task that noted it. A query that meets a local activity
 * divides a task in two: the activity's result stands in the first, and what follows from it in the second. A patch
 * that is first asked for after a local activity is then missing from the replay, and the run could never go on again.
 * So a run decides before it awaits anything, with one patch that stands for all; only a run of an older release asks
 * for each where it comes to it.
 */
import { patched } from '@temporalio/workflow';

/**
 * What `patches-from-the-start` stands for. Nothing is added once it was released, since runs of that release have
 * noted the patch without what is new: a later change gets a patch and a type of its own.
 */
type FromTheStart =
  | 'continue-from-rest'
  | 'first-attempt-in-task'
  | 'failed-for-a-verb'
  | 'knows-more'
  | 'release-in-pause'
  | 'release-of-done';

/** Every workflow run has a module state of its own. */
let decided = false;

/** To be called by a workflow before it awaits anything. */
export function decidePatches(): void {
  decided = patched('patches-from-the-start');
}

/** Once it is true for a run it stays so. */
export function isPatched(patch: FromTheStart): boolean {
  return decided || patched(patch);
}
