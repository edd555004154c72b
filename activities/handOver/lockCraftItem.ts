/**
 * Step 3 of the protocol: one PUT makes the Craft item view-only and carries the lock's status, the dev item's key and
 * link, the first progress value and the state in words (design 3, lockCraftItem).
 */
import type { CraftWrite } from '../../domain/craftItem.js';
import type { DevItem } from '../../domain/devItem.js';
import { ToolError } from '../../domain/errors.js';
import { marker } from '../../domain/ids.js';
import type { ItemLink } from '../../domain/link.js';
import { canonicalJson, handedOverOf } from '../../domain/rules/drift.js';
import { progressFields } from '../../domain/rules/progress.js';
import { stateWords } from '../../domain/rules/stateWords.js';
import type { Pushed, Written } from '../../ledger/ledger.js';
import { endForDeletedCraftItem } from '../follow/craftDeleted.js';
import { waitForPipeline } from '../step/refusedPipeline.js';
import { withoutFields, writeToCraft } from '../writes/craftWrite.js';
import { passFeedbackOn } from '../feedback/passFeedbackOn.js';
import { fingerprintOf } from '../writes/fingerprint.js';
import { logLine, logStep, type ItemContext } from '../step/itemContext.js';
import { Superseded, takeLease } from '../writes/lease.js';
import { itemReadLately, readItem } from '../step/readCraftItem.js';
import { readDevItem } from '../step/readDevItem.js';
import { afterPush, blockUnmapped, knownDevItem, nextAfterPush } from '../follow/pushProgress.js';
import { block, putOff, type StepBody } from '../step/step.js';
import { wakeChildren } from './wakeChildren.js';

/** A dev item that was linked longer ago than this is read before the lock: it may be gone by now. */
const RECENTLY_LINKED_MS = 60_000;

export const lockCraftItem: StepBody = async (ctx) => {
  const { link, pipeline } = ctx;
  if (link.devItemId === null) return undefined;
  // It may be much, and each piece is a read and a write.
  if (pipeline.feedback === 'link') ctx.first?.handOn('linked feedback is passed on, too');
  // Woken again, because the process that linked the item may have ended before it woke them.
  if (ctx.opened.hasWaitingChildren) await wakeChildren(ctx.deps, ctx.item);
  if (link.lockedAt !== null) return phaseAfterLock(ctx);
  const paused = await waitForPipeline(ctx, 'lock');
  if (paused !== null) return putOff(ctx, paused);
  if (!(await showsMarker(ctx))) return undefined;
  const devItem = await devItemToLockFor(ctx);
  if (devItem === null) return { suspectGone: true };
  if (pipeline.lock === null || pipeline.progress === null) return followWithoutLock(ctx, devItem);
  const write = lockWrite(ctx, devItem);
  const outcome = await writeToCraft(ctx, write, () => itemReadLately(ctx));
  switch (outcome.status) {
    case 'wait':
      return putOff(ctx, outcome.wait);
    case 'gone':
      return endForDeletedCraftItem(ctx);
    case 'written': {
      const lastProgress = withoutFields(lastProgressOf(write, pipeline.lock.field), outcome.dropped);
      const next = nextAfterPush(ctx, devItem, outcome.dropped);
      const log = logLine('locked', ctx.link.devItemKey ?? ctx.link.devItemId);
      const pushed = { lastProgress, devItem, open: outcome.open, ...(next !== null && { next }), log };
      const written = await storeHandedOver(ctx, outcome.token, pushed);
      if (next === null) await blockUnmapped(ctx, devItem);
      await passFeedbackOn(ctx);
      return { pushed: true, ...(next !== null && { written }) };
    }
  }
};

/** The lock was stored by an attempt that ended before it set the phase. */
async function phaseAfterLock(ctx: ItemContext): Promise<undefined> {
  const devItem = knownDevItem(ctx.link);
  if (devItem !== null) await afterPush(ctx, devItem);
  await passFeedbackOn(ctx);
}

/**
 * A dev item whose create did not show its marker is locked only once it does: without it, it cannot be found again.
 */
async function showsMarker(ctx: ItemContext): Promise<boolean> {
  const { link } = ctx;
  if (link.blockedBy !== 'bad-answer' || link.devItemId === null || link.handedOver === null) return true;
  const read = await ctx.tool.readMarked(link.devItemId, marker(ctx.item, link.generation), ctx.call);
  if (read === null || read.showsMarker) return true;
  await block(
    ctx,
    'bad-answer',
    `${link.devItemKey ?? link.devItemId} does not show its marker: relink it to accept it`,
  );
  return false;
}

async function devItemToLockFor(ctx: ItemContext): Promise<DevItem | null> {
  const { link } = ctx;
  const age = ctx.opened.now.getTime() - Date.parse(link.linkedAt ?? link.updatedAt);
  const known = knownDevItem(link);
  if (age < RECENTLY_LINKED_MS && known !== null) return known;
  return readDevItem(ctx);
}

function lockWrite(ctx: ItemContext, devItem: DevItem): CraftWrite {
  const { lock, progress } = ctx.pipeline;
  if (lock === null || progress === null) return {};
  const words = stateWords({ ...ctx.link, phase: 'following', devItemKey: devItem.key, lastError: null }, new Date(0));
  return {
    ...(lock.status !== null && { status: lock.status }),
    customFields: {
      [lock.field]: lock.value,
      ...progressFields(devItem, progress),
      ...(progress.stateField !== null && words !== null && { [progress.stateField]: words }),
    },
  };
}

/** What the lock's PUT pushed besides the lock itself, by configured field name. */
function lastProgressOf(write: CraftWrite, lockField: string): Record<string, string> {
  const entries = Object.entries(write.customFields ?? {}).filter(([name]) => name !== lockField);
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value ?? '')]));
}

async function storeHandedOver(ctx: ItemContext, token: string, pushed: Pushed): Promise<Written> {
  const handedOver = ctx.link.handedOver ?? (await handedOverNow(ctx));
  const fingerprint = fingerprintOf(canonicalJson(handedOver));
  const stored = await ctx.deps.ledger.pushes.storeLock(ctx.item, token, { ...pushed, handedOver, fingerprint });
  if (stored === null) throw new Superseded();
  return stored;
}

/** For a link made by `relink`: what Craft.io has now counts as handed over. */
async function handedOverNow(ctx: ItemContext): Promise<NonNullable<ItemLink['handedOver']>> {
  const item = await readItem(ctx);
  if (item === null) {
    const why = 'Craft.io took the lock, but answers that the item does not exist';
    throw new ToolError('unexpected-response', why, { connection: 'craft' });
  }
  return handedOverOf(item, ctx.pipeline);
}

/**
 * For sources that Craft.io documents no write for: the link is followed, nothing is written back
 * (design 6, Feedback portal).
 */
async function followWithoutLock(ctx: ItemContext, devItem: DevItem): Promise<undefined> {
  const lease = await takeLease(ctx);
  await storeHandedOver(ctx, lease.token, { lastProgress: {}, devItem });
  await logStep(ctx.deps, ctx.item, 'followed', 'no lock: Craft.io has no way to write to feedback items');
  await afterPush(ctx, devItem);
}
