/** Comments on dev items, each posted once (DESIGN 3: comments are creates too). */
import type { WriteCall } from '../connectors/port.js';
import { ToolError } from '../domain/errors.js';
import { commentMarker } from '../domain/ids.js';
import { logStep, type ItemContext } from './itemContext.js';
import { takeLease } from './lease.js';

/**
 * Posts `text` for `event` unless a comment of this event exists. Before each attempt but the very first the comments
 * are searched; where the tool cannot list them it is not repeated, and the log says so. A tool without comments, or a
 * dev item that is gone, is no error: a comment is a courtesy that must not hold up the item.
 */
export async function commentOnce(ctx: ItemContext, event: string, text: string): Promise<void> {
  const { comments } = ctx.tool;
  const { devItemId, devScope } = ctx.link;
  if (comments === undefined || devItemId === null) return;
  const sought = commentMarker(ctx.item, event);
  const devItem = { id: devItemId, scope: devScope };
  try {
    const found = await comments.find(devItem, sought, ctx.call);
    if (found === 'found') return;
    if (found === 'unknown' && (await wasAttempted(ctx, event))) {
      await logStep(ctx.deps, ctx.item, 'comment-not-repeated', `${event}: the tool cannot list its comments`);
      return;
    }
    await logStep(ctx.deps, ctx.item, 'comment', event);
    await comments.post(devItem, { text, marker: sought }, commentCall(ctx));
  } catch (error) {
    if (!(error instanceof ToolError) || !isFinalRefusal(error)) throw error;
    await logStep(ctx.deps, ctx.item, 'comment-refused', `${event}: ${error.message}`);
  }
}

function isFinalRefusal(error: ToolError): boolean {
  return error.kind === 'not-found' || error.kind === 'invalid';
}

async function wasAttempted(ctx: ItemContext, event: string): Promise<boolean> {
  const entries = await ctx.deps.ledger.log.read({ ...logFilter(ctx), limit: 10_000 });
  return entries.some((entry) => entry.outcome === 'comment' && entry.detail === event);
}

function logFilter(ctx: ItemContext): { pipeline: string; craftItemId: string } {
  return { pipeline: ctx.item.pipeline, craftItemId: ctx.item.craftItemId };
}

function commentCall(ctx: ItemContext): WriteCall {
  return {
    ...ctx.call,
    authorise: async () => (await takeLease(ctx)).deadline,
  };
}
