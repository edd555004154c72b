/**
 * Wakes the items whose settings changed (design 4, A changed mapping; design 7, Changes of the configuration). No
 * outside system is called here: the ledger shows which items are concerned, and each item's own run does the rest.
 */
import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import { itemSyncWorkflowId, type ItemRef } from '../../domain/ids.js';
import { itemSyncStartOptions } from '../../domain/itemSyncStart.js';
import { knownSnapshot, type ItemLink } from '../../domain/link.js';
import { devItemChangedSignal, ITEM_SYNC_WORKFLOW, resyncSignal } from '../../domain/messages.js';
import { isFinal, MAPPED_PHASES, maybeUncompared, OPEN_PHASES } from '../../domain/phases.js';
import { isDone, mapProgress, progressFields } from '../../domain/rules/progress.js';
import { refusedSettings } from '../../domain/rules/refusals.js';
import type { ProgressRule, Settings } from '../../domain/settings.js';
import { createItemSyncs } from '../../runtime/itemSyncs.js';
import { inBatches } from '../inBatches.js';
import { wakeWaiting } from '../verbs/pauses.js';
import type { Ledger } from '../../ledger/ledger.js';

/** In the memo of the runs that `apply` starts. */
const STARTED_BY = 'apply';
/** For rows that nothing has touched for this long, Temporal is asked if they run (design 4, Nothing is forgotten). */
const UNTOUCHED_MS = 10 * 60_000;

export interface Reach {
  readonly client: Client;
  readonly ledger: Ledger;
  readonly settings: Settings;
}

/** Live items of removed pipelines that have not paused for that yet. Returns how many of each pipeline. */
export async function wakeRemoved(reach: Reach): Promise<ReadonlyMap<string, number>> {
  const { settings } = reach;
  const links = await liveLinks(reach, (pipeline) => !Object.hasOwn(settings.pipelines, pipeline));
  return wake(
    reach,
    links.filter((link) => !isPausedByRemoval(link)),
  );
}

/** Items that paused because their pipeline was removed, now that it is back. */
export async function wakeRestored(reach: Reach): Promise<ReadonlyMap<string, number>> {
  const { settings } = reach;
  const links = await liveLinks(reach, (pipeline) => Object.hasOwn(settings.pipelines, pipeline), ['paused']);
  return wake(reach, links.filter(isPausedByRemoval));
}

function isPausedByRemoval(link: ItemLink): boolean {
  return link.phase === 'paused' && link.blockedBy === 'pipeline-removed';
}

async function liveLinks(
  { ledger }: Reach,
  isMeant: (pipeline: string) => boolean,
  phases: readonly ItemLink['phase'][] = OPEN_PHASES,
): Promise<readonly ItemLink[]> {
  const counts = await ledger.links.countByPhase();
  const pipelines = new Set(counts.filter(({ phase }) => phases.includes(phase)).map(({ pipeline }) => pipeline));
  const lists = await Promise.all(
    [...pipelines].filter(isMeant).map((pipeline) => ledger.links.list({ pipeline, phases })),
  );
  return lists.flat();
}

/** A resync makes a run read its settings again, whatever it waits for. */
async function wake({ client }: Reach, links: readonly ItemLink[]): Promise<ReadonlyMap<string, number>> {
  await inBatches(links, async (link) => {
    await client.workflow.signalWithStart(ITEM_SYNC_WORKFLOW, {
      ...startOptionsOf(link),
      signal: resyncSignal,
      signalArgs: [{ reason: 'the configuration changed' }],
    });
  });
  return countsOf(links);
}

/** Ends the pauses of refused pipelines whose settings have changed, or that are gone. Returns how many were woken. */
export async function endRefusals({ client, ledger, settings }: Reach): Promise<ReadonlyMap<string, number>> {
  const woken = new Map<string, number>();
  for (const pause of await ledger.connections.listPaused()) {
    if (pause.refused === undefined) continue;
    const { pipeline: name, settings: before } = pause.refused;
    const pipeline = settings.pipelines[name];
    const now = pipeline === undefined ? null : refusedSettings(pipeline, settings.devTools[pipeline.devTool]);
    if (now === before || !(await ledger.connections.resume(pause.connection))) continue;
    if (pipeline !== undefined) woken.set(name, await wakeWaiting(client, ledger, pause));
  }
  return woken;
}

/** Items of a pipeline without a dev item or a create under way: a wait of theirs is over. Returns how many. */
export async function wakeUncreated(reach: Reach, pipeline: string): Promise<number> {
  const links = await reach.ledger.links.list({ pipeline, phases: ['creating', 'blocked'] });
  const due = links.filter(
    ({ devItemId, sentAt, phase, blockedBy }) =>
      devItemId === null && sentAt === null && (phase !== 'blocked' || maybeUncompared(blockedBy)),
  );
  await wake(reach, due);
  return due.length;
}

/**
 * Items of these pipelines whose progress the new mapping changes. They are woken with what the ledger knows of them.
 */
export async function wakeRemapped(reach: Reach, pipelines: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const { client, ledger, settings } = reach;
  const links = await Promise.all(
    pipelines.map(async (pipeline) => {
      const rule = settings.pipelines[pipeline]?.progress ?? null;
      if (rule === null) return [];
      const live = await ledger.links.list({ pipeline, phases: MAPPED_PHASES });
      return live.filter((link) => mapsDifferently(link, rule));
    }),
  );
  const due = links.flat();
  await inBatches(due, async (link) => {
    await client.workflow.signalWithStart(ITEM_SYNC_WORKFLOW, {
      ...startOptionsOf(link),
      signal: devItemChangedSignal,
      signalArgs: [{ snapshot: knownSnapshot(link) }],
    });
  });
  return countsOf(due);
}

/**
 * Whether the rule makes something else of the dev item's status, as the ledger knows it, than what was last pushed.
 */
export function mapsDifferently(link: ItemLink, rule: ProgressRule): boolean {
  if (link.devItemId === null || link.devStatus === null || link.lockedAt === null) return false;
  const mapped = mapProgress(link.devStatus, rule);
  if (link.phase === 'blocked') {
    return link.blockedBy === 'refused' || (link.blockedBy === 'status-unmapped' && mapped.status !== 'unmapped');
  }
  if (mapped.status === 'unmapped') return true;
  const wanted = progressFields({ key: link.devItemKey, url: link.devItemUrl, status: link.devStatus }, rule);
  if (Object.entries(wanted).some(([field, value]) => link.lastProgress?.[field] !== value)) return true;
  return mapped.status === 'mapped' && isDone(mapped.value, rule) !== (link.phase === 'settling');
}

/** Starts runs for live rows whose run was lost: terminated by hand, or with Temporal's database. */
export async function startLost({ client, ledger, settings }: Reach): Promise<ReadonlyMap<string, number>> {
  const itemSyncs = createItemSyncs({ client, ledger, startedBy: STARTED_BY });
  const lost: ItemRef[] = [];
  for (const pipeline of Object.keys(settings.pipelines)) {
    const idle = await ledger.live.idle(pipeline, UNTOUCHED_MS);
    if (idle.length > 0) lost.push(...(await itemSyncs.notRunning(pipeline, idle)));
  }
  await inBatches(lost, (item) => itemSyncs.start(item));
  return countsOf(lost);
}

/**
 * Terminates the runs of a pipeline that is renamed: nothing may run under the old name while the rows move. `of`: of
 * these items, by their Craft.io ids; else of every row.
 */
export async function endRuns(
  { client, ledger }: Reach,
  pipeline: string,
  why: string,
  of?: readonly ItemRef[],
): Promise<void> {
  const items = of ?? (await ledger.links.list({ pipeline }));
  await inBatches(items, async ({ craftItemId }) => {
    try {
      await client.workflow.getHandle(itemSyncWorkflowId({ pipeline, craftItemId })).terminate(why);
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  });
}

/** Starts a run for each live row of a pipeline; runs that are under way are left alone. Returns how many rows. */
export async function startAll({ client, ledger }: Reach, pipeline: string): Promise<number> {
  const itemSyncs = createItemSyncs({ client, ledger, startedBy: STARTED_BY });
  const links = (await ledger.links.list({ pipeline })).filter((link) => !isFinal(link.phase));
  await inBatches(links, (link) => itemSyncs.start(link));
  return links.length;
}

function startOptionsOf(link: ItemLink) {
  return itemSyncStartOptions({
    item: link,
    shortId: link.craftShortId,
    devTool: link.devTool,
    startedBy: STARTED_BY,
  });
}

function countsOf(items: readonly ItemRef[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { pipeline } of items) counts.set(pipeline, (counts.get(pipeline) ?? 0) + 1);
  return counts;
}
