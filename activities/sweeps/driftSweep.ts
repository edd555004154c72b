/**
 * The drift sweep's activity: compares what Craft.io lists with what was handed over, by value, so that craftsync's own
 * writes wake nobody (design 3, Drift).
 */
import { cancellationSignal } from '@temporalio/activity';
import type { ReadCall } from '../../connectors/port/calls.js';
import type { CraftListing, CraftPage, CraftReader } from '../../connectors/port/craft.js';
import { isRefusedById, ToolError } from '../../domain/errors.js';
import type { CraftItem } from '../../domain/craftItem.js';
import { driftSweepScheduleId } from '../../domain/ids.js';
import type { DriftSweepResult } from '../../domain/messages.js';
import type { ItemLink } from '../../domain/link.js';
import { COMPARED_PHASES } from '../../domain/phases.js';
import { differingFields, isKept, pathShown } from '../../domain/rules/drift.js';
import { feedbackIdsOf } from '../../domain/rules/feedbackLinks.js';
import { ownFields } from '../../domain/rules/progress.js';
import type { PipelineSettings } from '../../domain/settings.js';
import { holds } from '../writes/craftWrite.js';
import type { Current, Needs } from '../ports.js';
import { runSweepStep, sweepCall } from '../step/sweepStep.js';
import { assertAllWoken } from './assertAllWoken.js';
import { cursorAfter, driftSettings, noteSeen, planOf, readCursor } from './driftBounds.js';
import type { DriftPlan, SeenItems } from './driftBounds.js';

const MAX_PASSES = 3;
const NOTHING_COMPARED: DriftSweepResult = { compared: 0, differing: 0, signalled: 0 };

export async function compareListing(
  deps: Needs<'connections' | 'itemFeedback' | 'links' | 'now', 'current' | 'itemSyncs' | 'alerts'>,
  pipelineName: string,
): Promise<DriftSweepResult> {
  const current = await deps.current();
  const pipeline = current.settings.pipelines[pipelineName];
  if (pipeline === undefined || pipeline.lock === null) return NOTHING_COMPARED;
  const links = await deps.ledger.links.list({ pipeline: pipelineName, phases: COMPARED_PHASES });
  const locked = links.filter((link) => link.lockedAt !== null);
  // Outside the step: a step that asks Craft.io nothing must not end a pause of the connection.
  if (locked.length === 0) return NOTHING_COMPARED;
  const compare = async (): Promise<DriftSweepResult> => {
    const settled = pipeline.feedback === 'link' ? await deps.ledger.itemFeedback.settled(pipelineName) : null;
    const isDue = (link: ItemLink, item: CraftItem): boolean =>
      needsLook(link, item, pipeline) || (settled !== null && hasNewFeedback(item, settled.get(item.id)));
    const bounds = await openBounds(deps, current, { pipeline, followed: locked.length });
    const due: ItemLink[] = [];
    let failure: Error | null = null;
    try {
      await collectDue(current.craft, pipeline, locked, { isDue, due, ...bounds });
    } catch (error) {
      cancellationSignal().throwIfAborted();
      failure = error instanceof Error ? error : new Error(String(error));
    }
    // What is due is told even if the rest could not be read (invariant I6).
    const wakes = due.map((item) => ({ item, changed: 'craft-item' as const }));
    assertAllWoken((await deps.itemSyncs.wake(wakes, { signal: cancellationSignal() })).length);
    if (failure !== null) throw failure;
    await bounds.close();
    return { compared: locked.length, differing: due.length, signalled: due.length };
  };
  return runSweepStep(deps, 'craft', compare, 'may-probe', driftSweepScheduleId(pipelineName));
}

function listingCall({ name }: PipelineSettings): ReadCall {
  return sweepCall('sweep', driftSweepScheduleId(name));
}

interface Bounds {
  readonly plan: DriftPlan;
  readonly seen: SeenItems;
  /** To be called when everything was read, and all that is due was told. */
  readonly close: () => Promise<void>;
}

async function openBounds(
  { ledger }: Needs<'connections' | 'now'>,
  { settings: all, craft }: Current,
  { pipeline, followed }: { readonly pipeline: PipelineSettings; readonly followed: number },
): Promise<Bounds> {
  const key = driftSweepScheduleId(pipeline.name);
  const [cursor, now] = [readCursor(await ledger.connections.recall('craft', key)), await ledger.now()];
  const settings = driftSettings(pipeline, all.craft);
  const startedMs = performance.now();
  // No document says that linked feedback changes the item's time.
  const knowsUpdates = pipeline.feedback !== 'link' && craft.knowsUpdates(pipeline.source);
  const plan = planOf(cursor, { now, settings, followed, knowsUpdates });
  const seen: SeenItems = { newestMs: null, timeless: false, entries: 0 };
  const close = async (): Promise<void> => {
    const tookMs = performance.now() - startedMs;
    const next = cursorAfter(cursor, { plan, seen, tookMs, beganAt: now, settings });
    await ledger.connections.remember('craft', key, JSON.stringify(next));
  };
  return { plan, seen, close };
}

interface Comparison extends Omit<Bounds, 'close'> {
  readonly isDue: (link: ItemLink, item: CraftItem) => boolean;
  readonly due: ItemLink[];
}

/** Adds the links whose runs have to look to `due`, those of the listing first. */
async function collectDue(
  craft: CraftListing & CraftReader,
  pipeline: PipelineSettings,
  links: readonly ItemLink[],
  comparison: Comparison,
): Promise<void> {
  const { plan, due } = comparison;
  const open = new Map(links.map((link) => [link.craftItemId, link]));
  if (plan.read !== 'singly') await compareListed(craft, pipeline, open, comparison);
  // A portfolio's list is always read whole.
  if (plan.read === 'changed' && !('portfolio' in pipeline.source)) {
    due.push(...[...open.values()].filter((link) => isUnderPolicy(link, pipeline)));
    return;
  }
  for (const link of open.values()) if (await isDueUnlisted(craft, link, pipeline, comparison)) due.push(link);
}

/**
 * Takes what the listing shows out of `open`. An item that is updated while its pages are read may move others over the
 * edge of a page that was read already. A whole listing shows by what is left in `open` that it lacks them; one of what
 * was updated is repeated until a pass finds nothing new.
 */
async function compareListed(
  craft: CraftListing,
  pipeline: PipelineSettings,
  open: Map<string, ItemLink>,
  comparison: Comparison,
): Promise<void> {
  const { plan, seen } = comparison;
  const followed = open.size;
  const narrowed = { updatedFrom: plan.read === 'changed' ? plan.from : null, only: new Set(open.keys()) };
  const listed = new Set<string>();
  for (let pass = 1; pass <= MAX_PASSES; pass += 1) {
    const before = listed.size;
    let pages = 0;
    for await (const page of craft.listAll(pipeline.source, listingCall(pipeline), narrowed)) {
      pages += 1;
      for (const { id } of page.items) listed.add(id);
      comparePage(page, pipeline, open, comparison);
    }
    if (plan.read !== 'changed' || 'portfolio' in pipeline.source || pages < 2 || listed.size === before) break;
  }
  if (seen.entries === 0 && plan.read === 'listing') throw blind(pipeline.name, followed);
}

function comparePage(
  { items, malformed, leftOut = [] }: CraftPage,
  pipeline: PipelineSettings,
  open: Map<string, ItemLink>,
  { seen, isDue, due }: Comparison,
): void {
  seen.entries += items.length + malformed.length + leftOut.length;
  for (const id of leftOut) {
    const link = open.get(id);
    open.delete(id);
    if (link !== undefined && isUnderPolicy(link, pipeline)) due.push(link);
  }
  for (const entry of malformed) if (entry.id !== null) open.delete(entry.id);
  for (const item of items) {
    const link = open.get(item.id);
    open.delete(item.id);
    noteSeen(seen, item);
    if (link !== undefined && isDue(link, item)) due.push(link);
  }
}

/** What the pipeline's policy does about a difference is not done yet: its run looks again, whatever was updated. */
function isUnderPolicy({ drift, driftFields }: ItemLink, { lock }: PipelineSettings): boolean {
  return drift && lock?.onDrift !== 'flag' && !driftFields.every(isKept);
}

/**
 * For an item that the listing does not show: one that is gone or cannot be read is left to its own run, which says so.
 * A run that has said that the key may not read its item looks again by itself.
 */
async function isDueUnlisted(
  craft: CraftReader,
  link: ItemLink,
  pipeline: PipelineSettings,
  { isDue, seen }: Comparison,
): Promise<boolean> {
  try {
    const item = await craft.readItem(pipeline.source, link.craftItemId, listingCall(pipeline));
    if (item !== null) noteSeen(seen, item);
    return item === null || isDue(link, item);
  } catch (error) {
    if (isRefusedById(error)) return link.phase !== 'blocked' || link.blockedBy !== 'refused';
    if (error instanceof ToolError && error.kind === 'unexpected-response') {
      return link.phase !== 'blocked' || link.blockedBy !== 'bad-answer';
    }
    throw error;
  }
}

/** Feedback that was linked since, or has not been passed on yet. */
function hasNewFeedback(item: CraftItem, settled: ReadonlySet<string> | undefined): boolean {
  return feedbackIdsOf(item).some((id) => settled?.has(id) !== true);
}

/** A listing that shows nothing may mean that the key sees less than before: then nothing is called deleted. */
function blind(pipeline: string, followed: number): ToolError {
  const message = `Craft.io lists no item at all for pipeline ${pipeline}, which follows ${followed}: the key may see less than before`;
  return new ToolError('unexpected-response', message, { connection: 'craft' });
}

/**
 * Whether the run has to look: differences that it does not know of, or fields of ours that were changed. What `revert`
 * could not write back is known: to write it again would fail again.
 */
function needsLook(link: ItemLink, item: CraftItem, pipeline: PipelineSettings): boolean {
  const differing = link.handedOver === null ? [] : differingFields(link.handedOver, item, pipeline);
  const isKnown = differing.join() === link.driftFields.map(pathShown).join() && link.drift === differing.length > 0;
  const ours = ownFields(link.lastProgress, pipeline.progress);
  const isOverwritten = Object.entries(ours).some(([name, value]) => !holds(item, name, value));
  return !isKnown || isOverwritten || hasToAct(link, differing, pipeline);
}

/** Whether the pipeline's policy does more about these known differences than show them. */
function hasToAct(link: ItemLink, differing: readonly string[], { lock }: PipelineSettings): boolean {
  if (differing.length === 0) return false;
  return lock?.onDrift === 'forward' || (lock?.onDrift === 'revert' && !link.driftFields.every(isKept));
}
