/**
 * `readySweep`: collects the items that the readiness rule matches, then starts one `itemSync` for each that the ledger
 * does not know (design 4). Workflow ids make two sweeps at once harmless; one bad item never stops the rest (I6).
 */
import {
  continueAsNew,
  ParentClosePolicy,
  setCurrentDetails,
  setHandler,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import { readySweepScheduleId } from '../domain/ids.js';
import { itemSyncStartOptions } from '../domain/itemSyncStart.js';
import { sweepProgressQuery, type ReadySweepInput, type ReadySweepResult } from '../domain/messages.js';
import type { Collected } from '../activities/sweeps/readySweep.js';
import { ledgerSteps, sweepReads, sweepWithSummary } from './activityOptions.js';
import { itemSync } from './itemSync/index.js';
import { startChildOnce, type ChildStart } from './startChildOnce.js';
import { stretched } from './stretched.js';

/** Children that are started together. */
const BATCH = 50;
/** At most this many children are between start and lock at a time. */
const IN_HAND = 100;

/** What a sweep carries over continue-as-new. */
interface Carried {
  readonly sweepId: string;
  readonly collected: Collected;
  readonly after: string | null;
  readonly counts: Counts;
}

interface Counts {
  started: number;
  alreadyRunning: number;
  failed: number;
}

const COUNT_OF = {
  started: 'started',
  running: 'alreadyRunning',
  failed: 'failed',
} as const satisfies Record<ChildStart, keyof Counts>;

export async function readySweep(input: ReadySweepInput, carried?: Carried): Promise<ReadySweepResult> {
  const sweepId = carried?.sweepId ?? workflowInfo().firstExecutionRunId;
  const counts: Counts = carried?.counts ?? { started: 0, alreadyRunning: 0, failed: 0 };
  let total = carried?.collected.found ?? 0;
  setHandler(sweepProgressQuery, () => ({ done: counts.started + counts.alreadyRunning + counts.failed, total }), {
    description: 'How many of the new items have been taken up.',
  });
  if (carried === undefined) {
    await reviveLost(input.pipeline);
    const words = await stretched(readySweepScheduleId(input.pipeline), input);
    if (words !== null) return { found: 0, started: 0, known: 0, failed: 0, stretched: words };
  }
  const collected = carried?.collected ?? (await collect(input, sweepId));
  total = collected.found - collected.known;
  const heldBack = holdBack(input, collected);
  if (heldBack !== null) return finish(input, sweepId, { ...emptyResult(collected), heldBack });
  await startAll(input, { sweepId, collected, after: carried?.after ?? null, counts }, total);
  const { started, failed } = counts;
  const found = collected.found + collected.failed;
  return finish(input, sweepId, {
    found,
    started,
    known: found - started - failed - collected.failed,
    failed: failed + collected.failed,
    ...problemsOf(collected),
  });
}

async function reviveLost(pipeline: string): Promise<void> {
  await sweepReads.reviveLost.executeWithOptions(sweepWithSummary('Start again what was lost'), [pipeline]);
}

async function collect({ pipeline, byHand }: ReadySweepInput, sweepId: string): Promise<Collected> {
  const summary = sweepWithSummary(`Collect the ready items of ${pipeline}`);
  return sweepReads.collectReady.executeWithOptions(summary, [
    { pipeline, sweepId, ...(byHand === true && { byHand }) },
  ]);
}

/** Why nothing is started, in words: a first run or a wrong rule must flood nobody (`mass-creation`). */
function holdBack(input: ReadySweepInput, { unseen, maxNew }: Collected): string | null {
  if (input.all === true || unseen <= maxNew) return null;
  return (
    `mass-creation: ${unseen} new items are more than maxNewPerSweep (${maxNew}); none was started. ` +
    `Check them with craftsync preview ${input.pipeline}, then run craftsync sweep ${input.pipeline} --all`
  );
}

function emptyResult(collected: Collected): ReadySweepResult {
  const found = collected.found + collected.failed;
  return { found, started: 0, known: collected.found, failed: collected.failed, ...problemsOf(collected) };
}

/** Absent if there are none, and in histories of the first release. */
function problemsOf({ problems = [] }: Collected): Pick<ReadySweepResult, 'problems'> {
  return problems.length === 0 ? {} : { problems };
}

async function startAll(input: ReadySweepInput, progress: Carried, total: number): Promise<void> {
  const { sweepId, collected, counts } = progress;
  let { after } = progress;
  for (;;) {
    const page = { pipeline: input.pipeline, sweepId, after, limit: BATCH };
    const items = await ledgerSteps.nextUnknown(page);
    const last = items.at(-1);
    if (last === undefined) return;
    if (!(await makeRoom(input.pipeline, sweepId))) {
      await continueAsNew<typeof readySweep>(input, { sweepId, collected, after, counts });
    }
    const started = await Promise.all(items.map((item) => startOne(input.pipeline, collected.devTool, item, counts)));
    const craftItemIds = started.filter((id) => id !== null);
    await ledgerSteps.markStarted({ pipeline: input.pipeline, sweepId, craftItemIds });
    setCurrentDetails(`${counts.started + counts.alreadyRunning + counts.failed} of ${total}`);
    after = last.craftItemId;
    if (workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof readySweep>(input, { sweepId, collected, after, counts });
    }
  }
}

/** False: there is no room yet and the history is long, so the run continues as new and goes on waiting there. */
async function makeRoom(pipeline: string, sweepId: string): Promise<boolean> {
  const max = IN_HAND - BATCH;
  for (;;) {
    const summary = sweepWithSummary('Wait until fewer items are in hand');
    const inHand = await sweepReads.awaitRoom.executeWithOptions(summary, [{ pipeline, sweepId, max }]);
    if (inHand < max) return true;
    if (workflowInfo().continueAsNewSuggested) return false;
  }
}

/** The item's id if a run was started; null if one was running already or the start failed. */
async function startOne(
  pipeline: string,
  devTool: string,
  item: { craftItemId: string; shortId: string | null },
  counts: Counts,
): Promise<string | null> {
  const ref = { pipeline, craftItemId: item.craftItemId };
  const startedBy = workflowInfo().workflowId;
  const options = itemSyncStartOptions({ item: ref, shortId: item.shortId, devTool, startedBy });
  const outcome = await startChildOnce(() =>
    startChild(itemSync, { ...options, args: [ref], parentClosePolicy: ParentClosePolicy.ABANDON }),
  );
  counts[COUNT_OF[outcome]] += 1;
  return outcome === 'started' ? item.craftItemId : null;
}

async function finish(input: ReadySweepInput, sweepId: string, result: ReadySweepResult): Promise<ReadySweepResult> {
  const { heldBack = null } = result;
  setCurrentDetails(
    heldBack ?? `${result.started} started, ${result.known} known, ${result.failed} failed of ${result.found}`,
  );
  const { pipeline } = input;
  const scheduleId = readySweepScheduleId(pipeline);
  await ledgerSteps.noteSweep({ scheduleId, result: { ...result }, heldBack, sweep: { pipeline, sweepId } });
  return result;
}
