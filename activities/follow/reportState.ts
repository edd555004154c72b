/**
 * Writes `stateField` when no other write is due: it tells the item's owner, in Craft.io, how the item stands
 * (design 3, follow). A failure here never stops the item: the words are written with its next change.
 */
import { ToolError } from '../../domain/errors.js';
import { areWordsDue, stateWords } from '../../domain/rules/stateWords.js';
import { writeToCraft } from '../writes/craftWrite.js';
import { logStep } from '../step/itemContext.js';
import type { StepBody } from '../step/step.js';

export const reportState: StepBody = async (ctx) => {
  const field = ctx.pipeline.progress?.stateField ?? null;
  if (field === null) return undefined;
  const words = stateWords(ctx.link, await ctx.deps.ledger.now());
  const last = ctx.link.lastProgress ?? {};
  if (words === null || !areWordsDue(words, field, ctx.link)) return undefined;
  try {
    const outcome = await writeToCraft(ctx, { customFields: { [field]: words } });
    if (outcome.status !== 'written') return undefined;
    const lastProgress = { ...last, [field]: words };
    await ctx.deps.ledger.pushes.storePushed(ctx.item, outcome.token, { lastProgress, open: outcome.open });
    return { pushed: true };
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    await logStep(ctx.deps, ctx.item, 'state-not-written', error.message);
    return undefined;
  }
};
