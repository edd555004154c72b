/**
 * The second look at a dev item that was not found by id, and the policy when it is gone (design 3, Gone). It is
 * believed only when two reads, `readAfterWrite` apart and later than `linked_at` + `readAfterWrite`, say so while the
 * connection still finds its scope. When the reads were made is in the row, by the database's clock; how long the
 * workflow waits in between only saves calls.
 */
import { ToolError } from '../../domain/errors.js';
import { isUnconcerned } from '../../domain/phases.js';
import { releaseItem } from './releaseCraftItem.js';
import { pauseIfMass } from './massDeletion.js';
import { logStep, waitFor, type ItemContext } from '../step/itemContext.js';
import { readDevItem } from '../step/readDevItem.js';
import { setPhase } from '../writes/lease.js';
import { pushDevItem } from './pushProgress.js';
import { putOff, type StepBody } from '../step/step.js';

/** The first look: counted at once, so that many items vanishing together are noticed before any policy runs. */
export const suspectGone: StepBody = async (ctx) => {
  if (isUnconcerned(ctx.link.phase)) return undefined;
  await ctx.deps.ledger.gone.noteGone(ctx.item);
  await logStep(ctx.deps, ctx.item, 'suspect-gone', 'the dev item was not found by id; it is read once more');
  return undefined;
};

/** Closed items have no policy to run: an orphaned one is known to be, and the work of a done one is over. */
export const confirmGone: StepBody = async (ctx) => {
  const { link } = ctx;
  if (link.devItemId === null || isUnconcerned(link.phase)) return undefined;
  const { isSecond, waitMs } = await ctx.deps.ledger.gone.nextLook(ctx.item, ctx.toolSettings.readAfterWriteMs);
  if (waitMs > 0) return lookLater(ctx, waitMs);
  const devItem = await readDevItem(ctx);
  if (devItem !== null) {
    await ctx.deps.ledger.gone.noteFound(ctx.item);
    return link.lockedAt === null ? undefined : pushDevItem(ctx, devItem);
  }
  await assertScopeSeen(ctx);
  const massDeletion = await pauseIfMass(
    ctx,
    ctx.pipeline.devTool,
    await ctx.deps.ledger.gone.goneCounts(ctx.pipeline.devTool),
  );
  if (massDeletion !== null) return { ...(await putOff(ctx, massDeletion)), suspectGone: true };
  return isSecond ? applyPolicy(ctx) : lookLater(ctx, ctx.toolSettings.readAfterWriteMs);
};

async function lookLater(ctx: ItemContext, ms: number): ReturnType<StepBody> {
  const why = 'the dev item was not found by id; it is read once more';
  const wait = waitFor(ms, await ctx.deps.ledger.now(), { reason: null, why });
  return { ...(await putOff(ctx, wait)), suspectGone: true };
}

/** If the key suddenly sees less, items seem to vanish: then the connection pauses, and no item is called gone. */
async function assertScopeSeen(ctx: ItemContext): Promise<void> {
  const scope = ctx.link.devScope ?? (await ctx.tool.scopeOf(ctx.pipeline.target, ctx.call));
  if (await ctx.tool.seesScope(scope, ctx.call)) return;
  throw new ToolError('forbidden', `${ctx.pipeline.devTool} no longer shows ${scope} to this key`, {
    connection: ctx.pipeline.devTool,
  });
}

async function applyPolicy(ctx: ItemContext): ReturnType<StepBody> {
  const { pairings } = ctx.deps.ledger;
  const dev = ctx.link.devItemKey ?? ctx.link.devItemId ?? '';
  await logStep(ctx.deps, ctx.item, 'gone', `${dev}: ${ctx.pipeline.onDevItemDeleted}`);
  if (ctx.link.lockedAt !== null && ctx.pipeline.onDevItemDeleted === 'release') {
    return releaseItem(ctx, `${dev} was deleted in ${ctx.pipeline.devTool}`);
  }
  if (ctx.link.lockedAt !== null && ctx.pipeline.onDevItemDeleted === 'recreate') {
    await pairings.raiseGeneration(ctx.item, { generation: ctx.link.generation, token: ctx.claim.token });
    return undefined;
  }
  await setPhase(ctx, { phase: 'orphaned', lastError: `${dev} was deleted in ${ctx.pipeline.devTool}` });
  return undefined;
}
