/**
 * `intakeSweep`: dev items with the configured label become feedback in a Craft.io portal (design 2). It collects them
 * first, then starts one `feedbackIntake` for each that is not done; workflow ids make two sweeps at once harmless.
 */
import {
  continueAsNew,
  ParentClosePolicy,
  setCurrentDetails,
  setHandler,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import { TypedSearchAttributes } from '@temporalio/common';
import { feedbackIntakeWorkflowId, intakeScheduleId, TASK_QUEUE } from '../domain/ids.js';
import {
  sweepProgressQuery,
  type Collected,
  type IntakeSweepInput,
  type IntakeSweepResult,
  type OpenSubmission,
} from '../domain/messages.js';
import { asText } from '../domain/rules/asText.js';
import { SEARCH_ATTRIBUTES } from '../domain/searchAttributes.js';
import { ledgerSteps, sweepReads, sweepWithSummary } from './activityOptions.js';
import { feedbackIntake } from './feedbackIntake.js';
import { startChildOnce } from './startChildOnce.js';
import { stretched } from './stretched.js';

const BATCH = 50;

interface Counts {
  started: number;
  running: number;
  failed: number;
}

/** What a sweep carries over continue-as-new. */
interface Carried {
  readonly collected: Collected;
  readonly after: string | null;
  readonly counts: Counts;
}

export async function intakeSweep(input: IntakeSweepInput, carried?: Carried): Promise<IntakeSweepResult> {
  const { intake } = input;
  const counts: Counts = carried?.counts ?? { started: 0, running: 0, failed: 0 };
  let total = 0;
  setHandler(sweepProgressQuery, () => ({ done: counts.started + counts.running + counts.failed, total }), {
    description: 'How many of the labelled items have been taken up.',
  });
  const words = carried === undefined ? await stretched(intakeScheduleId(intake)) : null;
  if (words !== null) return { found: 0, ...counts, known: 0, skipped: 0, stretched: words };
  const collected = carried?.collected ?? (await collect(intake));
  total = Math.max(0, collected.found - collected.skipped - collected.done);
  await startAll(input, { collected, after: carried?.after ?? null, counts });
  const { found, skipped, done } = collected;
  const result = { found, ...counts, known: done, skipped };
  setCurrentDetails(
    `${counts.started} started, ${counts.running} under way, ${done} submitted before, ${skipped} of this portal itself, ` +
      `${counts.failed} failed, of ${found} with the label`,
  );
  await ledgerSteps.noteSweep({ scheduleId: intakeScheduleId(intake), result, heldBack: null });
  return result;
}

async function collect(intake: string): Promise<Collected> {
  const summary = sweepWithSummary(`Collect the labelled items of ${intake}`);
  return sweepReads.collectFeedback.executeWithOptions(summary, [intake]);
}

async function startAll(input: IntakeSweepInput, progress: Carried): Promise<void> {
  const { collected, counts } = progress;
  let { after } = progress;
  for (;;) {
    const open = await ledgerSteps.nextSubmissions({ intake: input.intake, after, limit: BATCH });
    const last = open.at(-1);
    if (last === undefined) return;
    await Promise.all(open.map((submission) => startOne(input.intake, submission, counts)));
    after = last.devItemId;
    if (workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof intakeSweep>(input, { collected, after, counts });
    }
  }
}

async function startOne(intake: string, { portal, devTool, devItemId, key }: OpenSubmission, counts: Counts) {
  const outcome = await startChildOnce(() =>
    startChild(feedbackIntake, {
      workflowId: feedbackIntakeWorkflowId(portal, devTool, devItemId),
      taskQueue: TASK_QUEUE,
      args: [{ intake, portal, devTool, devItemId }],
      staticSummary: `${asText(key ?? devItemId)} → feedback portal`,
      typedSearchAttributes: new TypedSearchAttributes([
        { key: SEARCH_ATTRIBUTES.devTool, value: devTool },
        { key: SEARCH_ATTRIBUTES.devItem, value: key ?? devItemId },
      ]),
      memo: { startedBy: workflowInfo().workflowId },
      parentClosePolicy: ParentClosePolicy.ABANDON,
    }),
  );
  counts[outcome] += 1;
}
