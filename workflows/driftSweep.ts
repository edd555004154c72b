/** `driftSweep`: compares handed-over items with what Craft.io lists and wakes those that differ (design 3, Drift). */
import { setCurrentDetails } from '@temporalio/workflow';
import { driftSweepScheduleId } from '../domain/ids.js';
import type { DriftSweepInput, DriftSweepResult } from '../domain/messages.js';
import { ledgerSteps, sweepReads, sweepWithSummary } from './activityOptions.js';
import { stretched } from './stretched.js';

export async function driftSweep(input: DriftSweepInput): Promise<DriftSweepResult> {
  const scheduleId = driftSweepScheduleId(input.pipeline);
  const words = await stretched(scheduleId);
  if (words !== null) return { compared: 0, differing: 0, signalled: 0, stretched: words };
  const summary = sweepWithSummary(`Compare ${input.pipeline} with Craft.io's listing`);
  const result = await sweepReads.compareListing.executeWithOptions(summary, [input.pipeline]);
  setCurrentDetails(`${result.compared} compared, ${result.differing} differ, ${result.signalled} signalled`);
  await ledgerSteps.noteSweep({
    scheduleId,
    result: { ...result },
    heldBack: null,
  });
  return result;
}
