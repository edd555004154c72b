/**
 * What a Craft item that is not found by id means (design 3, Gone): it is believed gone only after two such answers
 * with a distance between them, while the listing of its source still shows others and no longer shows it, and while
 * few items vanish. A wrong path, a fault or a narrower key answers 404 for items that are still there.
 */
import type { StepResult, Wait } from '../../domain/itemState.js';
import { commentOnce } from '../writes/comments.js';
import { logStep, waitFor, type ItemContext } from '../step/itemContext.js';
import { setPhase } from '../writes/lease.js';
import { putOff } from '../step/step.js';
import { pauseIfMass } from './massDeletion.js';

/** While what Craft.io answers cannot be right, it is asked again after this time. */
const CONTRADICTION_MS = 5 * 60_000;

/**
 * Ends the link of a Craft item that was deleted after its hand-over, and tells the dev item
 * (design 3, Between two steps). To be called after a read in this step has not found it.
 */
export async function endForDeletedCraftItem(ctx: ItemContext): Promise<Omit<StepResult, 'state'> | undefined> {
  const notYet = await waitUntilGone(ctx);
  if (notYet !== null) return putOff(ctx, notYet);
  if (ctx.link.devItemId !== null) {
    const text = 'The Craft.io item was deleted. This item is no longer synced.';
    const wait = await commentOnce(ctx, `craft-deleted-${ctx.link.generation}-${ctx.link.devItemId}`, text);
    if (wait !== null) return putOff(ctx, wait);
  }
  await setPhase(ctx, { phase: 'released', lastError: 'the Craft.io item was deleted' });
  await logStep(ctx.deps, ctx.item, 'released', 'the Craft.io item was deleted');
  return undefined;
}

/** Null: the item, which a read in this step has not found, is gone; else how long to wait before it is read again. */
export async function waitUntilGone(ctx: ItemContext): Promise<Wait | null> {
  // A listing that a first attempt ended after its seconds would count as one that is under way, again and again.
  ctx.first?.handOn('Craft.io does not find the item');
  const { goneInCraft } = ctx.deps.ledger;
  const { forMs, isListed } = await goneInCraft.noteMissing(ctx.item);
  if (ctx.link.craftMissingSince === null) {
    await logStep(ctx.deps, ctx.item, 'suspect-gone', 'the Craft item was not found by id; it is read once more');
  }
  if (ctx.link.devItemId !== null) {
    const massDeletion = await pauseIfMass(ctx, 'craft', await goneInCraft.counts());
    if (massDeletion !== null) return massDeletion;
  }
  const distanceMs = distanceOf(ctx);
  if (forMs < distanceMs) return once(ctx, distanceMs - forMs);
  return isListed === null ? lookUp(ctx) : verdict(ctx, isListed);
}

/** Longer than one request can take, so that one incident does not give both answers. */
function distanceOf(ctx: ItemContext): number {
  return 2 * ctx.settings.craft.timeoutMs;
}

async function once(ctx: ItemContext, ms: number): Promise<Wait> {
  const why = 'Craft.io answers that the item does not exist; it is read once more';
  return waitFor(ms, await ctx.deps.ledger.now(), { reason: null, why });
}

async function verdict(ctx: ItemContext, isListed: boolean): Promise<Wait | null> {
  if (!isListed) return null;
  const why = 'Craft.io lists the item but answers that it does not exist: check craft.baseUrl and craft.dialect';
  return waitFor(CONTRADICTION_MS, await ctx.deps.ledger.now(), { reason: 'bad-answer', why });
}

/**
 * Looks for the item in the listing of its source. One reading answers for all missing items of the pipeline, however
 * many there are: the others wait for it.
 */
async function lookUp(ctx: ItemContext): Promise<Wait | null> {
  const { goneInCraft, now } = ctx.deps.ledger;
  const { pipeline, craftItemId } = ctx.item;
  const distanceMs = distanceOf(ctx);
  if (!(await goneInCraft.mayLookUp(pipeline, distanceMs))) return once(ctx, distanceMs);
  const since = await now();
  const missing = new Set(await goneInCraft.missing(pipeline));
  const listed = new Set<string>();
  let isBlind = true;
  for await (const ids of ctx.craft.listIds(ctx.pipeline.source, ctx.call)) {
    if (ids.length > 0) isBlind = false;
    for (const id of ids) if (missing.has(id)) listed.add(id);
    if (listed.size === missing.size) break;
  }
  if (isBlind) {
    const why = 'Craft.io shows no items at all; the key may see less than before';
    return waitFor(CONTRADICTION_MS, await now(), { reason: 'connection', why });
  }
  await goneInCraft.noteLookUp(pipeline, { since, ids: [...missing], listed: [...listed] });
  return verdict(ctx, listed.has(craftItemId));
}
