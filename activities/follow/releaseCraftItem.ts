/**
 * Ends a link: one PUT removes the lock and says since when nothing is synced; progress fields stay (design 3, Verbs).
 */
import type { CraftWrite } from '../../domain/craftItem.js';
import type { StepResult } from '../../domain/itemState.js';
import type { UnansweredWrite } from '../../domain/link.js';
import { releasedWords } from '../../domain/rules/stateWords.js';
import { resolveOpenCreate } from '../writes/adoptDevItem.js';
import { commentOnce } from '../writes/comments.js';
import { writeToCraft } from '../writes/craftWrite.js';
import { logStep, type ItemContext } from '../step/itemContext.js';
import { setPhase } from '../writes/lease.js';
import { putOff, type StepBody } from '../step/step.js';
import { loadContext } from '../step/loadContext.js';
import { wakeChildren } from '../handOver/wakeChildren.js';
import { waitUntilGone } from './craftDeleted.js';

export function releaseCraftItem(why: string): StepBody {
  return (ctx) => releaseItem(ctx, why);
}

export async function releaseItem(ctx: ItemContext, why: string): Promise<Omit<StepResult, 'state'> | undefined> {
  if (ctx.link.phase === 'released') return undefined;
  // A row that was put back takes the create that is noted beside it first: its dev item would be nobody's.
  if (ctx.opened.hasNotedCreate && (await ctx.deps.ledger.continuity.recall(ctx.item))) {
    const recalled = await loadContext(ctx.deps, ctx.item, ctx.first);
    return recalled === null ? undefined : releaseItem(recalled, why);
  }
  const open = await resolveOpenCreate(ctx, { sendsNothing: true });
  if (open !== null) return { wait: open };
  if (ctx.link.devItemId === null && ctx.link.sentAt !== null) {
    // By now its dev item is linked or known not to exist; the release starts again from the new row.
    const link = await ctx.deps.ledger.links.get(ctx.item);
    if (link === null || (link.devItemId === null && link.sentAt !== null)) return undefined;
    return releaseItem({ ...ctx, link }, why);
  }
  const now = await ctx.deps.ledger.now();
  let pushed = false;
  const last = { ...ctx.link.lastProgress };
  // A lock that was sent and never answered may have been applied.
  if (ctx.link.lockedAt !== null || ctx.link.unanswered !== null) {
    const write = releaseWrite(ctx, now);
    const outcome = await writeToCraft(ctx, write);
    if (outcome.status === 'wait') return putOff(ctx, outcome.wait);
    if (outcome.status === 'gone') {
      // The lock of an item that is still there must not stay behind.
      const notYet = await waitUntilGone(ctx);
      if (notYet !== null) return putOff(ctx, notYet);
    }
    if (outcome.status === 'written') {
      await ctx.deps.ledger.pushes.storePushed(ctx.item, outcome.token, {
        lastProgress: { ...last, ...wordsIn(ctx, write) },
        open: mayStillCome(outcome.open, now),
      });
      pushed = true;
    }
  }
  const { devItemId, generation } = ctx.link;
  const wait = await commentOnce(ctx, `released-${generation}-${devItemId ?? ''}`, 'No longer synced with Craft.io.');
  if (wait !== null) return { ...(await putOff(ctx, wait)), pushed };
  await setPhase(ctx, { phase: 'released', lastError: why === '' ? null : why });
  await logStep(ctx.deps, ctx.item, 'released', why === '' ? null : why);
  await wakeChildren(ctx.deps, ctx.item);
  return { pushed };
}

/**
 * No progress is written any more, so what an earlier PUT left in Craft.io needs no second look
 * (rule W3 of craftWrite.ts).
 */
function mayStillCome(open: UnansweredWrite | null, now: Date): UnansweredWrite | null {
  return open !== null && Date.parse(open.until) > now.getTime() ? open : null;
}

function releaseWrite(ctx: ItemContext, now: Date): CraftWrite {
  const { lock, progress } = ctx.pipeline;
  return {
    ...(lock !== null && lock.releasedStatus !== null && { status: lock.releasedStatus }),
    customFields: {
      ...(lock !== null && { [lock.field]: lock.released }),
      ...(progress !== null && progress.stateField !== null && { [progress.stateField]: releasedWords(now) }),
    },
  };
}

function wordsIn(ctx: ItemContext, write: CraftWrite): Record<string, string> {
  const field = ctx.pipeline.progress?.stateField ?? null;
  const words = field === null ? undefined : write.customFields?.[field];
  return field === null || words === undefined ? {} : { [field]: String(words) };
}
