/**
 * An item whose parent is being handed over waits for it, and is then created under it if the tool can do that
 * (design 4, Hierarchy), so that the team sees the structure that the product manager planned. A parent that goes into
 * another tool is no parent in this one: if it is linked, the description names it.
 */
import type { CraftItem } from '../../domain/craftItem.js';
import type { DevItemDraft, DevItemRef } from '../../domain/devItem.js';
import type { ItemLink } from '../../domain/link.js';
import { isLetGo } from '../../domain/phases.js';
import { logStep, type ItemContext } from '../step/itemContext.js';
import { block } from '../step/step.js';

/** The longest quote of a parent's reason in its child's; each level quotes the one above. */
const MAX_QUOTED = 300;

/** True: the item waits, and its row says for which parent. */
export async function waitsForParent(ctx: ItemContext, craftItem: CraftItem): Promise<boolean> {
  const { hierarchy, phases } = ctx.deps.ledger;
  const parentId = craftItem.parentId === craftItem.id ? null : craftItem.parentId;
  // Noted before the parent is looked at; `wakeChildren` says why.
  if (parentId !== ctx.link.parentCraftItemId) await phases.patch(ctx.item, { parentCraftItemId: parentId });
  if (parentId === null) return false;
  const awaited = await awaitedParent(ctx, parentId);
  if (awaited === null) return false;
  if (await hierarchy.isAncestor(craftItem.id, parentId)) {
    await logStep(
      ctx.deps,
      ctx.item,
      'parent-cycle',
      `${awaited.name} is above and below this item; it waits for nobody`,
    );
    return false;
  }
  await block(ctx, 'parent', `waits for its parent ${awaited.name}${awaited.state}`);
  return true;
}

interface Awaited {
  readonly name: string;
  /** What holds it up, in words; empty while it is on its way. */
  readonly state: string;
}

/** The parent if it is to become a dev item of this tool and is not one yet. */
async function awaitedParent(ctx: ItemContext, parentId: string): Promise<Awaited | null> {
  const { hierarchy } = ctx.deps.ledger;
  const { devTool } = ctx.pipeline;
  const rows = (await hierarchy.handOvers(parentId)).filter((row) => {
    return row.devTool === devTool && ctx.settings.pipelines[row.pipeline] !== undefined;
  });
  if (rows.some(isLinked)) return null;
  const waiting = rows.find((row) => row.devItemId === null && isComing(row));
  if (waiting !== undefined) return { name: waiting.craftShortId ?? parentId, state: stateOf(waiting) };
  const pipelines = Object.values(ctx.settings.pipelines).filter((pipeline) => pipeline.devTool === devTool);
  const names = pipelines.map(({ name }) => name);
  return (await hierarchy.isCollected(parentId, names)) ? { name: rows[0]?.craftShortId ?? parentId, state: '' } : null;
}

function isLinked(row: ItemLink): boolean {
  return row.devItemId !== null && !isLetGo(row.phase) && row.phase !== 'orphaned';
}

/** An item that another pipeline holds will not be created by this one. */
function isComing({ phase, blockedBy }: ItemLink): boolean {
  return !isLetGo(phase) && blockedBy !== 'linked-elsewhere';
}

function stateOf({ phase, lastError }: ItemLink): string {
  if (phase !== 'blocked' && phase !== 'paused') return '';
  const why = lastError === null ? '' : `: ${lastError}`;
  const words = `, which is ${phase}${why}`;
  return words.length <= MAX_QUOTED ? words : `${words.slice(0, MAX_QUOTED)}…`;
}

/**
 * The parent's dev item for the create: as the tool's own parent if the tool accepts it, else to be named in the text.
 */
export async function placeUnderParent(
  ctx: ItemContext,
  craftItem: CraftItem,
): Promise<Pick<DevItemDraft, 'parent' | 'partOf'>> {
  if (craftItem.parentId === null || craftItem.parentId === craftItem.id) return {};
  const linked = (await ctx.deps.ledger.hierarchy.handOvers(craftItem.parentId)).filter(isLinked);
  const here = linked.find((row) => row.devTool === ctx.pipeline.devTool);
  const parent = refOf(here ?? linked[0]);
  if (parent === null) return {};
  if (here === undefined || ctx.tool.hierarchy === undefined) return { partOf: parent };
  const verdict = await ctx.tool.hierarchy.accepts(ctx.pipeline.target, parent, ctx.call);
  if (verdict.accepted) return { parent };
  await logStep(ctx.deps, ctx.item, 'not-under-parent', `not created under ${parent.key ?? parent.id}: ${verdict.why}`);
  return { partOf: parent };
}

function refOf(row: ItemLink | undefined): DevItemRef | null {
  if (row?.devItemId == null) return null;
  return { id: row.devItemId, key: row.devItemKey, url: row.devItemUrl, scope: row.devScope };
}
