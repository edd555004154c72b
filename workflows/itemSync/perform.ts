/** Running one step's activity: under a scope that a verb may cancel, with its failure turned into a `blocked` item. */
import { ActivityFailure, ApplicationFailure, CancellationScope, isCancellation, patched } from '@temporalio/workflow';
import { TimeoutFailure } from '@temporalio/common';
import type { ToolErrorKind } from '../../domain/errors.js';
import type { StepResult } from '../../domain/itemState.js';
import type { Reason } from '../../domain/phases.js';
import { ledgerSteps } from '../activityOptions.js';
import type { Run } from './run.js';

export type Performed = 'performed' | 'interrupted' | 'set-aside';

/** Runs a step and takes its result over. `interrupted`: a verb came first; the row says what follows. */
export async function perform(run: Run, step: () => Promise<StepResult>): Promise<Performed> {
  const scope = new CancellationScope({ cancellable: true });
  run.scope = scope;
  try {
    takeOver(run, await scope.run(step));
    return 'performed';
  } catch (error) {
    if (isCancellation(error)) {
      // The whole run was cancelled, not only this step.
      if (CancellationScope.current().consideredCancelled) throw error;
      await refresh(run);
      return 'interrupted';
    }
    if (!(error instanceof ActivityFailure)) throw error;
    if (isForAVerb(scope) && patched('failed-for-a-verb')) {
      await refresh(run);
      return 'interrupted';
    }
    takeOver(run, await ledgerSteps.setAside(run.item, troubleOf(error)));
    return 'set-aside';
  } finally {
    run.scope = null;
  }
}

/**
 * A verb had cancelled the step: a worker that died meanwhile shows as a time-out, and an attempt that failed is not
 * repeated. Neither says that the step cannot be done.
 */
function isForAVerb(scope: CancellationScope): boolean {
  return scope.consideredCancelled && !CancellationScope.current().consideredCancelled;
}

export function takeOver(run: Run, result: StepResult): void {
  run.state = result.state;
  run.wait = result.wait ?? null;
  if (result.pushed === true) run.pushed = true;
  if (result.suspectGone === true) run.suspectGone = true;
}

/** Reads the row and the settings again: with every wake (design 2). */
export async function refresh(run: Run): Promise<void> {
  const begun = await ledgerSteps.beginItem(run.item, { newRun: false });
  if (begun.status === 'known') run.state = begun.state;
}

/** A step that failed for good, in the words of `blocked`. */
function troubleOf(failure: ActivityFailure): { reason: Reason; message: string } {
  const { cause } = failure;
  const message = cause?.message ?? failure.message;
  if (cause instanceof TimeoutFailure)
    return { reason: 'tool-down', message: `${failure.activityType} took too long: ${message}` };
  if (!(cause instanceof ApplicationFailure)) return { reason: 'unexpected', message };
  return { reason: REASON_OF_FAILURE[cause.type ?? ''] ?? 'unexpected', message };
}

/** By the `type` that activities give their failures: the kinds of `ToolError`. */
const REASON_OF_FAILURE: Readonly<Record<string, Reason>> = {
  unavailable: 'tool-down',
  ambiguous: 'tool-down',
  conflict: 'tool-down',
  'unexpected-response': 'bad-answer',
} satisfies Partial<Record<ToolErrorKind, Reason>>;

/** A failure leaves an orphaned or closed item what it is, so that nobody else would look again. */
export function lookLater(run: Run): void {
  const { state } = run;
  if (state?.phase !== 'orphaned' && state?.phase !== 'done') return;
  const ms = state.timing.sweepEveryMs;
  const why = 'the last look failed; it is tried again';
  run.wait = { ms, until: new Date(Date.now() + ms).toISOString(), reason: state.blockedBy, why };
}
