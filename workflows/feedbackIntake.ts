/**
 * `feedbackIntake`: one dev item becomes one piece of feedback in a Craft.io portal (design 2). Every attempt begins from
 * its row in the ledger, so that it may be killed anywhere; it never ends Failed. The signal `resync` ends any wait.
 */
import {
  ActivityFailure,
  ApplicationFailure,
  condition,
  continueAsNew,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { TimeoutFailure } from '@temporalio/common';
import { REASON_TEXTS } from '../domain/reasons.js';
import type { Wait } from '../domain/itemState.js';
import { resyncSignal, type FeedbackIntakeInput, type SubmissionState } from '../domain/messages.js';
import type { Reason } from '../domain/phases.js';
import { SEARCH_ATTRIBUTES } from '../domain/searchAttributes.js';
import { clockTime } from '../domain/stateWords.js';
import { itemSteps, ledgerSteps, withSummary } from './activityOptions.js';

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
  const summary = withSummary(`Submit ${input.devItemId} to feedback portal ${input.portal}`);
  try {
    const { state, wait = null } = await itemSteps.submitFeedback.executeWithOptions(summary, [input]);
    return { state, wait };
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    return { state: await ledgerSteps.setFeedbackAside(input, troubleOf(error)), wait: null };
  }
}

function troubleOf(failure: ActivityFailure): { reason: Reason; message: string } {
  const { cause } = failure;
  const message = cause?.message ?? failure.message;
  if (cause instanceof TimeoutFailure) return { reason: 'tool-down', message: `it took too long: ${message}` };
  const type = cause instanceof ApplicationFailure ? cause.type : null;
  if (type === 'unavailable' || type === 'ambiguous' || type === 'conflict') return { reason: 'tool-down', message };
  return { reason: type === 'unexpected-response' ? 'bad-answer' : 'unexpected', message };
}

/** No title and no description stands in it. */
function show(input: FeedbackIntakeInput, { state, wait }: Seen): void {
  const { feedback, blockedBy, lastError } = state;
  const word = wordOf(state, wait);
  const lines = [
    `**${word}**${blockedBy === null ? '' : ` (${blockedBy})`}`,
    '',
    `- ${input.devTool}: ${link(state.devItemKey ?? input.devItemId, state.devItemUrl)}`,
    `- Feedback in portal ${input.portal}: ${feedback === null ? 'none yet' : link(feedback.id, feedback.link)}`,
  ];
  if (wait !== null) lines.push(`- Next look: about ${clockTime(wait.until)}: ${wait.why}`);
  else if (state.phase !== 'done') lines.push('- Next look: with the next interval, or on the signal resync');
  if (lastError !== null && wait === null) lines.push(`- Last error: ${lastError}`);
  if (blockedBy !== null) lines.push(`- What to do: ${REASON_TEXTS[blockedBy].advice}`);
  setCurrentDetails(lines.join('\n'));
  const shown = workflowInfo().typedSearchAttributes;
  const changed = [
    { key: SEARCH_ATTRIBUTES.phase, value: word },
    { key: SEARCH_ATTRIBUTES.blockedBy, value: blockedBy },
  ].filter(({ key, value }) => (shown.get(key) ?? null) !== value);
  if (changed.length > 0) upsertSearchAttributes(changed);
}

/** In the words that items have, too. */
function wordOf({ phase, blockedBy }: SubmissionState, wait: Wait | null): 'creating' | 'blocked' | 'done' {
  if (phase === 'done') return 'done';
  return blockedBy !== null && wait === null ? 'blocked' : 'creating';
}

function link(text: string, url: string | null): string {
  return url === null ? text : `[${text}](${url})`;
}
