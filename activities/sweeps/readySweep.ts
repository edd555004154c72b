/**
 * The ready sweep's activities: collect first, start afterwards (design 4).
 * Locked items leave the filter while its pages are being read, so nothing is started before everything is collected.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { activityInfo, cancellationSignal, log } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { CraftListing } from '../../connectors/port/craft.js';
import type { MalformedCraftItem } from '../../domain/craftItem.js';
import type { PipelineSettings } from '../../domain/settings.js';
import { matchesRule } from '../../domain/rules/readiness.js';
import { readySweepScheduleId, type ItemRef } from '../../domain/ids.js';
import type { ByHandInput } from '../../domain/messages.js';
import type { CollectedItem, Snapshots } from '../../ledger/ledger.js';
import { heartbeating } from '../step/itemContext.js';
import type { Needs } from '../ports.js';
import { checkedFingerprint } from '../handOver/checkedFingerprint.js';
import { wakeToTry } from '../step/refusedPipeline.js';
import { runSweepStep, sweepCall } from '../step/sweepStep.js';
import { fingerprintOf } from '../writes/fingerprint.js';
import { wakeBlockedItems } from './wakeBlockedItems.js';

const MAX_PASSES = 3;
/** At most this many malformed entries are reported. */
const MOST_PROBLEMS = 5;
const ROOM_POLL_MS = 250;
/** How long one activity waits for room before it returns, so that the sweep can show its progress. */
const ROOM_WAIT_MS = 20_000;
/** Rows that nobody has touched for this long are looked for in Temporal (design 4, Nothing is forgotten). */
const UNTOUCHED_MS = 10 * 60_000;

export interface Collected {
  readonly found: number;
  readonly known: number;
  /** Without any row in the ledger. */
  readonly unseen: number;
  /** Malformed entries without an id, which cannot be started. */
  readonly failed: number;
  /** What is wrong with the first ones. */
  readonly problems?: readonly string[];
  readonly maxNew: number;
  readonly devTool: string;
}

export interface SweepRef {
  readonly pipeline: string;
  readonly sweepId: string;
}

export async function collectReady(
  deps: Needs<'connections' | 'links' | 'refusals' | 'snapshots', 'current' | 'alerts' | 'itemSyncs'>,
  sweep: SweepRef & ByHandInput,
): Promise<Collected> {
  const { settings, craft } = await deps.current();
  const pipeline = pipelineOf(settings.pipelines, sweep.pipeline);
  const scheduleId = readySweepScheduleId(sweep.pipeline);
  if (activityInfo().attempt === 1) {
    await deps.ledger.connections.noteSweep({ scheduleId, result: null, heldBack: null });
  }
  // Items ask whether a running sweep has collected their parent (design 4, Hierarchy).
  await deps.ledger.snapshots.noteUnderWay(sweep.pipeline, sweep.sweepId);
  const collect = async (): Promise<Collected> => {
    const nameless = new Set<string>();
    const read = new Set<string>();
    // What this attempt has seen, not what is stored: an earlier attempt may have stored everything else and missed a
    // page.
    const seen = new Map<string, string | null>();
    for (let pass = 1; pass <= MAX_PASSES; pass += 1) {
      const before = seen.size;
      await collectPass(deps.ledger.snapshots, craft, pipeline, sweep, { seen, nameless, read });
      if (seen.size === before) break;
    }
    const pipelines = Object.keys(settings.pipelines);
    await wakeBlockedItems(deps, { pipeline: sweep.pipeline, pipelines }, seen);
    await wakeToTry(deps, sweep.pipeline);
    const counts = await deps.ledger.snapshots.counts(sweep.pipeline, sweep.sweepId);
    const { maxNewPerSweep: maxNew, devTool } = pipeline;
    return { ...counts, failed: nameless.size, problems: [...nameless].slice(0, MOST_PROBLEMS), maxNew, devTool };
  };
  return runSweepStep(deps, 'craft', collect, 'may-probe', scheduleId);
}

function pipelineOf(pipelines: Readonly<Record<string, PipelineSettings>>, name: string): PipelineSettings {
  const pipeline = pipelines[name];
  if (pipeline !== undefined) return pipeline;
  throw ApplicationFailure.nonRetryable(`pipeline "${name}" is not configured`, 'pipeline-removed');
}

interface Seen {
  readonly seen: Map<string, string | null>;
  readonly nameless: Set<string>;
  /** Matching or not. */
  readonly read: Set<string>;
}

async function collectPass(
  snapshots: Snapshots,
  craft: CraftListing,
  pipeline: PipelineSettings,
  sweep: SweepRef & ByHandInput,
  { seen, nameless, read }: Seen,
): Promise<void> {
  const call = sweepCall('sweep', readySweepScheduleId(sweep.pipeline), sweep);
  for await (const page of craft.listReady(pipeline.source, pipeline.ready, call, read)) {
    for (const { id } of page.items) read.add(id);
    const matching = page.items.filter((item) => matchesRule(item, pipeline.ready));
    const named = page.malformed.filter(hasId);
    await snapshots.noteUnderWay(sweep.pipeline, sweep.sweepId);
    await snapshots.collect(sweep.pipeline, sweep.sweepId, matching);
    await snapshots.collectMalformed(sweep.pipeline, sweep.sweepId, named);
    for (const item of matching) seen.set(item.id, checkedFingerprint(item, pipeline));
    for (const { id, problem } of named) seen.set(id, fingerprintOf(problem));
    for (const entry of page.malformed)
      if (entry.id === null) nameless.add(`${entry.shortId ?? 'an entry without a name'}: ${entry.problem}`);
  }
}

function hasId(entry: MalformedCraftItem): entry is MalformedCraftItem & { readonly id: string } {
  return entry.id !== null;
}

/** Waits until fewer than `max` items of the sweep are in hand, but not too long; how many are. */
export async function awaitRoom(deps: Needs<'snapshots'>, sweep: SweepRef & { readonly max: number }): Promise<number> {
  return heartbeating(async () => {
    const giveUpAt = performance.now() + ROOM_WAIT_MS;
    await deps.ledger.snapshots.noteUnderWay(sweep.pipeline, sweep.sweepId);
    for (;;) {
      const inHand = await deps.ledger.snapshots.inHand(sweep.pipeline, sweep.sweepId);
      if (inHand < sweep.max || performance.now() >= giveUpAt) return inHand;
      await sleep(ROOM_POLL_MS, undefined, { signal: cancellationSignal() });
    }
  });
}

export async function nextUnknown(
  deps: Needs<'snapshots'>,
  page: SweepRef & { readonly after: string | null; readonly limit: number },
): Promise<readonly CollectedItem[]> {
  return deps.ledger.snapshots.nextUnknown(page.pipeline, page.sweepId, page.after, page.limit);
}

export async function markStarted(
  deps: Needs<'snapshots'>,
  started: SweepRef & { readonly craftItemIds: readonly string[] },
): Promise<void> {
  await deps.ledger.snapshots.markStarted(started.pipeline, started.sweepId, started.craftItemIds);
}

export interface EndedSweep {
  readonly scheduleId: string;
  readonly result: Record<string, unknown> | null;
  readonly heldBack: string | null;
  /** Which ready sweep it was; absent for other sweeps, and in runs of older releases. */
  readonly sweep?: SweepRef;
}

export async function noteSweep(
  deps: Needs<'budgets' | 'connections' | 'log' | 'snapshots', 'current'>,
  { sweep, ...record }: EndedSweep,
): Promise<void> {
  await deps.ledger.connections.noteSweep(record);
  if (sweep !== undefined) await deps.ledger.snapshots.noteEnded(sweep.pipeline, sweep.sweepId);
  const { settings } = await deps.current();
  await deps.ledger.snapshots.prune();
  await deps.ledger.log.prune(settings.keepLogMs);
  await deps.ledger.budgets.prune();
}

/**
 * Starts `itemSync` for rows in a non-final phase whose workflow is not running; how many were started. What cannot be
 * asked or started now is left to the next sweep: it must not keep this one from the items that are ready (I6).
 */
export async function reviveLost(deps: Needs<'live', 'itemSyncs'>, pipeline: string): Promise<number> {
  return heartbeating(async () => {
    const idle = await deps.ledger.live.idle(pipeline, UNTOUCHED_MS);
    const lost = idle.length === 0 ? [] : await notRunning(deps, pipeline, idle);
    const failed = await deps.itemSyncs.startEach(lost, cancellationSignal());
    if (failed.length > 0) log.warn('lost items could not be started again', { pipeline, items: failed.length });
    return lost.length - failed.length;
  });
}

async function notRunning(
  { itemSyncs }: Needs<never, 'itemSyncs'>,
  pipeline: string,
  items: readonly ItemRef[],
): Promise<readonly ItemRef[]> {
  try {
    return await itemSyncs.notRunning(pipeline, items);
  } catch (error) {
    cancellationSignal().throwIfAborted();
    log.warn('Temporal cannot say which runs are lost', { pipeline, why: String(error) });
    return [];
  }
}
