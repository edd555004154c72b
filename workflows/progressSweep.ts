/**
 * `progressSweep`: one batched read of what changed in a dev tool wakes only the items that changed (design 4).
 * A scope that cannot be read stops no other (invariant I6); the run fails at its end with the first failure. Once a
 * scope has used up its attempts, each further scope gets a single attempt until one succeeds, so that a tool that is
 * down is asked few times. If the failure is certainly the connection's, the other scopes are not read at all.
 */
import { ActivityFailure } from '@temporalio/common';
import { isCancellation, patched, setCurrentDetails, setHandler } from '@temporalio/workflow';
import { progressSweepScheduleId } from '../domain/ids.js';
import { asText } from '../domain/rules/asText.js';
import { sweepProgressQuery, type ProgressSweepInput, type ProgressSweepResult } from '../domain/messages.js';
import type { ScopeRef } from '../activities/sweeps/inventory.js';
import type { SweepFailureFacts } from '../activities/step/sweepStep.js';
import { ledgerSteps, sweepReads, sweepWithSummary, type SweepAttempts } from './activityOptions.js';
import { applicationFailureOf } from './activityTrouble.js';
import { stretched } from './stretched.js';

export async function progressSweep(input: ProgressSweepInput): Promise<ProgressSweepResult> {
  const { devTool } = input;
  let total = 0;
  let done = 0;
  setHandler(sweepProgressQuery, () => ({ done, total }), { description: 'How many feeds have been looked at.' });
  // Runs of the first release did not look into the inbox.
  const unmarked = patched('inbox') ? await wakeFromInbox(devTool) : 0;
  const pending = await wakePending(devTool);
  const result = { read: 0, changed: unmarked + pending, signalled: unmarked + pending };
  const words = await stretched(progressSweepScheduleId(devTool), input);
  if (words !== null) return { ...result, stretched: words };
  const scopes = await listScopes(input);
  total = scopes.length;
  let failure: ActivityFailure | null = null;
  let attempts: SweepAttempts = 'several';
  for (const scope of scopes) {
    try {
      await sweepScope({ ...input, scope }, result, attempts);
      attempts = 'several';
    } catch (error) {
      if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
      failure ??= error;
      if (isOfTheConnection(error) && patched('one-tool-one-failure')) break;
      attempts = 'one';
    }
    done += 1;
  }
  setCurrentDetails(`${result.read} read, ${result.changed} changed, ${result.signalled} signalled`);
  if (failure !== null) throw failure;
  await ledgerSteps.noteSweep({ scheduleId: progressSweepScheduleId(devTool), result, heldBack: null });
  return result;
}

async function wakeFromInbox(devTool: string): Promise<number> {
  return sweepReads.handOnInbox.executeWithOptions(sweepWithSummary('Wake the items of unmarked webhooks'), [devTool]);
}

async function wakePending(devTool: string): Promise<number> {
  return sweepReads.handOnPending.executeWithOptions(sweepWithSummary('Wake the items that could not be woken'), [
    devTool,
  ]);
}

async function listScopes({ devTool, ...start }: ProgressSweepInput): Promise<readonly string[]> {
  const summary = sweepWithSummary(`Feeds of ${devTool}`);
  return sweepReads.listScopes.executeWithOptions(summary, [devTool, start]);
}

function isOfTheConnection(failure: ActivityFailure): boolean {
  const [facts] = (applicationFailureOf(failure)?.details ?? []) as readonly Partial<SweepFailureFacts>[];
  return facts?.ofTheConnection === true;
}

async function sweepScope(
  ref: ScopeRef,
  result: { read: number; changed: number; signalled: number },
  attempts: SweepAttempts,
): Promise<void> {
  const { scope } = ref;
  const options = (summary: string) => sweepWithSummary(summary, attempts);
  const read = await sweepReads.readFeed.executeWithOptions(options(`What changed in ${asText(scope)}`), [ref]);
  result.read += read.read;
  result.changed += read.changed;
  result.signalled += read.signalled;
  if (read.inventoryDue) {
    await sweepReads.takeInventory.executeWithOptions(options(`Inventory of ${asText(scope)}`), [ref]);
  }
}
