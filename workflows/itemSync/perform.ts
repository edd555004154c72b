/** Runs one step's activity in a scope that a verb may cancel; an activity that fails for good sets the item aside. */
import { ActivityFailure, CancellationScope, isCancellation } from '@temporalio/workflow';
import { knownDevItemOf, lacks, type ItemState, type StepResult } from '../../domain/itemState.js';
import { ledgerSteps } from '../activityOptions.js';
import { troubleOf } from '../activityTrouble.js';
import { isPatched } from '../patches.js';
import { showAtRest } from './display.js';
import type { Run } from './run.js';

export type Performed = 'performed' | 'interrupted' | 'set-aside';

/** Runs a step and takes over its result. `interrupted`: a verb came first; the row says what follows. */
export async function perform(run: Run, step: () => Promise<StepResult>): Promise<Performed> {
  const scope = new CancellationScope({ cancellable: true });
  run.scope = scope;
  try {
    const before = run.state;
    takeOver(run, await scope.run(step));
    // A run of an older release whose row was put back went on without asking.
    if (forgets(run.state, before) && isPatched('knows-more')) await refresh(run, before);
    return 'performed';
  } catch (error) {
    if (isCancellation(error)) {
      // The whole run was cancelled, not only this step.
      if (CancellationScope.current().consideredCancelled) throw error;
      await refresh(run);
      return 'interrupted';
    }
    if (!(error instanceof ActivityFailure)) throw error;
    if (isForAVerb(scope) && isPatched('failed-for-a-verb')) {
      await refresh(run);
      return 'interrupted';
    }
    takeOver(run, await ledgerSteps.setAside(run.item, troubleOf(error)));
    return 'set-aside';
  } finally {
    run.scope = null;
  }
}

/** A step that is an ordinary activity from its first attempt on: it may take long, and shows what the item is at. */
export async function performOrdinary(run: Run, step: () => Promise<StepResult>): Promise<Performed> {
  showAtRest(run);
  return perform(run, step);
}

/**
 * Whether a verb has cancelled the step. A worker that died meanwhile then shows as a time-out, and an attempt that
 * failed is not repeated: neither says that the step cannot be done.
 */
function isForAVerb(scope: CancellationScope): boolean {
  return scope.consideredCancelled && !CancellationScope.current().consideredCancelled;
}

function forgets(state: ItemState | null, before: ItemState | null): boolean {
  return state !== null && before !== null && lacks(knownDevItemOf(state), knownDevItemOf(before));
}

export function takeOver(run: Run, result: StepResult): void {
  run.state = result.state;
  run.wait = result.wait ?? null;
  if (result.pushed === true) run.pushed = true;
  if (result.suspectGone === true) run.suspectGone = true;
}

/** Reads the row and the settings again, as with every wake (design 2). */
export async function refresh(run: Run, known: ItemState | null = run.state): Promise<void> {
  const knew = known === null ? {} : { knew: knownDevItemOf(known) };
  const begun = await ledgerSteps.beginItem(run.item, { newRun: false, ...knew });
  if (begun.status === 'known') run.state = begun.state;
}

/** A failure leaves an orphaned or closed item in its phase, so nothing but this wait would look at it again. */
export function lookLater(run: Run): void {
  const { state } = run;
  if (state?.phase !== 'orphaned' && state?.phase !== 'done') return;
  const ms = state.timing.sweepEveryMs;
  const why = 'the last look failed; it is tried again';
  run.wait = { ms, until: new Date(Date.now() + ms).toISOString(), reason: state.blockedBy, why };
}
