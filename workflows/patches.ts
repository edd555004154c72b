/**
 * What runs of older releases have done otherwise, and have to do again in a replay (decision 39).
 *
 * The SDK tells a replay of a patch only within the workflow task that noted it. A query that meets a local activity
 * divides a task in two: the activity's result stands in the first, and what follows from it in the second. A patch that
 * is first asked for after a local activity is then missing from the replay, and the run could never go on again. So a
 * run decides before it awaits anything, with one patch that stands for all; only a run of an older release asks for
 * each where it comes to it.
 */
import { patched } from '@temporalio/workflow';

/** Every workflow run has a module state of its own. */
let fromTheStart = false;

/** To be called by a workflow before it awaits anything. */
export function decidePatches(): void {
  fromTheStart = patched('patches-from-the-start');
}

/** Once it is true for a run it stays so. A new patch that `decidePatches` stands for in newer runs alone needs no more. */
export function isPatched(patch: string): boolean {
  return fromTheStart || patched(patch);
}
