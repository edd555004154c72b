/**
 * Tells a dev item that it became feedback, by one comment (design 3, Comments are creates too). This is a courtesy: a
 * tool without comments, or an item that is gone, is no error.
 */
import type { DevToolConnector, ReadCall, WriteCall } from '../../connectors/port/devTool.js';
import { ToolError } from '../../domain/errors.js';
import type { Submission } from '../../domain/feedback.js';
import { feedbackIntakeWorkflowId, submittedMarker } from '../../domain/ids.js';
import type { DevToolSettings } from '../../domain/settings.js';
import type { Submissions } from '../../ledger/ledger.js';
import { isFinalRefusal } from '../writes/comments.js';
import { SEND_WITHIN_MS, Superseded } from '../writes/lease.js';

export interface TellContext {
  readonly submissions: Submissions;
  readonly now: () => Promise<Date>;
  readonly tool: DevToolConnector;
  readonly toolSettings: DevToolSettings;
  readonly call: ReadCall;
  readonly note: (outcome: string, detail: string | null) => Promise<void>;
}

const SUPERSEDED_WAIT_MS = 2_000;

/** The wait before the next attempt; null when the item was told, or nothing more is to be done. */
export async function tellDevItem(ctx: TellContext, row: Submission): Promise<{ ms: number; why: string } | null> {
  const { comments } = ctx.tool;
  if (comments === undefined || row.feedback === null) return null;
  const marker = submittedMarker(feedbackIntakeWorkflowId(row.portal, row.origin, row.reference));
  const devItem = { id: row.reference, scope: row.devScope };
  try {
    const before = await ctx.now();
    const found = await comments.find(devItem, marker, ctx.call);
    if (found === 'found') return null;
    if (row.commentSentAt !== null) {
      if (found === 'unknown') {
        await ctx.note('comment-not-repeated', 'the tool cannot list its comments');
        return null;
      }
      const openMs = openUntilMs(row, ctx.toolSettings) - before.getTime();
      if (openMs > 0) return { ms: openMs, why: 'an earlier comment was not answered and may still appear' };
    }
    const { id, link } = row.feedback;
    const text = `Submitted to Craft.io as feedback ${link === null ? id : `[${id}](${link})`}.`;
    await comments.post(devItem, { text, marker }, { ...ctx.call, authorise: () => authorise(ctx, row) });
    await ctx.note('told', row.ref);
    return null;
  } catch (error) {
    if (error instanceof Superseded) return afterAnother(ctx, row);
    if (!(error instanceof ToolError) || !isFinalRefusal(error)) throw error;
    await ctx.note('comment-refused', error.message);
    return null;
  }
}

/** The comment is sent only if no other attempt has noted one since `row` was read, and under the newest lease. */
async function authorise({ submissions }: TellContext, row: Submission): ReturnType<WriteCall['authorise']> {
  const lease = await submissions.takeLease(row, SEND_WITHIN_MS);
  const { commentSentAt, phase } = lease.before;
  if (commentSentAt !== row.commentSentAt || phase !== 'submitted') throw new Superseded();
  if (!(await submissions.noteCommentSent(row, lease.token))) throw new Superseded();
  return lease.deadline;
}

/** A submission that is done by now must not show a wait in its row. */
async function afterAnother(ctx: TellContext, row: Submission): Promise<{ ms: number; why: string } | null> {
  const now = await ctx.submissions.get(row);
  return now?.phase === 'done' ? null : { ms: SUPERSEDED_WAIT_MS, why: 'another attempt is under way' };
}

function openUntilMs(row: Submission, tool: DevToolSettings): number {
  const sendBefore = Date.parse(row.sendBefore ?? row.commentSentAt ?? row.updatedAt);
  return sendBefore + tool.timeoutMs + tool.lateWriteMs + tool.readAfterWriteMs;
}
