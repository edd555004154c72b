/**
 * Passes feedback that is linked to a handed-over item on to its dev item, once each (`feedback: link`): as the dev
 * tool's own kind of feedback where it has one, else as a comment. It never stops the item: the next drift sweep sees
 * feedback that was not dealt with, and it is tried again.
 */
import type { Feedback } from '../../connectors/port/capabilities.js';
import type { LinkedFeedback } from '../../connectors/port/craftFeedback.js';
import type { WriteCall } from '../../connectors/port/calls.js';
import type { CraftItem } from '../../domain/craftItem.js';
import { certainlyNotApplied, isRefusedById, ToolError } from '../../domain/errors.js';
import { commentMarker } from '../../domain/ids.js';
import { feedbackIdsOf } from '../../domain/rules/feedbackLinks.js';
import type { PassedOn } from '../../ledger/ledger.js';
import { commentOrSayWhy } from '../writes/comments.js';
import { readItem } from '../step/readCraftItem.js';
import { logStep, type ItemContext } from '../step/itemContext.js';
import { SEND_WITHIN_MS, takeLease } from '../writes/lease.js';

/** `item`: the Craft item if it was just read; else it is read here. */
export async function passFeedbackOn(ctx: ItemContext, item?: CraftItem): Promise<void> {
  if (ctx.pipeline.feedback !== 'link' || ctx.link.devItemId === null) return;
  await harmlessly(ctx, 'the linked feedback', async () => {
    const read = item ?? (await readItem(ctx));
    const ids = read === null ? [] : feedbackIdsOf(read);
    if (ids.length === 0) return;
    const known = await ctx.deps.ledger.itemFeedback.list(ctx.item, ctx.link.generation);
    const byId = new Map(known.map((one) => [one.feedbackId, one]));
    for (const id of ids) {
      const past = byId.get(id) ?? null;
      if (past !== null && past.outcome !== null) continue;
      await harmlessly(ctx, `feedback ${id}`, () => passOne(ctx, id, past));
    }
  });
}

/** A piece of feedback that fails stops neither the others nor the item; a refusal is final. */
async function harmlessly(ctx: ItemContext, what: string, body: () => Promise<void>): Promise<void> {
  try {
    await body();
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    await logStep(ctx.deps, ctx.item, 'feedback-failed', `${what}: ${error.message}`);
  }
}

async function passOne(ctx: ItemContext, id: string, past: PassedOn | null): Promise<void> {
  const event = `feedback-${ctx.link.generation}-${id}`;
  const { feedback, comments } = ctx.tool;
  if (feedback === undefined && comments === undefined) {
    return end(ctx, id, 'not-possible', `${ctx.tool.type} has neither feedback nor comments`);
  }
  if (feedback !== undefined && past !== null && past.sentAt !== null) {
    if (!(await mayRepeat(ctx, feedback, past, commentMarker(ctx.item, event)))) return;
  }
  const read = await orRefused(ctx.craft.feedback.read(id, ctx.call));
  // Final, like a refused submission: else each drift sweep would wake the item for it again.
  if (read instanceof ToolError) return end(ctx, id, 'refused', read.message);
  if (read === null) return end(ctx, id, 'gone', 'it does not exist in Craft.io');
  if (feedback !== undefined) return submit(ctx, feedback, read, commentMarker(ctx.item, event));
  const commented = await commentOrSayWhy(ctx, event, commentText(read));
  if (commented.status === 'there') await end(ctx, id, 'comment', null);
  if (commented.status === 'left-out') await end(ctx, id, 'not-possible', commented.why);
}

async function orRefused<T>(read: Promise<T>): Promise<T | ToolError> {
  try {
    return await read;
  } catch (error) {
    if (isRefusedById(error)) return error;
    throw error;
  }
}

/** After an attempt without an answer: false when the feedback is there, may still appear, or cannot be looked for. */
async function mayRepeat(ctx: ItemContext, feedback: Feedback, past: PassedOn, marker: string): Promise<boolean> {
  // Read before the search, which has to begin after the last moment at which a late write could be applied.
  const before = await ctx.deps.ledger.now();
  const found = await feedback.find(devItemOf(ctx), marker, ctx.call);
  switch (found) {
    case 'found':
      await end(ctx, past.feedbackId, 'passed-on', null);
      return false;
    case 'unknown':
      await end(ctx, past.feedbackId, 'not-repeated', 'the answer was lost, and the tool cannot list its feedback');
      return false;
    case 'absent':
      return past.openUntil === null || Date.parse(past.openUntil) <= before.getTime();
  }
}

async function submit(ctx: ItemContext, feedback: Feedback, read: LinkedFeedback, marker: string): Promise<void> {
  const { itemFeedback } = ctx.deps.ledger;
  const { generation } = ctx.link;
  const { timeoutMs, lateWriteMs, readAfterWriteMs } = ctx.toolSettings;
  const authorise: WriteCall['authorise'] = async () => {
    const lease = await takeLease(ctx);
    const openMs = SEND_WITHIN_MS + timeoutMs + lateWriteMs + readAfterWriteMs;
    await itemFeedback.noteSent(ctx.item, generation, read.id, openMs);
    return lease.deadline;
  };
  const { title, description: text, person } = read;
  try {
    await feedback.submit(devItemOf(ctx), { title, text, person, marker }, { ...ctx.call, authorise });
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    if (certainlyNotApplied(error)) await itemFeedback.clearSent(ctx.item, generation, read.id);
    const isFinal = error.kind === 'invalid' || error.kind === 'not-found';
    if (!isFinal) throw error;
    return end(ctx, read.id, 'refused', error.message);
  }
  await end(ctx, read.id, 'passed-on', null);
}

function devItemOf({ link }: ItemContext) {
  return { id: link.devItemId ?? '', key: link.devItemKey, url: link.devItemUrl, scope: link.devScope };
}

function commentText({ title, description, person, webUrl }: LinkedFeedback): string {
  const from = person === null ? '' : ` from ${person}`;
  const name = webUrl === null ? title : `[${title.replace(/[[\]]/g, ' ')}](${webUrl})`;
  return `Feedback${from} in Craft.io: ${name}\n\n${description}`;
}

async function end(ctx: ItemContext, id: string, outcome: string, why: string | null): Promise<void> {
  await ctx.deps.ledger.itemFeedback.noteOutcome(ctx.item, ctx.link.generation, id, outcome);
  await logStep(ctx.deps, ctx.item, `feedback-${outcome}`, why === null ? id : `${id}: ${why}`);
}
