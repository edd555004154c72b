/**
 * The progress sweep's activities: one batched read of what changed, handed on before the cursor moves
 * (DESIGN 4, Feeds and Inventory; invariant I4).
 */
import { callOf } from './itemContext.js';
import { handOn } from './handOn.js';
import type { DevToolConnector } from '../connectors/port.js';
import type { ProgressSweepResult } from '../domain/messages.js';
import type { DevToolSettings, Settings } from '../domain/settings.js';
import type { ActivityDeps } from './ports.js';
import { runSweepStep } from './sweepStep.js';

/** A read begins this much before the cursor besides `readAfterWrite` (DESIGN 4). */
const OVERLAP_MS = 1_000;

export interface FeedHandedOn extends ProgressSweepResult {
  /** The ids of the scope have not been listed for `inventoryEvery`: deletions are in no feed. */
  readonly inventoryDue: boolean;
}

export interface ScopeRef {
  readonly devTool: string;
  readonly scope: string;
}

function toolSettingsOf(settings: Settings, devTool: string): DevToolSettings {
  const found = settings.devTools[devTool];
  if (found === undefined) throw new Error(`dev tool "${devTool}" is not configured`);
  return found;
}

/** The configured scopes and those that live links were moved to. */
export async function listScopes(deps: ActivityDeps, devTool: string): Promise<readonly string[]> {
  return runSweepStep(deps, devTool, async () => {
    const current = await deps.current();
    const tool = current.devTool(devTool);
    const scopes = new Set(await deps.ledger.links.liveScopes(devTool));
    for (const pipeline of Object.values(current.settings.pipelines)) {
      if (pipeline.devTool === devTool) scopes.add(await tool.scopeOf(pipeline.target, callOf('progress')));
    }
    return [...scopes].sort();
  });
}

/** Tries the hand-ons that failed before; how many were signalled. */
export async function handOnPending(deps: ActivityDeps, devTool: string): Promise<number> {
  return runSweepStep(deps, devTool, async () => {
    let signalled = 0;
    for (const change of await deps.ledger.feeds.pending(devTool)) {
      const [link] = await deps.ledger.links.byDevItems(devTool, [change.devItemId]);
      const isWanted = link !== undefined && link.phase !== 'released' && link.phase !== 'not-ready';
      if (isWanted) await deps.itemSyncs.devItemChanged(link, change.snapshot);
      await deps.ledger.feeds.clearPending(change);
      if (isWanted) signalled += 1;
    }
    return signalled;
  });
}

/** Reads a scope's feed from its cursor, hands on what changed, then moves the cursor. */
export async function readFeed(deps: ActivityDeps, ref: ScopeRef): Promise<FeedHandedOn> {
  return runSweepStep(deps, ref.devTool, async () => {
    const current = await deps.current();
    const { readAfterWriteMs } = toolSettingsOf(current.settings, ref.devTool);
    const cursor = await deps.ledger.feeds.cursor(ref.devTool, ref.scope);
    const since = cursor.value === null ? null : earlier(cursor.value, readAfterWriteMs + OVERLAP_MS);
    const feed = await current.devTool(ref.devTool).readFeed(ref.scope, since, callOf('progress'));
    const known = since === null ? [] : await deps.ledger.feeds.handedOn(ref.devTool, ref.scope, since);
    const seen = new Set(known.map((pair) => `${pair.devItemId} ${Date.parse(pair.updatedAt)}`));
    const fresh = feed.items.filter(
      (item) => item.updatedAt === null || !seen.has(`${item.id} ${Date.parse(item.updatedAt)}`),
    );
    const handed = await handOn(deps, ref.devTool, fresh);
    if (feed.complete) {
      const to = later(cursor.value, feed.newest);
      await deps.ledger.feeds.advance(ref.devTool, ref.scope, {
        fromVersion: cursor.version,
        to,
        handedOn: handed.pairs,
        pending: handed.failed,
        keepPairsSince: earlier(to ?? new Date(0).toISOString(), 2 * (readAfterWriteMs + OVERLAP_MS)),
      });
    }
    await wakeToLook(deps, ref.devTool, idsOf(feed.malformed));
    const ids = feed.ids ?? (feed.everything ? feed.items.map((item) => item.id) : null);
    if (ids !== null) await inventory(deps, current.devTool(ref.devTool), ref, new Set(ids));
    const { changed, signalled } = handed;
    return { read: feed.items.length, changed, signalled, inventoryDue: await isInventoryDue(deps, ref) };
  });
}

function earlier(iso: string, byMs: number): string {
  return new Date(Math.max(0, Date.parse(iso) - byMs)).toISOString();
}

function later(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return Date.parse(b) > Date.parse(a) ? b : a;
}

async function isInventoryDue(deps: ActivityDeps, ref: ScopeRef): Promise<boolean> {
  const { settings } = await deps.current();
  const last = await deps.ledger.feeds.lastInventory(ref.devTool, ref.scope);
  if (last === null) return true;
  const age = (await deps.ledger.now()).getTime() - Date.parse(last);
  return age >= toolSettingsOf(settings, ref.devTool).inventoryEveryMs;
}

function idsOf(entries: readonly { readonly id: string }[] = []): readonly string[] {
  return entries.map((entry) => entry.id);
}

/** Wakes runs without a snapshot: each reads its item itself, and says what is wrong with it. */
async function wakeToLook(deps: ActivityDeps, devTool: string, devItemIds: readonly string[]): Promise<void> {
  if (devItemIds.length === 0) return;
  for (const link of await deps.ledger.links.byDevItems(devTool, devItemIds)) {
    if (link.phase === 'released' || link.phase === 'orphaned' || link.phase === 'done') continue;
    await deps.itemSyncs.devItemChanged(link);
  }
}

/** Every `inventoryEvery`: only linked items missing from the list of ids are read singly; how many were gone or moved. */
export async function takeInventory(deps: ActivityDeps, ref: ScopeRef): Promise<number> {
  return runSweepStep(deps, ref.devTool, async () => {
    const current = await deps.current();
    const tool = current.devTool(ref.devTool);
    const ids = await tool.listIds(ref.scope, callOf('sweep'));
    return inventory(deps, tool, ref, new Set(ids));
  });
}

/** An item moved to another scope is still found by id; one that is not found is left to its own run to confirm. */
async function inventory(
  deps: ActivityDeps,
  tool: DevToolConnector,
  ref: ScopeRef,
  listed: ReadonlySet<string>,
): Promise<number> {
  const linked = await deps.ledger.links.liveDevItemIds(ref.devTool, ref.scope);
  const absent = linked.filter((id) => !listed.has(id));
  if (absent.length > 0) {
    const byId = await tool.readItems(absent, callOf('sweep'));
    await handOn(deps, ref.devTool, byId.found);
    await wakeToLook(deps, ref.devTool, [...byId.missing, ...idsOf(byId.malformed)]);
  }
  await deps.ledger.feeds.noteInventory(ref.devTool, ref.scope);
  return absent.length;
}
