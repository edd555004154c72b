/**
 * Handing on what a feed says of dev items to their `itemSync` runs (design 4, Hand-on).
 * Everything but news of a closed link is handed on: the run decides, beginning from its row.
 */
import type { DevItem, DevItemSnapshot } from '../../domain/devItem.js';
import type { ItemLink } from '../../domain/link.js';
import { progressOf } from '../../domain/itemState.js';
import { isLetGo } from '../../domain/phases.js';
import { mapProgress } from '../../domain/rules/progress.js';
import type { PipelineSettings } from '../../domain/settings.js';
import type { PendingChange } from '../../ledger/ledger.js';
import type { ActivityDeps } from '../ports.js';

export interface HandedOn {
  readonly changed: number;
  readonly signalled: number;
  readonly pairs: readonly { devItemId: string; updatedAt: string }[];
  readonly failed: readonly PendingChange[];
  /** Those whose status differs from what their rows knew. */
  readonly moved: readonly DevItem[];
}

/** How many signals are under way at a time. */
const AT_ONCE = 20;

function snapshotOf(devItem: DevItem): DevItemSnapshot {
  const { id, key, url, status, updatedAt, scope } = devItem;
  return { id, key, url, status, updatedAt, scope };
}

/** Signals the runs of those items that are linked and changed; what cannot be signalled comes back as `failed`. */
export async function handOn(deps: ActivityDeps, devTool: string, devItems: readonly DevItem[]): Promise<HandedOn> {
  const { settings } = await deps.current();
  const links = await deps.ledger.links.byDevItems(
    devTool,
    devItems.map((devItem) => devItem.id),
  );
  const byId = new Map(devItems.map((devItem) => [devItem.id, devItem]));
  const due = links.flatMap((link) => {
    const devItem = byId.get(link.devItemId ?? '');
    return devItem !== undefined && isNews(link, devItem, settings.pipelines[link.pipeline]) ? [{ link, devItem }] : [];
  });
  const pairs: { devItemId: string; updatedAt: string }[] = [];
  const failed: PendingChange[] = [];
  for (let at = 0; at < due.length; at += AT_ONCE) {
    const batch = due.slice(at, at + AT_ONCE);
    await Promise.all(
      batch.map(async ({ link, devItem }) => {
        const snapshot = snapshotOf(devItem);
        try {
          await deps.itemSyncs.devItemChanged(link, snapshot);
          await deps.ledger.phases.noteWoken(link);
          if (devItem.updatedAt !== null && !mayShareItsTime(devItem.updatedAt))
            pairs.push({ devItemId: devItem.id, updatedAt: devItem.updatedAt });
        } catch {
          failed.push({ devTool, devItemId: devItem.id, snapshot });
        }
      }),
    );
  }
  const moved = due.filter(({ link, devItem }) => link.devStatus !== devItem.status).map(({ devItem }) => devItem);
  return { changed: due.length, signalled: due.length - failed.length, pairs, failed, moved };
}

/**
 * A tool whose times are whole seconds may have changed the item again within the same one, and the pair of id and time
 * would hide that: its items are compared with their rows each time they are read.
 */
function mayShareItsTime(updatedAt: string): boolean {
  return Date.parse(updatedAt) % 1_000 === 0;
}

/** Whether a dev item as read differs from what its row knows, and the row still wants to hear of it. */
function isNews(link: ItemLink, devItem: DevItem, pipeline: PipelineSettings | undefined): boolean {
  if (isLetGo(link.phase)) return false;
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
