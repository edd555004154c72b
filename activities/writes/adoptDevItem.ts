/**
 * Finds a create whose answer was lost, and links what is found (design 3, createDevItem; rule C3 of createDevItem.ts).
 * Adoption takes only the exact marker, or the dev item that the item is known to have been linked to; `unknown` never
 * leads to a create.
 */
import type { DevItem } from '../../domain/devItem.js';
import { ToolError } from '../../domain/errors.js';
import { marker } from '../../domain/ids.js';
import type { Wait } from '../../domain/itemState.js';
import type { ItemLink } from '../../domain/link.js';
import type { Needs } from '../ports.js';
import { logLine, logStep, waitFor, type ItemContext } from '../step/itemContext.js';
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
 * `sendsNothing`: what is known by its id and not found counts as absent, since nothing is to be created instead.
 */
export async function resolveOpenCreate(
  ctx: ItemContext,
  { sendsNothing = false }: { readonly sendsNothing?: boolean } = {},
): Promise<Wait | null> {
  if (ctx.link.devItemId !== null || ctx.link.sentAt === null) return null;
  const search = await lookForLostCreate(ctx, sendsNothing);
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

async function lookForLostCreate(ctx: ItemContext, sendsNothing: boolean): Promise<LostCreate> {
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
  const notFound = (): Promise<LostCreate> =>
    known.lost.length === 0 || sendsNothing ? absent(ctx, known.lost) : lost(ctx, known.lost, now);
  const search = await ctx.tool.findByMarker({ target: ctx.pipeline.target, marker: sought, createdSince }, ctx.call);
  switch (search.answer) {
    case 'unknown':
      return unknown(ctx, { why: search.why, ...lookFor(ctx), now });
    case 'absent':
      return notFound();
    case 'found': {
      const items = search.items.filter((found) => !link.dismissedDevItems.includes(found.id));
      return items.length === 0 ? notFound() : { status: 'found', items };
    }
  }
}

/** What is known to have been created is never absent, even if it is not found any more: a person has to tell. */
async function lost(ctx: ItemContext, ids: readonly string[], now: Date): Promise<LostCreate> {
  const why = `${ctx.link.devTool} held it as ${ids.join(', ')}, which is not found there any more, or carries the marker no more`;
  const advice =
    'If it was deleted, craftsync recreate makes another one, and craftsync release lets the item go; ' +
    'if it is there still, craftsync relink with its id';
  return unknown(ctx, { why, advice, now });
}

function lookFor({ item, link }: ItemContext): { readonly advice: string } {
  const sought = marker(item, link.generation);
  return {
    advice: `Look in ${link.devTool} for ${sought}: relink it where it is, else create it by hand and relink that`,
  };
}

/** Whether the item waits for a person because its dev item is known by its id, and was not found so. */
export async function isKnownAndNotFound(
  { ledger: { continuity } }: Needs<'continuity'>,
  link: ItemLink,
): Promise<boolean> {
  if (link.devItemId !== null || link.sentAt === null || link.unknownSearches < UNKNOWN_SEARCHES) return false;
  const { marked, linked } = await continuity.knownDevItems(link, link);
  return linked.length > 0 || marked.some((id) => !link.dismissedDevItems.includes(id));
}

/**
 * The dev items that are known by their ids (decision 18). First the one that the item was linked to last, whatever it
 * carries: people may have relinked the item to one without a marker, and nobody dismissed it since, or the row would
 * hold another. Then those that still show the marker with which they were seen. `lost`: the others. `isKnownById` of
 * ledger/links/sql.ts says the same, so that no create is refused for a dev item that is not read here.
 */
async function readKnown(
  ctx: ItemContext,
): Promise<{ readonly found: readonly DevItem[]; readonly lost: readonly string[] }> {
  const { generation, devTool, dismissedDevItems } = ctx.link;
  const { marked, linked } = await ctx.deps.ledger.continuity.knownDevItems(ctx.item, { generation, devTool });
  const last = linked.at(-1);
  const shown = marked.filter((id) => !dismissedDevItems.includes(id));
  const ids = new Set([...(last === undefined ? [] : [last]), ...shown]);
  const found: DevItem[] = [];
  const lost: string[] = [];
  for (const id of ids) {
    const read = await ctx.tool.readMarked(id, marker(ctx.item, generation), ctx.call);
    if (read !== null && (read.showsMarker || id === last)) found.push(read.item);
    else lost.push(id);
  }
  return { found, lost };
}

/**
 * For a verb that gives the item another dev item: what an open create of it has made, as far as a search can tell. A
 * person decides without it, too. `underWayUntil`: a dev item may come to be until then, and nobody would know of it.
 */
export async function lookAtOpenCreate(
  ctx: ItemContext,
): Promise<{ readonly underWayUntil: string } | { readonly made: readonly string[] }> {
  const { link, toolSettings } = ctx;
  if (link.devItemId !== null || link.sentAt === null) return { made: [] };
  const at = searchableAt(link, toolSettings);
  const now = (await ctx.deps.ledger.now()).getTime();
  if (at > now) return { underWayUntil: new Date(at).toISOString() };
  const createdSince = new Date(Date.now() - (now - Date.parse(link.sentAt)) - CLOCK_SLACK_MS).toISOString();
  const query = { target: ctx.pipeline.target, marker: marker(ctx.item, link.generation), createdSince };
  try {
    const search = await ctx.tool.findByMarker(query, { ...ctx.call, callClass: 'manual' });
    return { made: search.answer === 'found' ? search.items.map(({ id }) => id) : [] };
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return { made: [] };
  }
}

/** Waits longer each time; at last a person has to look. It never leads to a create. */
async function unknown(
  ctx: ItemContext,
  { why, advice, now }: { readonly why: string; readonly advice: string; readonly now: Date },
): Promise<LostCreate> {
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
    `${CREATE_LOST}, and ${searches} searches could not tell whether it was made: ${why}. ${advice}`,
  );
  return { status: 'blocked' };
}

async function absent(ctx: ItemContext, lost: readonly string[]): Promise<LostCreate> {
  if (ctx.link.claimToken === null) throw new Error('a create was sent without a claim token');
  const known = lost.length === 0 ? 'the lost create was not applied' : `${lost.join(', ')} is not found any more`;
  await logStep(ctx.deps, ctx.item, 'absent', known);
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
  const line = logLine('adopted', `${oldest.key ?? oldest.id} carries the marker`);
  if ((await storeDevItem(ctx, lease.token, oldest, line)) === 'not-stored') return;
  if (ids.length > 0) await logStep(ctx.deps, ctx.item, 'duplicate', `the marker is also on ${ids.join(', ')}`);
  await wakeChildren(ctx.deps, ctx.item);
}
