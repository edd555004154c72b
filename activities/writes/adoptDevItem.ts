/**
 * Finds a create whose answer was lost, and links what is found (design 3, createDevItem; rule C3 of createDevItem.ts).
 * Adoption takes only the exact marker, or the dev item that the item is known to have been linked to; `unknown` never
 * leads to a create.
 */
import type { DevItem } from '../../domain/devItem.js';
import { marker } from '../../domain/ids.js';
import type { Wait } from '../../domain/itemState.js';
import type { ItemLink } from '../../domain/link.js';
import { logStep, waitFor, type ItemContext } from '../step/itemContext.js';
import { Superseded, takeLease } from './lease.js';
import { block, putOff } from '../step/step.js';
import { storeDevItem } from './storeDevItem.js';
import { wakeChildren } from '../handOver/wakeChildren.js';

/**
 * Items created this long before the create was sent are searched too, since clocks differ (design 3, createDevItem).
 */
const CLOCK_SLACK_MS = 60_000;
/** A search that cannot say `absent` is repeated after this time, then after twice that, and so on. */
const UNKNOWN_WAIT_MS = 30_000;
/** After this many such searches in a row a person has to look; the item is blocked, and searched for rarely. */
const UNKNOWN_SEARCHES = 6;

/** How the row says that the outcome of a create is unknown. */
export const CREATE_LOST = 'the answer to the create was lost';

type LostCreate =
  | { readonly status: 'wait'; readonly wait: Wait }
  | { readonly status: 'found'; readonly items: readonly DevItem[] }
  /** Nothing was created under `token` or any older one. */
  | { readonly status: 'absent'; readonly token: string }
  /** It cannot be found out; the item is blocked, and its next look searches again. */
  | { readonly status: 'blocked' };

/** How long after a request was sent its effect may become visible. */
export function visibleAfterMs(tool: ItemContext['toolSettings']): number {
  return tool.timeoutMs + tool.lateWriteMs + tool.readAfterWriteMs;
}

/** When the marker may be looked for: by then everything that was sent is applied and visible. */
function searchableAt(link: ItemLink, tool: ItemContext['toolSettings']): number {
  const sendBefore = Date.parse(link.sendBefore ?? link.sentAt ?? link.updatedAt);
  return sendBefore + visibleAfterMs(tool);
}

/**
 * Resolves a create whose outcome is unknown, without sending another: its dev item is linked, or was never created.
 */
export async function resolveOpenCreate(ctx: ItemContext): Promise<Wait | null> {
  if (ctx.link.devItemId !== null || ctx.link.sentAt === null) return null;
  const search = await lookForLostCreate(ctx);
  switch (search.status) {
    case 'wait':
      return search.wait;
    case 'found':
      await adopt(ctx, search.items);
      return null;
    case 'blocked':
      return null;
    case 'absent':
      await ctx.deps.ledger.phases.patch(ctx.item, { unknownSearches: 0 });
      await ctx.deps.ledger.leases.clearSent(ctx.item, search.token);
      return null;
  }
}

async function lookForLostCreate(ctx: ItemContext): Promise<LostCreate> {
  const { link } = ctx;
  const known = await readKnown(ctx);
  if (known.found.length > 0) return { status: 'found', items: known.found };
  const nowHereMs = Date.now();
  const now = await ctx.deps.ledger.now();
  const early = searchableAt(link, ctx.toolSettings) - now.getTime();
  if (early > 0) return waitingFor(ctx, waitFor(early, now, whyLost(link)));
  const sought = marker(ctx.item, link.generation);
  // Only the age comes from the database's clock, which may differ from the tool's by more than the slack.
  const sentAgoMs = now.getTime() - Date.parse(link.sentAt ?? link.updatedAt);
  const createdSince = new Date(nowHereMs - sentAgoMs - CLOCK_SLACK_MS).toISOString();
  const search = await ctx.tool.findByMarker({ target: ctx.pipeline.target, marker: sought, createdSince }, ctx.call);
  switch (search.answer) {
    case 'unknown':
      return unknown(ctx, search.why, now);
    case 'absent':
      return notFound(ctx, known.lost, now);
    case 'found': {
      const items = search.items.filter((found) => !link.dismissedDevItems.includes(found.id));
      return items.length === 0 ? notFound(ctx, known.lost, now) : { status: 'found', items };
    }
  }
}

/** What is known to have been created is never absent, even if it is not found any more. */
async function notFound(ctx: ItemContext, lost: readonly string[], now: Date): Promise<LostCreate> {
  if (lost.length === 0) return absent(ctx);
  const why = `${ctx.link.devTool} held it as ${lost.join(', ')}, which is not found there any more, or carries the marker no more`;
  return unknown(ctx, why, now);
}

/**
 * The dev items that are known by their ids (decision 18). First the one that the item was linked to last, whatever it
 * carries: people may have relinked the item to one without a marker. Then those that still show the marker with which
 * they were seen. `lost`: the others.
 */
async function readKnown(
  ctx: ItemContext,
): Promise<{ readonly found: readonly DevItem[]; readonly lost: readonly string[] }> {
  const { generation, dismissedDevItems } = ctx.link;
  const { marked, linked } = await ctx.deps.ledger.continuity.knownDevItems(ctx.item, generation);
  const last = linked.at(-1);
  const ids = new Set([...(last === undefined ? [] : [last]), ...marked]);
  const found: DevItem[] = [];
  const lost: string[] = [];
  for (const id of ids) {
    if (dismissedDevItems.includes(id)) continue;
    const read = await ctx.tool.readMarked(id, marker(ctx.item, generation), ctx.call);
    if (read !== null && (read.showsMarker || id === last)) found.push(read.item);
    else lost.push(id);
  }
  return { found, lost };
}

/** Waits longer each time; at last a person has to look. It never leads to a create. */
async function unknown(ctx: ItemContext, why: string, now: Date): Promise<LostCreate> {
  await logStep(ctx.deps, ctx.item, 'unknown', why);
  const searches = ctx.link.unknownSearches + 1;
  await ctx.deps.ledger.phases.patch(ctx.item, { unknownSearches: searches });
  if (searches < UNKNOWN_SEARCHES) {
    const ms = UNKNOWN_WAIT_MS * 2 ** (searches - 1);
    return waitingFor(ctx, waitFor(ms, now, { reason: null, why: `the marker cannot be looked for: ${why}` }));
  }
  await block(
    ctx,
    'bad-answer',
    `${CREATE_LOST}, and ${searches} searches could not tell whether it was made: ${why}. Look in ${ctx.link.devTool} for ` +
      `${marker(ctx.item, ctx.link.generation)}: relink it where it is, else create it by hand and relink that`,
  );
  return { status: 'blocked' };
}

async function absent(ctx: ItemContext): Promise<LostCreate> {
  if (ctx.link.claimToken === null) throw new Error('a create was sent without a claim token');
  await logStep(ctx.deps, ctx.item, 'absent', 'the lost create was not applied; it is sent again');
  return { status: 'absent', token: ctx.link.claimToken };
}

/** The error of the failed create, if that attempt survived to note it. */
function whyLost({ lastError }: ItemLink): Pick<Wait, 'reason' | 'why'> {
  if (lastError?.startsWith(`${CREATE_LOST}:`) === true) return { reason: 'tool-down', why: lastError };
  return { reason: null, why: `${CREATE_LOST}; its marker is looked for` };
}

async function waitingFor(ctx: ItemContext, wait: Wait): Promise<LostCreate> {
  return { status: 'wait', ...(await putOff(ctx, wait)) };
}

/** Flags all items with the marker but the oldest as duplicates, then links that one: after that nobody looks again. */
async function adopt(ctx: ItemContext, items: readonly DevItem[]): Promise<void> {
  const [oldest, ...others] = items;
  if (oldest === undefined) return;
  const lease = await takeLease(ctx);
  if (lease.before.devItemId !== null || lease.before.generation !== ctx.link.generation) throw new Superseded();
  const ids = others.map((other) => other.id);
  if (ids.length > 0) await ctx.deps.ledger.phases.patch(ctx.item, { duplicate: true, duplicateDevItems: ids });
  if ((await storeDevItem(ctx, lease.token, oldest)) === 'not-stored') return;
  await logStep(ctx.deps, ctx.item, 'adopted', `${oldest.key ?? oldest.id} carries the marker`);
  if (ids.length > 0) await logStep(ctx.deps, ctx.item, 'duplicate', `the marker is also on ${ids.join(', ')}`);
  await wakeChildren(ctx.deps, ctx.item);
}
