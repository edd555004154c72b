/**
 * `itemSync`: the whole life of one Craft item, one run per item (design 2 and 3).
 *
 * To change this safely:
 *  - This code is replayed: no clock but Temporal's, no I/O, no imports but `domain`. The histories in
 *    test/replay/histories must replay; another order of commands (activities, timers, upserts) needs
 *    `isPatched()` (patches.ts).
 *  - Every run begins from its row, so that it may end, be killed or continue as new between any two steps.
 *  - Handlers only queue commands and note news; this loop alone calls activities.
 *  - Temporal notes where each promise of a workflow was made, for the stack trace in its UI: that is a third of what a
 *    run costs. So what only passes a promise on returns it, and is not `async`.
 *  - A run never ends Failed. It ends only when no handler waits and the queue is empty; both are checked in one go,
 *    without an `await` in between.
 *  - Whatever waits in here also ends when the run is crowded (crowding.ts), and leaves in `Run` what it waited for:
 *    then this loop continues as new.
 */
import { allHandlersFinished, ApplicationFailure, condition, continueAsNew, workflowInfo } from '@temporalio/workflow';
import type { ItemSyncInput } from '../../domain/messages.js';
import { ledgerSteps } from '../activityOptions.js';
import { decidePatches } from '../patches.js';
import { show, showAtRest } from './display.js';
import { registerHandlers } from './handlers.js';
import { carriedOf, hasNews, newRun, type Carried, type Run } from './run.js';
import { isStateDue, reportState, takeStep } from './steps.js';
import { obeyNext } from './verbs.js';

export async function itemSync(input: ItemSyncInput, carried?: Carried): Promise<void> {
  decidePatches();
  const run = newRun({ pipeline: input.pipeline, craftItemId: input.craftItemId }, carried);
  registerHandlers(run);
  const begun = await ledgerSteps.beginItem(run.item, { newRun: carried === undefined });
  if (begun.status === 'unknown') return nothingKnown(run);
  run.state = begun.state;
  // A run that starts on a closed item was started by news about it, or by a verb (design 3, step 5).
  if (run.state.phase === 'done' && run.commands.length === 0) run.news.devItem ??= {};
  // A first run on a followed item replaces one that was lost, perhaps with news that it had not written yet.
  if (carried === undefined && run.state.next === 'follow') lookAtBothSides(run);

  for (;;) {
    show(run);
    if (run.crowding.isCrowded && !isOver(run) && (await run.crowding.lull(() => isOrdered(run)))) {
      await continueAsNew<typeof itemSync>(run.item, carriedOf(run));
    }
    if (run.commands.length > 0) {
      await obeyNext(run);
      continue;
    }
    if (run.crowding.isCrowded && !isOver(run) && !allHandlersFinished()) {
      // A rest would end at once, since the run is crowded: the handler must get its turn to answer.
      await condition(() => run.commands.length > 0 || allHandlersFinished());
      continue;
    }
    if (isOver(run)) {
      if (isStateDue(run)) await reportState(run);
      showAtRest(run);
      await condition(() => run.commands.length > 0 || isReopened(run) || allHandlersFinished());
      if (run.commands.length > 0 || isReopened(run)) continue;
      show(run);
      showAtRest(run);
      return;
    }
    if (workflowInfo().continueAsNewSuggested) {
      await condition(() => run.commands.length > 0 || allHandlersFinished());
      if (run.commands.length > 0) continue;
      await continueAsNew<typeof itemSync>(run.item, carriedOf(run));
    }
    await takeStep(run, run.state);
  }
}

function lookAtBothSides(run: Run): void {
  run.news.devItem ??= {};
  run.news.craftItem = true;
  run.woken = true;
}

function isOver(run: Run): boolean {
  return run.state?.next === 'end' && !isReopened(run) && run.pendingRelease === null;
}

/** There are orders for this run: those of updates in any case, others as long as it has time for them. */
function isOrdered(run: Run): boolean {
  return !allHandlersFinished() || (run.commands.length > 0 && !run.crowding.isOvercrowded);
}

/** News about a closed item that came while its run was ending. */
function isReopened(run: Run): boolean {
  return run.state?.phase === 'done' && hasNews(run);
}

/** There is neither a pipeline nor a row, so there is nothing to do; queued verbs fail with that message. */
async function nothingKnown(run: Run): Promise<void> {
  const message = `pipeline "${run.item.pipeline}" is not configured and the ledger does not know the item`;
  for (const command of run.commands) command.failure = ApplicationFailure.nonRetryable(message, 'pipeline-removed');
  await condition(() => allHandlersFinished());
}
