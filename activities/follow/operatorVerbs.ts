/**
 * The operator's verbs that only change the row: pause, resume, recreate and relink (design 3, Verbs). What follows
 * from the row is up to the protocol. `release` is in releaseCraftItem.ts.
 *
 * A process may be stopped within one of them, and go on when the operator's next order has been obeyed. So each is
 * given with the row by which it was ordered (`seenAt`, its `updatedAt`; absent in calls of older workers), and changes
 * no newer one: the run gives it again.
 */
import { ApplicationFailure } from '@temporalio/common';
import { isFinal, RECREATE_FROM, type Reason } from '../../domain/phases.js';
import type { ItemRef } from '../../domain/ids.js';
import type { StepResult } from '../../domain/itemState.js';
import type { ItemLink } from '../../domain/link.js';
import { ToolError } from '../../domain/errors.js';
import { changePhase, Outdated, resumption, type OutsideChange } from '../step/changePhase.js';
import { waitAtGate } from '../step/connectionGate.js';
import { heartbeating, logStep, type ItemContext } from '../step/itemContext.js';
import type { ActivityDeps, Needs } from '../ports.js';
import { isKnownAndNotFound, lookAtOpenCreate, visibleAfterMs } from '../writes/adoptDevItem.js';
import { loadContext, stateNow } from '../step/loadContext.js';
import { wakeChildren } from '../handOver/wakeChildren.js';

/** The `type` of failures that tell an operator that a verb is not possible now; the message says why. */
const VERB_REFUSED = 'verb-refused';

type VerbNeeds = Needs<
  'connections' | 'continuity' | 'hierarchy' | 'links' | 'log' | 'now' | 'opening' | 'phases',
  'current' | 'itemSyncs'
>;

export async function pauseItem(
  deps: VerbNeeds,
  item: ItemRef,
  { seenAt, ...pause }: { reason: Reason; why: string | null; seenAt?: string | undefined },
): Promise<StepResult> {
  return unlessOutdated(deps, item, async () => {
    const before = await changePhase(deps, item, (link) => pauseOf(link, pause), { again: true, seenAt });
    if (before === null) return;
    await logStep(deps, item, 'paused', pause.why);
    // Items that wait for this one show its reason.
    if (before.devItemId === null) await wakeChildren(deps, item);
  });
}

async function unlessOutdated(
  deps: Parameters<typeof stateNow>[0],
  item: ItemRef,
  obey: () => Promise<void>,
): Promise<StepResult> {
  try {
    await obey();
    return { state: await stateNow(deps, item) };
  } catch (error) {
    if (!(error instanceof Outdated)) throw error;
    return { state: await stateNow(deps, item), outdated: true };
  }
}

/** Of an item that is paused already only the reason changes: a pause by an operator outlives that of its pipeline. */
function pauseOf(
  { phase, blockedBy, lastError }: ItemLink,
  pause: { reason: Reason; why: string | null },
): OutsideChange | null {
  if (isFinal(phase)) return null;
  const change = { phase: 'paused', blockedBy: pause.reason, lastError: pause.why } as const;
  if (phase !== 'paused') return { ...change, pausedFrom: phase };
  return blockedBy === pause.reason && lastError === pause.why ? null : change;
}

export async function resumeItem(deps: VerbNeeds, item: ItemRef, seenAt?: string): Promise<StepResult> {
  return unlessOutdated(deps, item, async () => {
    const before = await changePhase(deps, item, resumption, { again: true, seenAt });
    if (before !== null) await logStep(deps, item, 'resumed', null);
  });
}

/**
 * Raises the generation: the next create makes a new dev item, and the old one stays dismissed. `generation` is the one
 * that the operator saw, so that a repeated attempt raises it only once.
 */
export async function recreateItem(
  deps: Needs<'connections' | 'continuity' | 'links' | 'log' | 'now' | 'opening' | 'pairings' | 'refusals', 'current'>,
  item: ItemRef,
  generation: number,
): Promise<StepResult> {
  const link = await deps.ledger.links.get(item);
  const isDone = link?.generation === generation + 1;
  if (!isDone) {
    if (link === null) throw refused('there is no such item');
    if (!RECREATE_FROM.includes(link.phase) && !(await isKnownAndNotFound(deps, link))) {
      throw refused(
        `recreate works from ${RECREATE_FROM.join(', ')}, and where the dev item is known and was deleted; ` +
          `this item is ${link.phase}: relink or release it`,
      );
    }
    await deps.ledger.pairings.raiseGeneration(item, { generation });
    await deps.ledger.refusals.admit(item);
    await logStep(deps, item, 'recreate', `generation ${link.generation + 1}`);
  }
  return { state: await stateNow(deps, item) };
}

/** Relinks, or refuses with the reason: when a relink is not possible now, the item keeps its phase. */
export async function relinkItem(
  deps: ActivityDeps,
  item: ItemRef,
  devItemId: string,
  seenAt?: string,
): Promise<StepResult> {
  return heartbeating(async () => {
    const ctx = await withNotedCreate(deps, item, { devItemId, seenAt });
    if (ctx === 'outdated') return { state: await stateNow(deps, item), outdated: true };
    if (ctx === null) throw refused(`pipeline "${item.pipeline}" is not configured: put it back first`);
    const wait = await waitAtGate(ctx);
    if (wait !== null) throw refused(`not relinked: ${wait.why}`);
    return unlessOutdated(deps, item, async () => {
      try {
        await relinkTo(ctx, devItemId);
      } catch (error) {
        // A run of an older release does not know `outdated`, and would say that the item was relinked.
        if (error instanceof Outdated && seenAt === undefined) throw rowChanged();
        throw error instanceof ToolError ? refused(`not relinked: ${error.message}`) : error;
      }
    });
  });
}

/** A row that was put back takes the create that is noted beside it first: that may be under way still. */
async function withNotedCreate(
  deps: ActivityDeps,
  item: ItemRef,
  { devItemId, seenAt }: { readonly devItemId: string; readonly seenAt: string | undefined },
): Promise<ItemContext | 'outdated' | null> {
  const ctx = await loadContext(deps, item);
  const isNewer = seenAt !== undefined && ctx !== null && ctx.link.updatedAt !== seenAt;
  // A repeated attempt may find what the one before has done: nobody has locked, paused or released it since.
  const isRepeated = ctx?.link.devItemId === devItemId && ctx.link.phase === 'locking';
  if (isNewer && !isRepeated) return 'outdated';
  const isRecalled = ctx?.opened.hasNotedCreate === true && (await deps.ledger.continuity.recall(item));
  return isRecalled ? loadContext(deps, item) : ctx;
}

async function relinkTo(ctx: ItemContext, devItemId: string): Promise<void> {
  const open = await lookAtOpenCreate(ctx);
  if ('underWayUntil' in open) throw refused(`not relinked: ${mayStillCome(open.underWayUntil)}`);
  const { found } = await ctx.tool.readItems([devItemId], { ...ctx.call, callClass: 'manual' });
  const [devItem] = found;
  if (devItem === undefined) throw refused(`${ctx.pipeline.devTool} has no item with id "${devItemId}"`);
  const previous = ctx.link.devItemId;
  const visibleMs = visibleAfterMs(ctx.toolSettings);
  const asRead = { made: open.made, visibleMs, token: ctx.link.claimToken };
  const stored = await ctx.deps.ledger.pairings.relink(ctx.item, ctx.pipeline.devTool, devItem, asRead);
  if (stored.status === 'superseded' && stored.link.claimToken !== ctx.link.claimToken) throw new Outdated();
  if (stored.status === 'superseded') throw refused(`not relinked: ${mayStillCome(null)}`);
  if (stored.status === 'held') {
    throw refused(
      `${devItem.key ?? devItem.id} is held by ${stored.by.pipeline}/${stored.by.craftItemId}: release that item first`,
    );
  }
  await ctx.deps.ledger.refusals.admit(ctx.item);
  await logStep(ctx.deps, ctx.item, 'relinked', `${previous ?? 'nothing'} → ${devItem.id}`);
}

function mayStillCome(until: string | null): string {
  const when = until === null ? 'in a few minutes' : `after ${until}`;
  return `a create was sent for it and not answered, and its dev item may still come to be: try again ${when}`;
}

/** The next attempt begins with the row as it is by then. */
function rowChanged(): ApplicationFailure {
  return ApplicationFailure.create({ type: 'unexpected', message: 'the row was changed meanwhile' });
}

function refused(message: string): ApplicationFailure {
  return ApplicationFailure.create({ type: VERB_REFUSED, message, nonRetryable: true });
}
