/** Reads the dev item of a row by id, and notes when it is not found: one answer does not make it gone. */
import type { DevItem } from '../../domain/devItem.js';
import type { ItemContext } from './itemContext.js';

/** The dev item as the tool has it now; null when the tool says that it does not exist, or the row has none. */
export async function readDevItem(ctx: ItemContext): Promise<DevItem | null> {
  const { devItemId, missingSince } = ctx.link;
  if (devItemId === null) return null;
  const { gone } = ctx.deps.ledger;
  const beganAt = performance.now();
  const { found } = await ctx.tool.readItems([devItemId], ctx.call);
  const [devItem] = found;
  if (devItem === undefined) {
    const { readAfterWriteMs } = ctx.toolSettings;
    await gone.noteMissing(ctx.item, { beganMsAgo: performance.now() - beganAt, readAfterWriteMs });
    return null;
  }
  if (missingSince !== null) await gone.noteFound(ctx.item);
  return devItem;
}
