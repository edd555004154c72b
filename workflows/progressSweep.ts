/**
 * `progressSweep`: one batched read of what changed in a dev tool; only the items that changed are woken (design 4).
 * A scope that cannot be read stops no other (invariant I6); the run fails at its end with what failed first. After one
 * that has used up its attempts, each further one gets a single attempt, until one succeeds: where it is the tool that is
 * down, that is noticed once. Where it is certain that it is the tool, the others are not asked.
 */
import { ActivityFailure, ApplicationFailure } from '@temporalio/common';
import { isCancellation, patched, setCurrentDetails, setHandler } from '@temporalio/workflow';
import { progressSweepScheduleId } from '../domain/ids.js';
import { sweepProgressQuery, type ProgressSweepInput, type ProgressSweepResult } from '../domain/messages.js';
import type { ScopeRef } from '../activities/sweeps/progressSweep.js';
import type { SweepFailureFacts } from '../activities/step/sweepStep.js';
import { ledgerSteps, sweepReads, sweepWithSummary, type SweepAttempts } from './activityOptions.js';

export async function progressSweep(input: ProgressSweepInput): Promise<ProgressSweepResult> {
  const { devTool } = input;
  let total = 0;
  let done = 0;
  setHandler(sweepProgressQuery, () => ({ done, total }), { description: 'How many feeds have been looked at.' });
  // Runs of the first release did not look into the inbox.
  const unmarked = patched('inbox') ? await handOnInbox(devTool) : 0;
  const pending = await sweepReads.handOnPending.executeWithOptions(sweepWithSummary('Hand on what failed before'), [
    devTool,
  ]);
  const scopes = await sweepReads.listScopes.executeWithOptions(sweepWithSummary(`Feeds of ${devTool}`), [devTool]);
  total = scopes.length;
  const result = { read: 0, changed: unmarked + pending, signalled: unmarked + pending };
  let failure: ActivityFailure | null = null;
  let attempts: SweepAttempts = 'several';
  for (const scope of scopes) {
    try {
      await sweepScope({ devTool, scope }, result, attempts);
      attempts = 'several';
    } catch (error) {
      if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
      failure ??= error;
      if (isOfTheTool(error) && patched('one-tool-one-failure')) break;
      attempts = 'one';
    }
    done += 1;
  }
  setCurrentDetails(`${result.read} read, ${result.changed} changed, ${result.signalled} signalled`);
  if (failure !== null) throw failure;
  await ledgerSteps.noteSweep({ scheduleId: progressSweepScheduleId(devTool), result, heldBack: null });
  return result;
}

async function handOnInbox(devTool: string): Promise<number> {
  return sweepReads.handOnInbox.executeWithOptions(sweepWithSummary('Hand on webhooks that nobody has'), [devTool]);
}

function isOfTheTool({ cause }: ActivityFailure): boolean {
  if (!(cause instanceof ApplicationFailure)) return false;
  const [facts] = (cause.details ?? []) as readonly Partial<SweepFailureFacts>[];
  return facts?.ofTheConnection === true;
}

async function sweepScope(
  ref: ScopeRef,
  result: { read: number; changed: number; signalled: number },
  attempts: SweepAttempts,
): Promise<void> {
  const { scope } = ref;
  const options = (summary: string) => sweepWithSummary(summary, attempts);
  const read = await sweepReads.readFeed.executeWithOptions(options(`What changed in ${scope}`), [ref]);
  result.read += read.read;
  result.changed += read.changed;
  result.signalled += read.signalled;
  if (read.inventoryDue) {
    await sweepReads.takeInventory.executeWithOptions(options(`Inventory of ${scope}`), [ref]);
  }
}
