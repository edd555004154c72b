/**
 * Compares what was handed over with what Craft.io says now, and applies the pipeline's policy (design 3, Drift).
 * Progress, key, link and state fields are ours: if somebody changed them, they are written again under every policy.
 */
import type { CraftItem, CraftWrite } from '../../domain/craftItem.js';
import { ToolError } from '../../domain/errors.js';
import type { HandedOver, ItemLink } from '../../domain/link.js';
import { isAtRest } from '../../domain/phases.js';
import { canonicalJson, differingFields, handedOverOf, shownAsKept } from '../../domain/rules/drift.js';
import { readPath } from '../../domain/rules/paths.js';
import { ownFields } from '../../domain/rules/progress.js';
import { writeAgain } from './pushProgress.js';
import { commentOnce } from '../writes/comments.js';
import { readItem } from '../step/readCraftItem.js';
import { endForDeletedCraftItem } from './craftDeleted.js';
import { holds, withoutFields, writeToCraft } from '../writes/craftWrite.js';
import { passFeedbackOn } from '../feedback/passFeedbackOn.js';
import { fingerprintOf } from '../writes/fingerprint.js';
import { logStep, type ItemContext } from '../step/itemContext.js';
import { Superseded } from '../writes/lease.js';
import { putOff, type StepBody, type StepOutcome } from '../step/step.js';

export function checkDrift(options: { acceptDrift: boolean }): StepBody {
  return async (ctx) => {
    if (ctx.link.lockedAt === null || ctx.pipeline.lock === null) return undefined;
    const item = await readItem(ctx);
    if (item === null) return endForDeletedCraftItem(ctx);
    await passFeedbackOn(ctx, item);
    if (options.acceptDrift) await takeOver(ctx, item, 'accepted');
    const handedOver = options.acceptDrift ? asItIs(ctx, item) : ctx.link.handedOver;
    const differing = handedOver === null ? [] : differingFields(handedOver, item, ctx.pipeline);
    const policy = differing.length === 0 ? 'flag' : ctx.pipeline.lock.onDrift;
    const ours = overwrittenFields(ctx, item);
    switch (policy) {
      case 'flag':
        await flag(ctx, differing);
        return writeAgain(ctx, ours);
      case 'revert':
        return revert(ctx, item, differing, ours);
      case 'forward':
        return forward(ctx, item, differing, ours);
    }
  };
}

/**
 * Fields that craftsync wrote and somebody has changed since. Values of its own unanswered write are nobody's change.
 */
function overwrittenFields({ link, pipeline }: ItemContext, item: CraftItem): readonly string[] {
  const open = link.unanswered?.customFields ?? {};
  const isOwn = (name: string): boolean => Object.hasOwn(open, name) && holds(item, name, open[name] ?? null);
  const last = Object.entries(ownFields(link.lastProgress, pipeline.progress));
  return last.filter(([name, value]) => !holds(item, name, value) && !isOwn(name)).map(([name]) => name);
}

async function flag(ctx: ItemContext, differing: readonly string[]): Promise<void> {
  const same = differing.join() === ctx.link.driftFields.join() && ctx.link.drift === differing.length > 0;
  if (same) return;
  await ctx.deps.ledger.phases.patch(ctx.item, { drift: differing.length > 0, driftFields: differing });
  await logStep(ctx.deps, ctx.item, differing.length > 0 ? 'drift' : 'agrees', differing.join(', ') || null);
}

/** Writes handed-over values back. */
async function write(ctx: ItemContext, what: CraftWrite): Promise<StepOutcome | undefined> {
  const fields = { ...what.customFields };
  const isEmpty = Object.keys(fields).length === 0 && what.status === undefined && what.properties === undefined;
  if (isEmpty) return undefined;
  const outcome = await writeToCraft(ctx, what);
  switch (outcome.status) {
    case 'wait':
      return putOff(ctx, outcome.wait);
    case 'gone':
      return endForDeletedCraftItem(ctx);
    case 'written': {
      const lastProgress = withoutFields(ctx.link.lastProgress ?? {}, outcome.dropped);
      const pushed = { lastProgress, open: outcome.open };
      if (!(await ctx.deps.ledger.pushes.storePushed(ctx.item, outcome.token, pushed))) throw new Superseded();
      await logStep(ctx.deps, ctx.item, 'written-again', Object.keys(fields).join(', ') || null);
      return { pushed: true };
    }
  }
}

/** Writes the handed-over values and the lock back; what cannot be written back is still shown, with the reason. */
async function revert(
  ctx: ItemContext,
  item: CraftItem,
  differing: readonly string[],
  ours: readonly string[],
): Promise<StepOutcome | undefined> {
  const { lock } = ctx.pipeline;
  const { handedOver } = ctx.link;
  if (lock === null || handedOver === null) return undefined;
  const values = differing.filter((path) => path !== lock.field && path !== 'status');
  const { customFields, properties, left } = ctx.craft.toRestore(item, handedOver, values);
  const lockAlone: CraftWrite = {
    customFields: differing.includes(lock.field) ? { [lock.field]: lock.value } : {},
    ...(differing.includes('status') && lock.status !== null && { status: lock.status }),
  };
  const all: CraftWrite = {
    ...lockAlone,
    customFields: { ...lockAlone.customFields, ...customFields },
    ...(Object.keys(properties).length > 0 && { properties }),
  };
  const { flags, refused } = await writeBack(ctx, all, left.length < values.length ? lockAlone : null);
  if (flags?.wait !== undefined) return flags;
  const whyNot = new Map(left.map(({ path, why }) => [path, why]));
  const kept = refused ? values : values.filter((path) => whyNot.has(path));
  await flag(
    ctx,
    kept.map((path) => shownAsKept(path, whyNot.get(path) ?? 'Craft.io refused it')),
  );
  const written = differing.filter((path) => !kept.includes(path));
  if (written.length > 0) await logStep(ctx.deps, ctx.item, 'reverted', written.join(', '));
  if (ours.length === 0) return flags;
  const link = await ctx.deps.ledger.links.get(ctx.item);
  // A pause that came meanwhile is in this row, so that the lease would not notice it.
  if (link === null || isAtRest(link.phase)) return flags;
  return (await writeAgain({ ...ctx, link }, ours)) ?? flags;
}

/** If Craft.io refuses `all`, `without` is written instead, unless it is null: the lock must not wait for a value. */
async function writeBack(
  ctx: ItemContext,
  all: CraftWrite,
  without: CraftWrite | null,
): Promise<{ readonly flags: StepOutcome | undefined; readonly refused: boolean }> {
  try {
    return { flags: await write(ctx, all), refused: false };
  } catch (error) {
    if (without === null || !(error instanceof ToolError) || error.kind !== 'invalid') throw error;
    await logStep(ctx.deps, ctx.item, 'not-reverted', error.message);
    return { flags: await write(ctx, without), refused: true };
  }
}

/** Tells the dev item once, and takes over the new values. */
async function forward(
  ctx: ItemContext,
  item: CraftItem,
  differing: readonly string[],
  ours: readonly string[],
): Promise<StepOutcome | undefined> {
  const wait = await commentOnce(ctx, forwardEvent(ctx, item), forwardText(item, differing));
  if (wait !== null) return putOff(ctx, wait);
  await takeOver(ctx, item, 'forwarded');
  return writeAgain(ctx, ours);
}

/** The same for every attempt to forward these values now, but a different one when they come again after others. */
function forwardEvent({ link, pipeline }: ItemContext, item: CraftItem): string {
  const fingerprint = fingerprintOf(canonicalJson(handedOverOf(item, pipeline)));
  return `drift-${link.devItemId ?? ''}-${forwardsOf(link)}-${fingerprint.slice(0, 12)}`;
}

function forwardsOf({ handedOver }: ItemLink): number {
  return handedOver?.forwards ?? 0;
}

function forwardText(item: CraftItem, differing: readonly string[]): string {
  const lines = differing.map((path) => {
    const value = readPath(item, path === 'status' ? 'status' : path) ?? '(empty)';
    return `- ${path}: ${value}`;
  });
  return `Changed in Craft.io after the hand-over:\n\n${lines.join('\n')}`;
}

/** What the item has now, as the handed-over state; the state of its lock is accepted as it is too. */
function asItIs(ctx: ItemContext, item: CraftItem): HandedOver {
  const handedOver = handedOverOf(item, ctx.pipeline);
  const { lock } = ctx.pipeline;
  if (lock === null) return handedOver;
  return {
    ...handedOver,
    lockField: readPath(item, `customFields.${lock.field}`),
    lockStatus: lock.status === null ? null : (item.status?.name ?? null),
  };
}

async function takeOver(ctx: ItemContext, item: CraftItem, how: 'accepted' | 'forwarded'): Promise<void> {
  // Counted in the same statement that stores the values: from then on, and not before, the next event is a different
  // one.
  const forwards = forwardsOf(ctx.link) + (how === 'forwarded' ? 1 : 0);
  const handedOver = { ...asItIs(ctx, item), ...(forwards > 0 && { forwards }) };
  await ctx.deps.ledger.phases.patch(ctx.item, {
    handedOver,
    fingerprint: fingerprintOf(canonicalJson(handedOver)),
    drift: false,
    driftFields: [],
  });
  await logStep(ctx.deps, ctx.item, `drift-${how}`, null);
}
