/**
 * Ends the link of a Craft item that was deleted after its hand-over, and tells the dev item
 * (design 3, Between two steps).
 */
import type { StepResult } from '../../domain/itemState.js';
import { readItem } from '../step/readCraftItem.js';
import { commentOnce } from '../writes/comments.js';
import { logStep, waitFor, type ItemContext } from '../step/itemContext.js';
import { setPhase } from '../writes/lease.js';
import { putOff } from '../step/step.js';

/** If the listing shows nothing at all, the key may see less than before: then nothing is called deleted. */
const BLIND_WAIT_MS = 5 * 60_000;

export async function endForDeletedCraftItem(ctx: ItemContext): Promise<Omit<StepResult, 'state'> | undefined> {
  if ((await readItem(ctx)) !== null) {
    return waitAndLook(ctx, 'Craft.io answered that the item does not exist, but shows it');
  }
  if (!(await seesSource(ctx))) {
    return waitAndLook(ctx, 'Craft.io shows no items at all; the key may see less than before');
  }
  if (ctx.link.devItemId !== null) {
    const text = 'The Craft.io item was deleted. This item is no longer synced.';
    const wait = await commentOnce(ctx, `craft-deleted-${ctx.link.generation}-${ctx.link.devItemId}`, text);
    if (wait !== null) return putOff(ctx, wait);
  }
  await setPhase(ctx, { phase: 'released', lastError: 'the Craft.io item was deleted' });
  await logStep(ctx.deps, ctx.item, 'released', 'the Craft.io item was deleted');
  return undefined;
}

async function waitAndLook(ctx: ItemContext, why: string): Promise<Omit<StepResult, 'state'>> {
  const wait = waitFor(BLIND_WAIT_MS, await ctx.deps.ledger.now(), { reason: 'connection', why });
  return putOff(ctx, wait);
}

/** Whether the listing still shows anything. */
async function seesSource(ctx: ItemContext): Promise<boolean> {
  for await (const page of ctx.craft.listAll(ctx.pipeline.source, ctx.call)) {
    return page.items.length > 0 || page.malformed.length > 0;
  }
  return false;
}
