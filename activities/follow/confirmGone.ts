/**
 * The second look at a dev item that was not found by id, and the policy when it is gone (design 3, Gone). It is
 * believed only when two reads, `readAfterWrite` apart and later than `linked_at` + `readAfterWrite`, say so while the
 * connection still finds its scope. The workflow keeps the distance; this is the second read.
 */
import { ToolError } from '../../domain/errors.js';
import { releaseItem } from './releaseCraftItem.js';
import { logStep, waitFor, type ItemContext } from '../step/itemContext.js';
import { setPhase } from '../writes/lease.js';
import { pushDevItem } from './pushProgress.js';
import { putOff, type StepBody } from '../step/step.js';

/** More than this many and this share of a connection's followed items gone within an hour: no policy runs. */
const MASS_DELETION = { items: 5, share: 0.02 };
const OPERATOR_LOOK_MS = 15 * 60_000;

/** The first look: counted at once, so that many items vanishing together are noticed before any policy runs. */
export const suspectGone: StepBody = async (ctx) => {
  await ctx.deps.ledger.gone.noteGone(ctx.item);
  await logStep(ctx.deps, ctx.item, 'suspect-gone', 'the dev item was not found by id; it is read once more');
  return undefined;
};

export const confirmGone: StepBody = async (ctx) => {
  const { link } = ctx;
  if (link.devItemId === null || link.phase === 'orphaned') return undefined;
  const read = await ctx.tool.readItems([link.devItemId], ctx.call);
  const [devItem] = read.found;
  if (devItem !== undefined) return link.lockedAt === null ? undefined : pushDevItem(ctx, devItem);
  await assertScopeSeen(ctx);
  const massDeletion = await isMassDeletion(ctx);
  if (massDeletion !== null) {
    const { first } = await ctx.deps.ledger.connections.pause(ctx.pipeline.devTool, 'mass-deletion', massDeletion);
    if (first) await ctx.deps.alerts.send(`The connection ${ctx.pipeline.devTool} is paused: ${massDeletion}`);
    const wait = waitFor(OPERATOR_LOOK_MS, await ctx.deps.ledger.now(), { reason: 'mass-deletion', why: massDeletion });
    return { ...(await putOff(ctx, wait)), suspectGone: true };
  }
  return applyPolicy(ctx);
};

/** If the key suddenly sees less, items seem to vanish: then the connection pauses, and no item is called gone. */
async function assertScopeSeen(ctx: ItemContext): Promise<void> {
  const scope = ctx.link.devScope ?? (await ctx.tool.scopeOf(ctx.pipeline.target, ctx.call));
  if (await ctx.tool.seesScope(scope, ctx.call)) return;
  throw new ToolError('forbidden', `${ctx.pipeline.devTool} no longer shows ${scope} to this key`, {
    connection: ctx.pipeline.devTool,
  });
}

async function isMassDeletion(ctx: ItemContext): Promise<string | null> {
  const { gone, followed } = await ctx.deps.ledger.gone.goneCounts(ctx.pipeline.devTool);
  if (gone <= MASS_DELETION.items || gone <= MASS_DELETION.share * followed) return null;
  return `${gone} of ${followed} followed items vanished from ${ctx.pipeline.devTool} within an hour; look there, then run craftsync resume ${ctx.pipeline.devTool}`;
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
