/**
 * Makes one submission to a feedback portal for a command and waits for its end. A key is submitted exactly once, even
 * if commands are killed on the way.
 */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { submitOnce } from '../activities/feedback/submitOnce.js';
import { CLI_ORIGIN, refOf, type FeedbackDraft, type SubmittedFeedback } from '../domain/feedback.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Connectors } from './connectors.js';

export interface SubmitByHand {
  readonly ledger: Ledger;
  readonly connectors: Connectors;
  /** Time limit of one request to Craft.io. */
  readonly timeoutMs: number;
  readonly portal: string;
  readonly key: string;
  readonly draft: FeedbackDraft;
  /** Why it waits, in words. */
  readonly onWait: (ms: number, why: string) => void;
}

/** `isNew` is false when the key was submitted before. Throws `ToolError`. */
export async function submitByHand(
  options: SubmitByHand,
): Promise<{ readonly feedback: SubmittedFeedback; readonly isNew: boolean }> {
  const { ledger, connectors, portal, key, draft, timeoutMs } = options;
  const ref = { portal, origin: CLI_ORIGIN, reference: key };
  const noItem = { intake: null, devItemKey: null, devItemUrl: null, devScope: null };
  await ledger.submissions.collect([{ ...ref, ...draft, ...noItem, ref: refOf(CLI_ORIGIN, key, key) }]);
  const context = {
    submissions: ledger.submissions,
    now: () => ledger.now(),
    feedback: connectors.craft.feedback,
    timeoutMs,
    call: { callClass: 'manual' },
    note: (outcome: string, detail: string | null) => noteIn(ledger, outcome, detail),
  } as const;
  for (;;) {
    const outcome = await submitOnce(context, ref);
    if (outcome.status === 'submitted') {
      await ledger.submissions.finish(ref);
      return { feedback: outcome.feedback, isNew: outcome.isNew };
    }
    options.onWait(outcome.ms, outcome.why);
    await sleep(outcome.ms);
  }
}

async function noteIn(ledger: Ledger, outcome: string, detail: string | null): Promise<void> {
  const entry = { pipeline: 'feedback', craftItemId: null, step: 'feedback submit', outcome, attempt: 1, detail };
  await ledger.log.append({ ...entry, workflowId: null, runId: null });
}

/** The key of a submission without one: the same content is the same submission. */
export function keyOfContent(portal: string, { title, description, category, submitter }: FeedbackDraft): string {
  const content = JSON.stringify([portal, title, description, category, submitter]);
  return createHash('sha256').update(content).digest('hex').slice(0, 20);
}
