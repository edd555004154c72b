/**
 * Step 4 of the protocol: maps the state of the dev item and writes to Craft.io what differs from what was last pushed
 * (design 3, follow; invariant I3).
 *
 * A snapshot strictly newer than `dev_updated_at` is used as it is. At an equal or missing time the item is read again,
 * because two changes within one tick of the tool's clock look the same.
 */
import type { DevItem, DevItemSnapshot } from '../../domain/devItem.js';
import type { ItemLink } from '../../domain/link.js';
import { isUnconcerned, type Phase } from '../../domain/phases.js';
import { isDone, isDropped, mapProgress, ownFields, progressFields } from '../../domain/rules/progress.js';
import { stateWords } from '../../domain/rules/stateWords.js';
import { endForDeletedCraftItem } from './craftDeleted.js';
import { withoutFields, writeToCraft } from '../writes/craftWrite.js';
import { logLine, type ItemContext } from '../step/itemContext.js';
import { readDevItem } from '../step/readDevItem.js';
import { setPhase, Superseded } from '../writes/lease.js';
import { releaseItem } from './releaseCraftItem.js';
import { block, putOff, type StepBody, type StepOutcome } from '../step/step.js';

export function pushProgress(snapshot?: DevItemSnapshot): StepBody {
  return async (ctx) => {
    if (ctx.link.devItemId === null || ctx.link.lockedAt === null) return undefined;
    return pushUnlessOlder(ctx, await newestDevItem(ctx, snapshot));
  };
}

/**
 * Sets fields of ours right that somebody changed. The tool is asked: a row that was put back from a copy knows an
 * older state than Craft.io has shown already (I3).
 */
export async function writeAgain(ctx: ItemContext, overwritten: readonly string[]): Promise<StepOutcome | undefined> {
  return overwritten.length === 0 ? undefined : pushUnlessOlder(ctx, await readDevItem(ctx), overwritten);
}

async function pushUnlessOlder(
  ctx: ItemContext,
  devItem: DevItem | null,
  overwritten: readonly string[] = [],
): Promise<StepOutcome | undefined> {
  if (devItem === null) return isUnconcerned(ctx.link.phase) ? undefined : { suspectGone: true };
  if (!isOlder(devItem.updatedAt, ctx.link.devUpdatedAt)) return pushDevItem(ctx, devItem, overwritten);
  const known = knownDevItem(ctx.link);
  // A tool that was put back itself: the row knows more.
  return overwritten.length === 0 || known === null ? undefined : pushDevItem(ctx, known, overwritten);
}

function isOlder(time: string | null, than: string | null): boolean {
  return time !== null && than !== null && Date.parse(time) < Date.parse(than);
}

/** The snapshot if it is certainly newer, else the item read by id; null when there is no such item. */
async function newestDevItem(ctx: ItemContext, snapshot: DevItemSnapshot | undefined): Promise<DevItem | null> {
  const { devItemId, devUpdatedAt, devScope } = ctx.link;
  const known = snapshot?.fromLedger === true ? knownDevItem(ctx.link) : null;
  if (known !== null) return known;
  const isNews =
    snapshot?.id === devItemId &&
    snapshot?.updatedAt &&
    devUpdatedAt !== null &&
    isOlder(devUpdatedAt, snapshot.updatedAt);
  if (snapshot !== undefined && isNews) {
    return { ...snapshot, scope: snapshot.scope ?? devScope ?? '', createdAt: null };
  }
  return readDevItem(ctx);
}

/**
 * The dev item as the row knows it, so that a changed mapping needs no call to the tool (design 4, A changed mapping).
 */
export function knownDevItem(link: ItemLink): DevItem | null {
  const {
    devItemId: id,
    devItemKey: key,
    devItemUrl: url,
    devScope,
    devStatus: status,
    devUpdatedAt: updatedAt,
  } = link;
  if (id === null || status === null) return null;
  return { id, key, url, scope: devScope ?? '', status, updatedAt, createdAt: null };
}

/**
 * Writes what differs, and updates the row whether or not anything had to be written. `overwritten`: fields of ours
 * that somebody changed in Craft.io; where the rule makes nothing of the status, they get what was written last.
 */
export async function pushDevItem(
  ctx: ItemContext,
  devItem: DevItem,
  overwritten: readonly string[] = [],
): Promise<StepOutcome | undefined> {
  const rule = ctx.pipeline.progress;
  if (rule?.onDropped === 'release' && isDevItemDropped(ctx, devItem.status)) ctx.first?.handOn('it is released, too');
  const last = ownFields(ctx.link.lastProgress, rule);
  const wanted = {
    ...Object.fromEntries(Object.entries(last).filter(([name]) => overwritten.includes(name))),
    ...(rule !== null && { ...progressFields(devItem, rule), ...wordsFor(ctx, devItem) }),
  };
  const isNews = ([name, value]: [string, string]): boolean => last[name] !== value || overwritten.includes(name);
  const news = Object.fromEntries(Object.entries(wanted).filter(isNews));
  // `last` does not include what an unanswered PUT carried; then only Craft.io tells what is missing
  // (rule W3 of craftWrite.ts).
  const customFields = ctx.link.unanswered === null ? news : wanted;
  const outcome = await writeToCraft(ctx, { customFields });
  if (outcome.status === 'wait') return putOff(ctx, outcome.wait);
  if (outcome.status === 'gone') return endForDeletedCraftItem(ctx);
  const hasNews = outcome.sent || Object.keys(news).length > 0;
  const how = overwritten.length > 0 ? 'written-again' : 'pushed';
  const next = nextAfterPush(ctx, devItem, outcome.dropped);
  const written = await ctx.deps.ledger.pushes.storePushed(ctx.item, outcome.token, {
    lastProgress: withoutFields({ ...last, ...wanted }, outcome.dropped),
    devItem,
    open: outcome.open,
    ...(next !== null && { next }),
    ...(hasNews && { log: logLine(how, `${devItem.status} → ${Object.keys(customFields).join(', ')}`) }),
  });
  if (written === null) throw new Superseded();
  if (next === null) await blockUnmapped(ctx, devItem);
  if (rule?.onDropped === 'release' && isDevItemDropped(ctx, devItem.status)) return releaseDropped(ctx);
  return { pushed: hasNews, ...(next !== null && { written }) };
}

async function releaseDropped(ctx: ItemContext): Promise<StepOutcome | undefined> {
  const link = await ctx.deps.ledger.links.get(ctx.item);
  if (link === null) return undefined;
  return releaseItem({ ...ctx, link }, `dropped in ${ctx.pipeline.devTool}`);
}

/** The words for `stateField` as they will be after this push. */
function wordsFor(ctx: ItemContext, devItem: DevItem): Record<string, string> {
  const rule = ctx.pipeline.progress;
  if (rule === null || rule.stateField === null) return {};
  const phase = phaseAfter(ctx, devItem);
  if (phase === null) return {};
  const words = stateWords(
    { ...ctx.link, phase, devItemKey: devItem.key, lastError: null, blockedUntil: null },
    new Date(0),
  );
  return words === null ? {} : { [rule.stateField]: words };
}

/** `settling` when the tool says closed, `following` otherwise; null when an unmapped status blocks. */
function phaseAfter(ctx: ItemContext, devItem: DevItem): Extract<Phase, 'settling' | 'following'> | null {
  const rule = ctx.pipeline.progress;
  if (rule === null) return 'following';
  const mapped = mapProgress(devItem.status, rule);
  switch (mapped.status) {
    case 'unmapped':
      return null;
    case 'ignored':
      return ctx.link.phase === 'settling' ? 'settling' : 'following';
    case 'mapped':
      return isDone(mapped.value, rule) ? 'settling' : 'following';
  }
}

interface Next {
  readonly phase: 'following' | 'settling';
  readonly lastError: string | null;
}

/** What the dev item's status calls for once everything was written; null: it is not mapped. */
export function nextAfterPush(ctx: ItemContext, devItem: DevItem, dropped: readonly string[]): Next | null {
  const phase = phaseAfter(ctx, devItem);
  if (phase === null) return null;
  const refused = `Craft.io refuses ${dropped.join(', ')}: check these fields`;
  return { phase, lastError: dropped.length > 0 ? refused : droppedWords(ctx, devItem) };
}

export async function blockUnmapped(ctx: ItemContext, devItem: DevItem): Promise<void> {
  await block(ctx, 'status-unmapped', `status "${devItem.status}" has no entry in progress.statuses`);
}

/** Sets the phase that the dev item's status calls for, where what it calls for was written before. */
export async function afterPush(ctx: ItemContext, devItem: DevItem): Promise<void> {
  const { phases } = ctx.deps.ledger;
  const next = nextAfterPush(ctx, devItem, []);
  if (next === null) return blockUnmapped(ctx, devItem);
  if (next.phase === 'settling' && ctx.link.settlingSince === null) {
    await phases.patch(ctx.item, { settlingSince: (await ctx.deps.ledger.now()).toISOString() });
  }
  if (next.phase === 'following' && ctx.link.settlingSince !== null) {
    await phases.patch(ctx.item, { settlingSince: null });
  }
  await setPhase(ctx, next);
}

/** What a dropped item shows under `onDropped: flag`. */
function droppedWords(ctx: ItemContext, devItem: DevItem): string | null {
  return isDevItemDropped(ctx, devItem.status)
    ? `dropped in ${ctx.pipeline.devTool}: a person decides what follows`
    : null;
}

function isDevItemDropped(ctx: ItemContext, status: string): boolean {
  const rule = ctx.pipeline.progress;
  if (rule === null) return false;
  const mapped = mapProgress(status, rule);
  return mapped.status === 'mapped' && isDropped(mapped.value, rule);
}
