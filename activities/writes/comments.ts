/**
 * Comments on dev items, each posted once (design 3, Comments are creates too).
 *
 *  M1. An attempt is in the sync log before it is sent, and its outcome afterwards. Without an outcome it is open.
 *  M2. While an open attempt may still be applied, or may be applied but not visible yet, nothing is searched or
 *      posted.
 *  M3. After that the comments are searched before it is posted again. Where the tool cannot list them it is not
 *      repeated, and the log says so.
 *  M4. An attempt is sent only while its lease is the newest and no other attempt has been noted since the log was
 *      read.
 */
import type { CommentMarkerSearch, Comments } from '../../connectors/port/capabilities.js';
import type { WriteCall } from '../../connectors/port/calls.js';
import { certainlyNotApplied, isRefusedById, ToolError } from '../../domain/errors.js';
import { commentMarker } from '../../domain/ids.js';
import type { Wait } from '../../domain/itemState.js';
import { logStep, untilSent, waitFor, type ItemContext } from '../step/itemContext.js';
import { SEND_WITHIN_MS, Superseded, takeLease } from './lease.js';

/** After this many attempts without an answer the comment is left out: it is a courtesy. */
const UNANSWERED_COMMENTS = 10;
const LOST = 'the answer to a comment was lost; it is looked for before it is posted again';

interface Comment {
  readonly comments: Comments;
  readonly devItem: { readonly id: string; readonly scope: string | null };
  readonly event: string;
  readonly marker: string;
  readonly text: string;
}

/** What the log says about a comment. */
interface Past {
  readonly attempts: number;
  /** Attempts whose outcome is unknown. */
  readonly open: number;
  readonly posted: boolean;
  /** When the last attempt was noted; null if there was none. */
  readonly lastAt: string | null;
}

/** `left-out`: there is no comment and there will be none; the log says why. */
export type Commented =
  | { readonly status: 'there' }
  | { readonly status: 'left-out'; readonly why: string }
  | { readonly status: 'wait'; readonly wait: Wait };

/** As `commentOrSayWhy`, for callers that continue with or without a comment: only the wait, if there is one. */
export async function commentOnce(ctx: ItemContext, event: string, text: string): Promise<Wait | null> {
  const commented = await commentOrSayWhy(ctx, event, text);
  return commented.status === 'wait' ? commented.wait : null;
}

/**
 * Posts `text` for `event` unless a comment for this event exists; a wait when that cannot be known yet. A tool without
 * comments, or a dev item that is gone, is no error: a comment must not hold up the item for good.
 */
export async function commentOrSayWhy(ctx: ItemContext, event: string, text: string): Promise<Commented> {
  const { comments, type } = ctx.tool;
  const { devItemId: id, devScope: scope } = ctx.link;
  if (id === null) return { status: 'left-out', why: 'there is no dev item' };
  if (comments === undefined) return leftOut(ctx, event, 'comment-impossible', `${type} has no comments`);
  const comment = { comments, devItem: { id, scope }, event, marker: commentMarker(ctx.item, event), text };
  const past = await pastOf(ctx, event);
  if (past.posted) return { status: 'there' };
  const wait = await openWait(ctx, past);
  if (wait !== null) return { status: 'wait', wait };
  const found = await search(ctx, comment);
  if (typeof found === 'object') return found;
  if (found === 'found') return { status: 'there' };
  if (past.open >= UNANSWERED_COMMENTS) {
    return leftOut(ctx, event, 'comment-not-repeated', `${past.open} attempts without an answer`);
  }
  if (past.open > 0 && found === 'unknown') {
    return leftOut(ctx, event, 'comment-not-repeated', 'the tool cannot list its comments');
  }
  return post(ctx, comment, past);
}

async function leftOut(ctx: ItemContext, event: string, outcome: string, why: string): Promise<Commented> {
  await logStep(ctx.deps, ctx.item, outcome, `${event}: ${why}`);
  return { status: 'left-out', why };
}

async function pastOf(ctx: ItemContext, event: string): Promise<Past> {
  const { pipeline, craftItemId } = ctx.item;
  const entries = await ctx.deps.ledger.log.read({ pipeline, craftItemId, limit: 10_000 });
  const ofEvent = entries.filter(({ detail }) => detail === event || detail?.startsWith(`${event}: `) === true);
  const having = (outcome: string) => ofEvent.filter((entry) => entry.outcome === outcome);
  const attempts = having('comment');
  return {
    attempts: attempts.length,
    open: attempts.length - having('comment-refused').length,
    posted: having('comment-posted').length > 0,
    lastAt: attempts.at(-1)?.at ?? null,
  };
}

/** The wait of M2. What was noted is sent within its lease, which was taken before the note. */
async function openWait(ctx: ItemContext, past: Past): Promise<Wait | null> {
  if (past.open === 0 || past.lastAt === null) return null;
  const { timeoutMs, lateWriteMs, readAfterWriteMs } = ctx.toolSettings;
  const searchableMs = Date.parse(past.lastAt) + SEND_WITHIN_MS + timeoutMs + lateWriteMs + readAfterWriteMs;
  const now = await ctx.deps.ledger.now();
  if (searchableMs <= now.getTime()) return null;
  return waitFor(searchableMs - now.getTime(), now, { reason: null, why: LOST });
}

async function search(ctx: ItemContext, comment: Comment): Promise<CommentMarkerSearch | Commented> {
  try {
    return await comment.comments.find(comment.devItem, comment.marker, ctx.call);
  } catch (error) {
    if (!(error instanceof ToolError) || !isFinalRefusal(error)) throw error;
    return leftOut(ctx, comment.event, 'comment-impossible', error.message);
  }
}

async function post(ctx: ItemContext, comment: Comment, past: Past): Promise<Commented> {
  const { comments, devItem, event, marker, text } = comment;
  try {
    await comments.post(devItem, { text, marker }, commentCall(ctx, event, past));
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return afterFailure(ctx, event, past, error);
  }
  await logStep(ctx.deps, ctx.item, 'comment-posted', event);
  return { status: 'there' };
}

/** A connector may refuse before anything is noted or sent: some items of a tool may take no comments. */
async function afterFailure(ctx: ItemContext, event: string, past: Past, error: ToolError): Promise<Commented> {
  const after = await pastOf(ctx, event);
  const wasNoted = after.attempts > past.attempts;
  if (isFinalRefusal(error)) {
    return leftOut(ctx, event, wasNoted ? 'comment-refused' : 'comment-impossible', error.message);
  }
  if (wasNoted && certainlyNotApplied(error)) {
    await logStep(ctx.deps, ctx.item, 'comment-refused', `${event}: ${error.message}`);
  }
  if (!wasNoted || certainlyNotApplied(error)) throw error;
  await logStep(ctx.deps, ctx.item, 'ambiguous', error.message);
  const wait = (await openWait(ctx, after)) ?? waitFor(0, await ctx.deps.ledger.now(), { reason: null, why: LOST });
  return { status: 'wait', wait };
}

/** A key that may not comment is no reason to pause the connection: a comment is a courtesy, and the log says so. */
export function isFinalRefusal(error: ToolError): boolean {
  const { kind, details } = error;
  const isNoRight = isRefusedById(error) || (kind === 'forbidden' && details.write === true);
  return kind === 'not-found' || kind === 'invalid' || isNoRight;
}

/** Holds M1 and M4. No verb interrupts a comment that was sent. */
function commentCall(ctx: ItemContext, event: string, past: Past): WriteCall {
  const { leases } = ctx.deps.ledger;
  const { call, sent } = untilSent(ctx.call);
  const authorise: WriteCall['authorise'] = async () => {
    const lease = await takeLease(ctx);
    await logStep(ctx.deps, ctx.item, 'comment', event);
    const { attempts } = await pastOf(ctx, event);
    const isAlone = attempts === past.attempts + 1;
    if (isAlone && (await leases.holdsToken(ctx.item, lease.token))) {
      sent();
      return lease.deadline;
    }
    await logStep(ctx.deps, ctx.item, 'comment-refused', `${event}: another attempt is under way; nothing was sent`);
    throw new Superseded();
  };
  return { ...call, authorise };
}
