/** Reads the Craft item that a step is about: from what the sweep has just read, else from Craft.io. */
import { ToolError } from '../../domain/errors.js';
import type { CraftItem } from '../../domain/craftItem.js';
import type { FreshSnapshot } from '../../ledger/ledger.js';
import type { ItemContext } from './itemContext.js';

/**
 * The item as read within `freshFor` (`snapshot`; design 3, checkReadiness), else read now; null when Craft.io says it
 * does not exist. One that was set aside is always read now: what was wrong with it may have been fixed since the
 * sweep. Throws `unexpected-response` for a malformed item.
 */
export async function freshItem(ctx: ItemContext, snapshot: FreshSnapshot | null): Promise<CraftItem | null> {
  if (ctx.link.phase === 'blocked') {
    await ctx.deps.ledger.snapshots.drop(ctx.item);
    return readAndKeep(ctx);
  }
  if (snapshot?.item && !snapshot.readSingly) return snapshot.item;
  if (snapshot?.problem) throw new ToolError('unexpected-response', snapshot.problem, { connection: 'craft' });
  return readAndKeep(ctx);
}

/** A lock that follows within `freshFor` need not read it again; a check does, since it hands over what it reads. */
async function readAndKeep(ctx: ItemContext): Promise<CraftItem | null> {
  const item = await readItem(ctx);
  if (item !== null && ctx.settings.craft.freshForMs > 0) await ctx.deps.ledger.snapshots.keep(ctx.item, item);
  return item;
}

/**
 * The item as it was read within `freshFor`, where this is its first hand-over and craftsync has written nothing to it
 * yet: whatever was written shows in the row (decision 31).
 */
export async function itemReadLately({ link, knownNow }: ItemContext): Promise<CraftItem | null> {
  const { generation, sentTarget, lastProgress, unanswered, lockedAt, writeRefusedAt } = link;
  const isWritten = lastProgress !== null || unanswered !== null || lockedAt !== null || writeRefusedAt !== null;
  // A relinked item has no `sentTarget`: it may have been locked and released before.
  if (generation !== 1 || sentTarget === null || isWritten) return null;
  const { snapshot } = await knownNow();
  return snapshot?.isOfOnePipeline === true ? snapshot.item : null;
}

/**
 * The item as Craft.io has it now. Null says that this answer did not show it, not that it is gone: that is decided by
 * `waitUntilGone`.
 */
export async function readItem(ctx: ItemContext): Promise<CraftItem | null> {
  const item = await ctx.craft.readItem(ctx.pipeline.source, ctx.item.craftItemId, ctx.call);
  if (item !== null && ctx.link.craftMissingSince !== null) await ctx.deps.ledger.goneInCraft.noteFound(ctx.item);
  return item;
}
