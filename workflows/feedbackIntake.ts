/**
 * `feedbackIntake`: one dev item becomes one piece of feedback in a Craft.io portal (design 2). Every attempt begins
 * from its row in the ledger, so a run may be killed anywhere. It never ends Failed. The signal `resync` ends any wait.
 */
import {
  ActivityFailure,
  condition,
  continueAsNew,
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
import { upsertChanged } from './temporalUi.js';

interface Seen {
  readonly state: SubmissionState;
  readonly wait: Wait | null;
}

export async function feedbackIntake(input: FeedbackIntakeInput): Promise<void> {
  let woken = false;
  setHandler(resyncSignal, () => void (woken = true), { description: 'Look again now.' });
  for (;;) {
    woken = false;
    const seen = await attempt(input);
    show(input, seen);
    if (seen.state.phase === 'done') return;
    const ms = seen.wait?.ms ?? seen.state.everyMs;
    const what = seen.wait?.reason ?? seen.state.blockedBy ?? 'for its time';
    await condition(() => woken, Math.max(1, ms), { summary: `Wait: ${what}` });
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof feedbackIntake>(input);
  }
}

async function attempt(input: FeedbackIntakeInput): Promise<Seen> {
  const summary = withSummary(`Submit ${asText(input.devItemId)} to feedback portal ${asText(input.portal)}`);
  try {
    const { state, wait = null } = await itemSteps.submitFeedback.executeWithOptions(summary, [input]);
    return { state, wait };
  } catch (error) {
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
