/**
 * What `apply` tells the items whose settings changed (design 4 and 7). No call to an outside system is made here: what
 * must be known stands in the ledger, and each item's own run does what follows.
 */
import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import { itemSyncWorkflowId, type ItemRef } from '../../domain/ids.js';
import { itemSyncStartOptions } from '../../domain/itemSyncStart.js';
import type { ItemLink } from '../../domain/link.js';
import { devItemChangedSignal, ITEM_SYNC_WORKFLOW, resyncSignal } from '../../domain/messages.js';
import { FINAL_PHASES, isFinal, PHASES } from '../../domain/phases.js';
import { isDone, mapProgress, progressFields } from '../../domain/rules/progress.js';
import type { ProgressRule, Settings } from '../../domain/settings.js';
import { createItemSyncs } from '../../runtime/itemSyncs.js';
import type { Ledger } from '../../ledger/ledger.js';

/** In the memo of the runs that `apply` starts. */
const STARTED_BY = 'apply';
/** How many messages are under way at a time. */
const AT_ONCE = 20;
/** Rows that nobody has touched for this long are looked for in Temporal (design 4, Nothing is forgotten). */
const UNTOUCHED_MS = 10 * 60_000;

const LIVE_PHASES = PHASES.filter((phase) => !(FINAL_PHASES as readonly string[]).includes(phase));

export interface Reach {
  readonly client: Client;
  readonly ledger: Ledger;
  readonly settings: Settings;
}

/** Live items of pipelines that are no longer configured, and have not been told yet; how many for each pipeline. */
export async function tellRemoved(reach: Reach): Promise<ReadonlyMap<string, number>> {
  const { settings } = reach;
  const links = await liveLinks(reach, (pipeline) => !Object.hasOwn(settings.pipelines, pipeline));
  return tell(
    reach,
    links.filter((link) => !isPausedByRemoval(link)),
  );
}

/** Items that were paused because their pipeline was taken out, and it is back. */
export async function tellRestored(reach: Reach): Promise<ReadonlyMap<string, number>> {
  const { settings } = reach;
  const links = await liveLinks(reach, (pipeline) => Object.hasOwn(settings.pipelines, pipeline), ['paused']);
  return tell(reach, links.filter(isPausedByRemoval));
}

function isPausedByRemoval(link: ItemLink): boolean {
  return link.phase === 'paused' && link.blockedBy === 'pipeline-removed';
}

async function liveLinks(
  { ledger }: Reach,
  isMeant: (pipeline: string) => boolean,
  phases: readonly ItemLink['phase'][] = LIVE_PHASES,
): Promise<readonly ItemLink[]> {
  const counts = await ledger.links.countByPhase();
  const pipelines = new Set(counts.filter(({ phase }) => phases.includes(phase)).map(({ pipeline }) => pipeline));
  const lists = await Promise.all(
    [...pipelines].filter(isMeant).map((pipeline) => ledger.links.list({ pipeline, phases })),
  );
  return lists.flat();
}

/** A resync makes a run read its settings again, whatever it waits for. */
async function tell({ client }: Reach, links: readonly ItemLink[]): Promise<ReadonlyMap<string, number>> {
  await eachOf(links, async (link) => {
    await client.workflow.signalWithStart(ITEM_SYNC_WORKFLOW, {
      ...startOptionsOf(link),
      signal: resyncSignal,
      signalArgs: [{ reason: 'the configuration changed' }],
    });
  });
  return countsOf(links);
}

/** Items of these pipelines whose progress the new mapping changes, woken with what the ledger knows. */
export async function wakeRemapped(reach: Reach, pipelines: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const { client, ledger, settings } = reach;
  const links = await Promise.all(
    pipelines.map(async (pipeline) => {
      const rule = settings.pipelines[pipeline]?.progress ?? null;
      if (rule === null) return [];
      const live = await ledger.links.list({ pipeline, phases: ['following', 'settling', 'blocked'] });
      return live.filter((link) => isMappedAnew(link, rule));
    }),
  );
  const due = links.flat();
  await eachOf(due, async (link) => {
    await client.workflow.signalWithStart(ITEM_SYNC_WORKFLOW, {
      ...startOptionsOf(link),
      signal: devItemChangedSignal,
      signalArgs: [{ snapshot: snapshotOf(link) }],
    });
  });
  return countsOf(due);
}

/** Whether the dev item's status, as the ledger knows it, asks for anything else than what was last pushed. */
export function isMappedAnew(link: ItemLink, rule: ProgressRule): boolean {
  if (link.devItemId === null || link.devStatus === null || link.lockedAt === null) return false;
  const mapped = mapProgress(link.devStatus, rule);
  if (link.phase === 'blocked') return link.blockedBy === 'status-unmapped' && mapped.status !== 'unmapped';
  if (mapped.status === 'unmapped') return true;
  const wanted = progressFields({ key: link.devItemKey, url: link.devItemUrl, status: link.devStatus }, rule);
  if (Object.entries(wanted).some(([field, value]) => link.lastProgress?.[field] !== value)) return true;
  return mapped.status === 'mapped' && isDone(mapped.value, rule) !== (link.phase === 'settling');
}

function snapshotOf(link: ItemLink) {
  return {
    id: link.devItemId ?? '',
    key: link.devItemKey,
    url: link.devItemUrl,
    status: link.devStatus ?? '',
    updatedAt: link.devUpdatedAt,
    ...(link.devScope !== null && { scope: link.devScope }),
    fromLedger: true as const,
  };
}

/** Starts runs for live rows whose run is lost (terminated by hand, or with a Temporal database); how many. */
export async function startLost({ client, ledger, settings }: Reach): Promise<ReadonlyMap<string, number>> {
  const itemSyncs = createItemSyncs({ client, ledger, startedBy: STARTED_BY });
  const lost: ItemRef[] = [];
  for (const pipeline of Object.keys(settings.pipelines)) {
    const idle = await ledger.live.idle(pipeline, UNTOUCHED_MS);
    if (idle.length > 0) lost.push(...(await itemSyncs.notRunning(pipeline, idle)));
  }
  await eachOf(lost, (item) => itemSyncs.start(item));
  return countsOf(lost);
}

/** Ends the runs of a pipeline that gets another name: nothing may run under the old one while its rows move. */
export async function endRuns({ client, ledger }: Reach, pipeline: string, why: string): Promise<void> {
  const links = await ledger.links.list({ pipeline });
  await eachOf(links, async (link) => {
    try {
      await client.workflow.getHandle(itemSyncWorkflowId(link)).terminate(why);
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  });
}

/** Starts a run for each live row of a pipeline; those that run are left alone. */
export async function startAll({ client, ledger }: Reach, pipeline: string): Promise<number> {
  const itemSyncs = createItemSyncs({ client, ledger, startedBy: STARTED_BY });
  const links = (await ledger.links.list({ pipeline })).filter((link) => !isFinal(link.phase));
  await eachOf(links, (link) => itemSyncs.start(link));
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

async function eachOf<T>(items: readonly T[], body: (item: T) => Promise<unknown>): Promise<void> {
  for (let at = 0; at < items.length; at += AT_ONCE) await Promise.all(items.slice(at, at + AT_ONCE).map(body));
}
