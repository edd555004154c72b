/**
 * Submits one piece of feedback to a Craft.io portal, exactly once, for the intake's activity and the command
 * `feedback submit`.
 *
 * What must stay true when this file is changed:
 *  S1. A POST is sent only under a lease whose row had no `sent_at` when the lease was taken.
 *  S2. `sent_at` is forgotten only when it is known that nothing happened: after a clear refusal, a request that was
 *      never written, or a search that began after the last possible late write, saw the whole portal and did not find
 *      the line.
 *  S3. `unknown` never leads to a POST.
 *  S4. What is found is kept at once, however early: only `absent` has to wait.
 */
import type { CraftFeedback } from '../../connectors/port/craftFeedback.js';
import { uninterrupted, type ReadCall, type WriteCall } from '../../connectors/port/calls.js';
import { ToolError, type ToolErrorKind } from '../../domain/errors.js';
import {
  refLine,
  type FeedbackDraft,
  type Submission,
  type SubmissionRef,
  type SubmittedFeedback,
} from '../../domain/feedback.js';
import type { Submissions } from '../../ledger/ledger.js';
import { SEND_WITHIN_MS, Superseded } from '../writes/lease.js';

export interface SubmitContext {
  readonly submissions: Submissions;
  /** The database's clock. */
  readonly now: () => Promise<Date>;
  readonly feedback: CraftFeedback;
  /** Time limit of one request to Craft.io. */
  readonly timeoutMs: number;
  readonly call: ReadCall;
  /** Writes one line of the log. */
  readonly note: (outcome: string, detail: string | null) => Promise<void>;
}

export type SubmitOutcome =
  | { readonly status: 'submitted'; readonly feedback: SubmittedFeedback; readonly isNew: boolean }
  | { readonly status: 'wait'; readonly ms: number; readonly why: string };

/** How long after its time-out a POST that Craft.io never answered may still be applied. */
const CRAFT_LATE_WRITE_MS = 60_000;
/** How long feedback may be missing from Craft.io's lists after it was submitted. */
const CRAFT_READ_AFTER_WRITE_MS = 10_000;
/** A search that cannot say `absent` is repeated after this time. */
const UNKNOWN_WAIT_MS = 30_000;
/** A lost answer is looked for at once, and again this often until no late write can come any more. */
const LOOK_EVERY_MS = 20_000;
const SUPERSEDED_WAIT_MS = 2_000;

const CLEARLY_REFUSED: ReadonlySet<ToolErrorKind> = new Set([
  'unauthorized',
  'forbidden',
  'not-found',
  'invalid',
  'conflict',
  'rate-limited',
]);

/** Throws what Craft.io's connector throws, except for an answer that was lost. */
export async function submitOnce(ctx: SubmitContext, ref: SubmissionRef): Promise<SubmitOutcome> {
  const row = await requireRow(ctx, ref);
  if (row.feedback !== null) return { status: 'submitted', feedback: row.feedback, isNew: false };
  if (row.sentAt !== null) {
    const resolved = await resolveLost(ctx, row);
    if (resolved !== null) return resolved;
  }
  const draft = await ctx.submissions.draft(ref);
  if (draft === null) return { status: 'wait', ms: SUPERSEDED_WAIT_MS, why: 'another attempt is under way' };
  return send(ctx, row, draft);
}

async function requireRow(ctx: SubmitContext, ref: SubmissionRef): Promise<Submission> {
  const row = await ctx.submissions.get(ref);
  if (row === null) throw new Error(`the ledger does not know the submission ${ref.origin}/${ref.reference}`);
  return row;
}

/** Null: nothing was submitted, and it may be sent. */
async function resolveLost(ctx: SubmitContext, row: Submission): Promise<SubmitOutcome | null> {
  // Read before the search (S2), which has to begin after the last moment at which a late write could be applied.
  const before = await ctx.now();
  const search = await ctx.feedback.findRef(row.portal, refLine(row.ref), ctx.call);
  switch (search.answer) {
    case 'found':
      return adopt(ctx, row, search.feedback);
    case 'unknown':
      await ctx.note('unknown', search.why);
      return { status: 'wait', ms: UNKNOWN_WAIT_MS, why: `whether it was submitted cannot be seen: ${search.why}` };
    case 'absent': {
      const openMs = openUntilMs(row, ctx.timeoutMs) - before.getTime();
      if (openMs > 0) {
        const why = 'the answer to the submission was lost; it is looked for in the portal';
        return { status: 'wait', ms: Math.min(openMs, LOOK_EVERY_MS), why };
      }
      await ctx.note('absent', 'the lost submission was not applied; it is sent again');
      await ctx.submissions.clearSent(row, row.claimToken ?? '');
      return null;
    }
  }
}

function openUntilMs(row: Submission, timeoutMs: number): number {
  const sendBefore = Date.parse(row.sendBefore ?? row.sentAt ?? row.updatedAt);
  return sendBefore + timeoutMs + CRAFT_LATE_WRITE_MS + CRAFT_READ_AFTER_WRITE_MS;
}

async function adopt(ctx: SubmitContext, row: Submission, feedback: SubmittedFeedback): Promise<SubmitOutcome> {
  const lease = await ctx.submissions.takeLease(row, SEND_WITHIN_MS);
  await ctx.submissions.storeSubmitted(row, lease.token, feedback);
  await ctx.note('adopted', `${feedback.id} ends with the line of this submission`);
  return { status: 'submitted', feedback, isNew: true };
}

async function send(ctx: SubmitContext, row: Submission, draft: FeedbackDraft): Promise<SubmitOutcome> {
  let token: string | null = null;
  const authorise: WriteCall['authorise'] = async () => {
    const lease = await ctx.submissions.takeLease(row, SEND_WITHIN_MS);
    if (lease.before.sentAt !== null || lease.before.phase !== 'waiting') throw new Superseded();
    if (!(await ctx.submissions.noteSent(row, lease.token))) throw new Superseded();
    token = lease.token;
    return lease.deadline;
  };
  // A submission that was sent is not interrupted: its answer carries the reference.
  const call: WriteCall = { ...uninterrupted(ctx.call), authorise };
  try {
    const feedback = await ctx.feedback.submit(row.portal, { ...draft, ref: refLine(row.ref) }, call);
    if (token === null) throw new Error('the Craft.io connector submitted without asking for the right to send');
    return await keep(ctx, row, token, feedback);
  } catch (error) {
    return afterFailure(ctx, row, token, error);
  }
}

async function keep(
  ctx: SubmitContext,
  row: Submission,
  token: string,
  feedback: SubmittedFeedback,
): Promise<SubmitOutcome> {
  if (await ctx.submissions.storeSubmitted(row, token, feedback)) {
    await ctx.note('submitted', `${row.ref} is feedback ${feedback.id}`);
    return { status: 'submitted', feedback, isNew: true };
  }
  await ctx.note('late-answer', `feedback ${feedback.id} was submitted under an older lease`);
  return { status: 'wait', ms: SUPERSEDED_WAIT_MS, why: 'another attempt has taken over' };
}

async function afterFailure(
  ctx: SubmitContext,
  row: Submission,
  token: string | null,
  error: unknown,
): Promise<SubmitOutcome> {
  if (error instanceof Superseded) {
    return { status: 'wait', ms: SUPERSEDED_WAIT_MS, why: 'another attempt is under way' };
  }
  if (token === null || !(error instanceof ToolError)) throw error;
  if (error.details.notSent === true || CLEARLY_REFUSED.has(error.kind)) {
    await ctx.submissions.clearSent(row, token);
    throw error;
  }
  await ctx.note('ambiguous', error.message);
  return { status: 'wait', ms: 1_000, why: `the answer to the submission was lost: ${error.message}` };
}
