/**
 * The attempts of an item's step (decision 30). The first one is made within the workflow task: it costs one event
 * instead of six. One that fails, or hands on because it would have to wait, is followed by the ordinary activity, with
 * its retries, its heartbeat and its line in the Temporal UI, where operators look for trouble.
 */
import { TemporalFailure } from '@temporalio/common';
import { isCancellation } from '@temporalio/workflow';
import type { DevItemSnapshot } from '../../domain/devItem.js';
import type { StepResult } from '../../domain/itemState.js';
import { createWithSummary, firstAttempts, laterAttempts, withSummary, type UsualStep } from '../activityOptions.js';
import { isLean, showAtRest } from './display.js';
import type { Run } from './run.js';

/** `summary`: a line for the Temporal UI. */
export async function attempt(
  run: Run,
  step: UsualStep,
  summary: string,
  snapshot?: DevItemSnapshot,
): Promise<StepResult> {
  const args: Parameters<typeof laterAttempts.pushProgress> =
    snapshot === undefined ? [run.item] : [run.item, snapshot];
  if (isLean()) {
    try {
      const first = await firstAttempts[step].executeWithOptions({ summary }, args);
      if (first.handedOn === undefined) return first;
    } catch (error) {
      // A local activity fails with what it threw, or a time-out, not with an `ActivityFailure` around it.
      if (!(error instanceof TemporalFailure) || isCancellation(error)) throw error;
    }
    showAtRest(run);
  }
  const options = step === 'createDevItem' ? createWithSummary(summary) : withSummary(summary);
  return laterAttempts[step].executeWithOptions(options, args);
}
