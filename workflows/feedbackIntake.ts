/**
 * `feedbackIntake`: one dev item becomes one piece of feedback in a Craft.io portal (design 2). Every attempt begins
 * from its row in the ledger, so a run may be killed anywhere. It never ends Failed. The signal `resync` ends any wait.
 */
import {
  ActivityFailure,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { REASON_TEXTS } from '../domain/reasons.js';
import type { Wait } from '../domain/itemState.js';
import { resyncSignal, type FeedbackIntakeInput, type SubmissionState } from '../domain/messages.js';
import { SEARCH_ATTRIBUTES } from '../domain/searchAttributes.js';
import { asText, linkTo } from '../domain/rules/asText.js';
import { clockTime } from '../domain/rules/stateWords.js';
import { itemSteps, ledgerSteps, withSummary } from './activityOptions.js';
import { troubleOf } from './activityTrouble.js';
import { createCrowding, type Crowding } from './crowding.js';
import { upsertChanged } from './temporalUi.js';

interface Seen {
  readonly state: SubmissionState;
  readonly wait: Wait | null;
}

export async function feedbackIntake(input: FeedbackIntakeInput): Promise<void> {
  let woken = false;
  let scope: CancellationScope | null = null;
  const crowding = createCrowding(() => scope?.cancel());
  const wake = (): void => {
    woken = true;
    crowding.heard();
  };
  setHandler(resyncSignal, wake, { description: 'Look again now.' });
  for (;;) {
    woken = false;
    scope = new CancellationScope({ cancellable: true });
    const seen = await attempt(input, scope);
    scope = null;
    if (seen === null) return goOnAsNew(input, crowding);
    show(input, seen);
    if (seen.state.phase === 'done') return;
    const ms = seen.wait?.ms ?? seen.state.everyMs;
    const what = seen.wait?.reason ?? seen.state.blockedBy ?? 'for its time';
    await condition(() => woken || crowding.isCrowded, Math.max(1, ms), { summary: `Wait: ${what}` });
    if (workflowInfo().continueAsNewSuggested || crowding.isCrowded) return goOnAsNew(input, crowding);
  }
}

async function goOnAsNew(input: FeedbackIntakeInput, crowding: Crowding): Promise<never> {
  if (crowding.isCrowded) await crowding.lull(() => false);
  return continueAsNew<typeof feedbackIntake>(input);
}

/** Null: it was cancelled, so that the run can continue as new. */
async function attempt(input: FeedbackIntakeInput, scope: CancellationScope): Promise<Seen | null> {
  const summary = withSummary(`Submit ${asText(input.devItemId)} to feedback portal ${asText(input.portal)}`);
  try {
    const submit = () => itemSteps.submitFeedback.executeWithOptions(summary, [input]);
    const { state, wait = null } = await scope.run(submit);
    return { state, wait };
  } catch (error) {
    if (isCancellation(error) && !CancellationScope.current().consideredCancelled) return null;
    if (!(error instanceof ActivityFailure)) throw error;
    return { state: await ledgerSteps.setFeedbackAside(input, troubleOf(error)), wait: null };
  }
}

/** What it shows contains no title and no description. */
function show(input: FeedbackIntakeInput, { state, wait }: Seen): void {
  const { feedback, blockedBy, lastError } = state;
  const word = wordOf(state, wait);
  const lines = [
    `**${word}**${blockedBy === null ? '' : ` (${blockedBy})`}`,
    '',
    `- ${input.devTool}: ${linkTo(state.devItemKey ?? input.devItemId, state.devItemUrl)}`,
    `- Feedback in portal ${asText(input.portal)}: ${feedback === null ? 'none yet' : linkTo(feedback.id, feedback.link)}`,
  ];
  if (wait !== null) lines.push(`- Next look: about ${clockTime(wait.until)}: ${asText(wait.why)}`);
  else if (state.phase !== 'done') lines.push('- Next look: with the next interval, or on the signal resync');
  if (lastError !== null && wait === null) lines.push(`- Last error: ${asText(lastError)}`);
  if (blockedBy !== null) lines.push(`- What to do: ${REASON_TEXTS[blockedBy].advice}`);
  setCurrentDetails(lines.join('\n'));
  upsertChanged([
    { key: SEARCH_ATTRIBUTES.phase, value: word },
    { key: SEARCH_ATTRIBUTES.blockedBy, value: blockedBy },
  ]);
}

/** The phase in the words that items use. */
function wordOf({ phase, blockedBy }: SubmissionState, wait: Wait | null): 'creating' | 'blocked' | 'done' {
  if (phase === 'done') return 'done';
  return blockedBy !== null && wait === null ? 'blocked' : 'creating';
}
