/** `progressSweep`: one batched read of what changed in a dev tool; only the items that changed are woken (DESIGN 4). */
import { setCurrentDetails, setHandler } from '@temporalio/workflow';
import { progressSweepScheduleId } from '../domain/ids.js';
import { sweepProgressQuery, type ProgressSweepInput, type ProgressSweepResult } from '../domain/messages.js';
import { ledgerSteps, sweepReads, sweepWithSummary } from './activityOptions.js';

export async function progressSweep(input: ProgressSweepInput): Promise<ProgressSweepResult> {
  const { devTool } = input;
  let total = 0;
  let done = 0;
  setHandler(sweepProgressQuery, () => ({ done, total }), { description: 'How many feeds have been read.' });
  const pending = await sweepReads.handOnPending.executeWithOptions(sweepWithSummary('Hand on what failed before'), [
    devTool,
  ]);
  const scopes = await sweepReads.listScopes.executeWithOptions(sweepWithSummary(`Feeds of ${devTool}`), [devTool]);
  total = scopes.length;
  const result = { read: 0, changed: pending, signalled: pending };
  for (const scope of scopes) {
    const ref = { devTool, scope };
    const read = await sweepReads.readFeed.executeWithOptions(sweepWithSummary(`What changed in ${scope}`), [ref]);
    if (read.inventoryDue) {
      await sweepReads.takeInventory.executeWithOptions(sweepWithSummary(`Inventory of ${scope}`), [ref]);
    }
    result.read += read.read;
    result.changed += read.changed;
    result.signalled += read.signalled;
    done += 1;
  }
  setCurrentDetails(`${result.read} read, ${result.changed} changed, ${result.signalled} signalled`);
  await ledgerSteps.noteSweep({ scheduleId: progressSweepScheduleId(devTool), result, heldBack: null });
  return result;
}
