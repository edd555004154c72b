/**
 * The progress sweep's activities: one batched read of what changed, handed on before the cursor moves
 * (design 4, Feeds and Inventory; invariants I4 and I6).
 */
import { cancellationSignal, log } from '@temporalio/activity';
import { callOf } from '../step/itemContext.js';
import { later, readsSince, remembersSince, settledBy } from './feedBounds.js';
import { handOn } from './wakeChangedItems.js';
import type { DevItemFeeds, DevItemReader, FeedRead } from '../../connectors/port/devTool.js';
import type { DevItem } from '../../domain/devItem.js';
import { ToolError } from '../../domain/errors.js';
import type { ProgressSweepResult } from '../../domain/messages.js';
import type { DevToolSettings, Settings } from '../../domain/settings.js';
import type { ActivityDeps } from '../ports.js';
import { assertSignalled, signalEach } from './signalEach.js';
import { noteUnannounced } from './webhookSilence.js';
import { isUnreachable, runSweepStep } from '../step/sweepStep.js';

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

/**
 * The configured scopes and those that live links were moved to. A target that cannot be looked up is left out, unless
 * nothing is left then. While the connection is paused, the live links' scopes are enough for the feeds to probe it.
 */
export async function listScopes(deps: ActivityDeps, devTool: string): Promise<readonly string[]> {
  return runSweepStep(
    deps,
    devTool,
    async () => {
      const current = await deps.current();
      const tool = current.devTool(devTool);
      const scopes = new Set(await deps.ledger.links.liveScopes(devTool));
      const pause = await deps.ledger.connections.paused(devTool);
      if (pause?.reason === 'connection' && scopes.size > 0) return [...scopes].sort();
      const failures: unknown[] = [];
      for (const [name, pipeline] of Object.entries(current.settings.pipelines)) {
        if (pipeline.devTool !== devTool) continue;
        try {
          scopes.add(await tool.scopeOf(pipeline.target, callOf('progress')));
        } catch (error) {
          cancellationSignal().throwIfAborted();
          log.warn('a target cannot be looked up', { pipeline: name, why: safeWords(error) });
          failures.push(error);
          if (isUnreachable(error)) break;
        }
      }
      if (scopes.size === 0 && failures.length > 0) throw failures[0];
      return [...scopes].sort();
    },
    'no-probe',
  );
}

/** Only the messages of `ToolError` are sure to hold no secret. */
function safeWords(error: unknown): string {
  return error instanceof ToolError ? error.message : 'unexpected error';
}

/** Tries the hand-ons that failed before; how many were signalled. What fails again stays stored. */
export async function handOnPending(deps: ActivityDeps, devTool: string): Promise<number> {
  return runSweepStep(
    deps,
    devTool,
    async () => {
      let signalled = 0;
      const pending = await deps.ledger.feeds.pending(devTool);
      await signalEach(pending, async (change) => {
        const [link] = await deps.ledger.links.byDevItems(devTool, [change.devItemId]);
        const isWanted = link !== undefined && link.phase !== 'released' && link.phase !== 'not-ready';
        if (isWanted) await deps.itemSyncs.devItemChanged(link, change.snapshot);
        await deps.ledger.feeds.clearPending(change);
        if (isWanted) signalled += 1;
      });
      return signalled;
    },
    'no-probe',
  );
}

/** Reads a scope's feed from its cursor, hands on what changed, then moves the cursor. */
export async function readFeed(deps: ActivityDeps, ref: ScopeRef): Promise<FeedHandedOn> {
  return runSweepStep(deps, ref.devTool, async () => {
    const current = await deps.current();
    const { readAfterWriteMs } = toolSettingsOf(current.settings, ref.devTool);
    const cursor = await deps.ledger.feeds.cursor(ref.devTool, ref.scope);
    const since = readsSince(cursor, readAfterWriteMs);
    const feed = await feedOf(deps, current.devTool(ref.devTool), ref, { since, settledTo: cursor.settledTo });
    const known = since === null ? [] : await deps.ledger.feeds.handedOn(ref.devTool, ref.scope, since);
    const seen = new Set(known.map((pair) => `${pair.devItemId} ${Date.parse(pair.updatedAt)}`));
    const fresh = feed.items.filter(
      (item) => item.updatedAt === null || !seen.has(`${item.id} ${Date.parse(item.updatedAt)}`),
    );
    const handed = await handOn(deps, ref.devTool, fresh);
    await noteUnannounced(deps, toolSettingsOf(current.settings, ref.devTool), handed.moved);
    const unwoken = await wakeToLook(deps, ref.devTool, idsOf(feed.malformed));
    // An item woken without a snapshot stands in no list of pending changes: it must be read again.
    if (feed.complete && unwoken === 0) {
      const to = later(cursor.value, feed.newest);
      await deps.ledger.feeds.advance(ref.devTool, ref.scope, {
        fromVersion: cursor.version,
        to,
        handedOn: handed.pairs,
        pending: handed.failed,
        keepPairsSince: remembersSince(to, readAfterWriteMs),
        settledTo: settledBy(cursor, feed, readAfterWriteMs),
      });
    }
    const ids = feed.ids ?? (feed.everything ? feed.items.map((item) => item.id) : null);
    if (ids !== null) await inventory(deps, current.devTool(ref.devTool), ref, new Set(ids));
    assertSignalled(unwoken);
    const { changed, signalled } = handed;
    return { read: feed.items.length, changed, signalled, inventoryDue: await isInventoryDue(deps, ref) };
  });
}

/** Of a scope that is gone, the linked items are woken to look: those that were moved are found by id. */
async function feedOf(
  deps: ActivityDeps,
  tool: DevItemFeeds,
  ref: ScopeRef,
  from: { readonly since: string | null; readonly settledTo: string | null },
): Promise<FeedRead> {
  try {
    return await tool.readFeed(ref.scope, from.since, callOf('progress'), from.settledTo);
  } catch (error) {
    if (error instanceof ToolError && error.kind === 'not-found') {
      const linked = await deps.ledger.links.liveDevItemIds(ref.devTool, ref.scope);
      assertSignalled(await wakeToLook(deps, ref.devTool, linked));
    }
    throw error;
  }
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

/** Wakes runs without a snapshot: each reads its item itself, and says what is wrong with it. How many it could not. */
async function wakeToLook(deps: ActivityDeps, devTool: string, devItemIds: readonly string[]): Promise<number> {
  if (devItemIds.length === 0) return 0;
  const links = await deps.ledger.links.byDevItems(devTool, devItemIds);
  const open = links.filter(({ phase }) => phase !== 'released' && phase !== 'orphaned' && phase !== 'done');
  return signalEach(open, (link) => deps.itemSyncs.devItemChanged(link));
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

/**
 * An item moved to another scope is still found by id; one that is not found is left to its own run to confirm.
 * The inventory is noted only when every run that had to hear of it was signalled.
 */
async function inventory(
  deps: ActivityDeps,
  tool: DevItemReader,
  ref: ScopeRef,
  listed: ReadonlySet<string>,
): Promise<number> {
  const linked = await deps.ledger.links.liveDevItemIds(ref.devTool, ref.scope);
  const absent = linked.filter((id) => !listed.has(id));
  if (absent.length > 0) {
    const byId = await readAbsent(tool, absent);
    const handed = await handOn(deps, ref.devTool, byId.found);
    const unwoken = await wakeToLook(deps, ref.devTool, byId.toLook);
    assertSignalled(handed.failed.length + unwoken);
  }
  await deps.ledger.feeds.noteInventory(ref.devTool, ref.scope);
  return absent.length;
}

interface Absent {
  readonly found: readonly DevItem[];
  /** Missing or not as documented. */
  readonly toLook: readonly string[];
}

/** A connector throws when the only item asked for is not as documented; among several it names it. */
async function readAbsent(tool: DevItemReader, ids: readonly string[]): Promise<Absent> {
  try {
    const { found, missing, malformed } = await tool.readItems(ids, callOf('sweep'));
    return { found, toLook: [...missing, ...idsOf(malformed)] };
  } catch (error) {
    const isThisItem = ids.length === 1 && error instanceof ToolError && error.kind === 'unexpected-response';
    if (isThisItem) return { found: [], toLook: ids };
    throw error;
  }
}
