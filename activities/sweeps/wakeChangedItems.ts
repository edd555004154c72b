/**
 * Wakes the runs of dev items that a feed shows changed (design 4, Waking). Everything but news of a closed link is
 * told to the run, which decides, beginning from its row.
 */
import type { DevItem, DevItemSnapshot } from '../../domain/devItem.js';
import type { ItemLink } from '../../domain/link.js';
import { progressOf } from '../../domain/itemState.js';
import { isHandsOff } from '../../domain/phases.js';
import { mapProgress } from '../../domain/rules/progress.js';
import type { PipelineSettings } from '../../domain/settings.js';
import type { PendingChange } from '../../ledger/ledger.js';
import type { Needs } from '../ports.js';

export interface ChangedItemsWoken {
  readonly changed: number;
  readonly signalled: number;
  /** What need not be told again when it is read again. */
  readonly pairs: readonly { devItemId: string; updatedAt: string }[];
  /** What could not be signalled. */
  readonly failed: readonly PendingChange[];
  /** Those whose status differs from what their rows knew. */
  readonly moved: readonly DevItem[];
}

function snapshotOf(devItem: DevItem): DevItemSnapshot {
  const { id, key, url, status, updatedAt, scope } = devItem;
  return { id, key, url, status, updatedAt, scope };
}

/** What a run is told of a dev item, as one word: the same again is no news. */
function factsOf({ id, key, url, status, updatedAt, scope }: DevItem): string {
  return JSON.stringify([id, status, updatedAt, key, url, scope]);
}

/** Wakes the runs of those items that are linked and changed. */
export async function wakeChangedItems(
  deps: Needs<'links' | 'phases', 'current' | 'itemSyncs'>,
  devTool: string,
  devItems: readonly DevItem[],
): Promise<ChangedItemsWoken> {
  const { settings } = await deps.current();
  const links = await deps.ledger.links.byDevItems(
    devTool,
    devItems.map((devItem) => devItem.id),
  );
  const byId = new Map(devItems.map((devItem) => [devItem.id, devItem]));
  const due = links.flatMap((link) => {
    const devItem = byId.get(link.devItemId ?? '');
    if (devItem === undefined || !isNews(link, devItem, settings.pipelines[link.pipeline])) return [];
    return [{ item: link, changed: 'dev-item' as const, snapshot: snapshotOf(devItem), devItem }];
  });
  const unwoken = new Set(await deps.itemSyncs.wake(due));
  const woken = due.filter((wake) => !unwoken.has(wake));
  await deps.ledger.phases.noteTold(woken.map(({ item, devItem }) => ({ item, told: factsOf(devItem) })));
  return {
    changed: due.length,
    signalled: woken.length,
    pairs: woken.flatMap(({ devItem: { id: devItemId, updatedAt } }) =>
      updatedAt === null || mayShareItsTime(updatedAt) ? [] : [{ devItemId, updatedAt }],
    ),
    failed: [...unwoken].map(({ devItem, snapshot }) => ({ devTool, devItemId: devItem.id, snapshot })),
    moved: due.filter(({ item, devItem }) => item.devStatus !== devItem.status).map(({ devItem }) => devItem),
  };
}

/**
 * A tool whose times are whole seconds may have changed the item again within the same second, and the pair of id and
 * time would hide that: such items are compared with their rows each time they are read.
 */
function mayShareItsTime(updatedAt: string): boolean {
  return Date.parse(updatedAt) % 1_000 === 0;
}

/**
 * Whether a dev item as read differs from what its run was told or, where nothing was told since the last push, from
 * what its row knows; and whether the run wants to hear about it. A paused one reads both sides when it is resumed.
 */
function isNews(link: ItemLink, devItem: DevItem, pipeline: PipelineSettings | undefined): boolean {
  if (isHandsOff(link.phase)) return false;
  if (link.told !== null) return link.told !== factsOf(devItem);
  if (link.phase === 'done') return differsFromPushed(link, devItem, pipeline);
  if (link.phase === 'orphaned') return true;
  const sameFacts =
    link.devStatus === devItem.status &&
    link.devItemKey === devItem.key &&
    link.devItemUrl === devItem.url &&
    link.devScope === devItem.scope;
  if (devItem.updatedAt === null || link.devUpdatedAt === null) return !sameFacts;
  const isNewer = Date.parse(devItem.updatedAt) > Date.parse(link.devUpdatedAt);
  const isSameTime = Date.parse(devItem.updatedAt) === Date.parse(link.devUpdatedAt);
  return isNewer || (isSameTime && !sameFacts);
}

function differsFromPushed(link: ItemLink, devItem: DevItem, pipeline: PipelineSettings | undefined): boolean {
  const rule = pipeline?.progress ?? null;
  if (rule === null) return false;
  const mapped = mapProgress(devItem.status, rule);
  return mapped.status === 'mapped' && mapped.value !== progressOf(link, rule);
}
