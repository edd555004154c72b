/**
 * Step 1 of the protocol: is the item still ready, and is everything there that the hand-over needs?
 * (design 3, checkReadiness)
 */
import { renderFields } from '../../domain/rules/fields.js';
import { matchesRule } from '../../domain/rules/readiness.js';
import type { CraftItem } from '../../domain/craftItem.js';
import type { Elsewhere } from '../../ledger/ledger.js';
import { freshItem } from '../step/readCraftItem.js';
import { logStep, type ItemContext } from '../step/itemContext.js';
import { NotYet } from '../step/notYet.js';
import { waitUntilGone } from '../follow/craftDeleted.js';
import { setPhase } from '../writes/lease.js';
import { checkedFingerprint } from './checkedFingerprint.js';
import { waitsForParent } from './parentItem.js';
import { block, type StepBody } from '../step/step.js';
import { wakeChildren } from './wakeChildren.js';

/** Afterwards the row is `creating`, `blocked` or `not-ready`. */
export const checkReadiness: StepBody = async (ctx) => {
  const craftItem = await handOverable(ctx);
  if (craftItem === null) return undefined;
  await setPhase(ctx, { phase: 'creating' });
  return undefined;
};

/**
 * The Craft item if it can be handed over now; null when the row says why not.
 * A raised generation was requested by an operator, so the item no longer has to match the readiness rule.
 */
export async function handOverable(ctx: ItemContext): Promise<CraftItem | null> {
  const { snapshot, elsewhere: holder } = await ctx.knownNow();
  const craftItem = await freshItem(ctx, snapshot);
  if (craftItem === null) {
    // A wave of such answers must end no run; a later sweep would not start again what was recreated.
    const notYet = await waitUntilGone(ctx);
    if (notYet !== null) throw new NotYet(notYet);
    await notReady(ctx, 'the item does not exist in Craft.io');
    return null;
  }
  await noteChecked(ctx, craftItem);
  if (ctx.link.generation === 1 && !matchesRule(craftItem, ctx.pipeline.ready)) {
    await notReady(ctx, 'the item no longer matches the readiness rule');
    return null;
  }
  const rendered = renderFields(craftItem, ctx.pipeline);
  if (rendered.status === 'blocked') {
    await block(ctx, rendered.reason, rendered.message);
    return null;
  }
  const elsewhere = ctx.pipeline.alsoHandedOver ? null : craftItem === snapshot?.item ? holder : await heldBy(ctx);
  if (elsewhere !== null) {
    const dev = elsewhere.devItemKey ?? elsewhere.devItemId ?? 'a create under way';
    await block(ctx, 'linked-elsewhere', `pipeline ${elsewhere.pipeline} holds this item (${dev})`);
    return null;
  }
  return (await waitsForParent(ctx, craftItem)) ? null : craftItem;
}

/** Asked again after Craft.io was read, which may take long. */
async function heldBy({ deps, item }: ItemContext): Promise<Elsewhere | null> {
  return deps.ledger.links.liveElsewhere(item);
}

/** What this check has seen: the ready sweep compares its listing with it while the item is blocked. */
async function noteChecked({ deps, item, link, pipeline }: ItemContext, craftItem: CraftItem): Promise<void> {
  const { shortId: craftShortId, webUrl: craftUrl } = craftItem;
  const checked = checkedFingerprint(craftItem, pipeline);
  if (link.checked === checked && link.craftShortId === craftShortId && link.craftUrl === craftUrl) return;
  await deps.ledger.phases.patch(item, { craftShortId, craftUrl, checked });
}

async function notReady(ctx: ItemContext, why: string): Promise<void> {
  await setPhase(ctx, { phase: 'not-ready', lastError: why });
  await logStep(ctx.deps, ctx.item, 'not-ready', why);
  await wakeChildren(ctx.deps, ctx.item);
}
