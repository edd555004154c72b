/**
 * The progress sweep's activities: one batched read of what changed, whose items are woken before the cursor moves
 * (design 4, Feeds; design 4, Inventory; invariants I4 and I6).
 */
import { cancellationSignal, log } from '@temporalio/activity';
import type { ReadCall } from '../../connectors/port/calls.js';
import type { DevItemFeeds, DevItemReader, FeedRead } from '../../connectors/port/devTool.js';
import { ToolError } from '../../domain/errors.js';
import { progressSweepScheduleId } from '../../domain/ids.js';
import type { ByHandInput, ProgressSweepResult } from '../../domain/messages.js';
import { isLetGo } from '../../domain/phases.js';
import type { DevToolSettings, Settings } from '../../domain/settings.js';
import type { Needs } from '../ports.js';
import { isUnreachable, runSweepStep, sweepCall } from '../step/sweepStep.js';
import { assertAllWoken } from './assertAllWoken.js';
import { later, readsSince, remembersSince, settledBy } from './feedBounds.js';
import { forgetClosed, idsOf, inventory, wakeToLook, type ScopeRef } from './inventory.js';
import { wakeChangedItems } from './wakeChangedItems.js';
import { wakeRemapped } from './wakeRemapped.js';
import { noteUnannounced } from './webhookSilence.js';

export interface SweptFeed extends ProgressSweepResult {
  /** The ids of the scope have not been listed for `inventoryEvery`; deletions appear in no feed. */
  readonly inventoryDue: boolean;
}

function feedCall(devTool: string, start: ByHandInput): ReadCall {
  return sweepCall('progress', progressSweepScheduleId(devTool), start);
}

function toolSettingsOf(settings: Settings, devTool: string): DevToolSettings {
  const found = settings.devTools[devTool];
  if (found === undefined) throw new Error(`dev tool "${devTool}" is not configured`);
  return found;
}

/**
 * The configured scopes and those that live links were moved to. A target that cannot be looked up is left out; if that
 * leaves nothing, the step fails. While the connection is paused, the live links' scopes are enough for the feeds to
 * probe it.
 */
export async function listScopes(
  deps: Needs<'connections' | 'live', 'current' | 'alerts'>,
  devTool: string,
  start: ByHandInput = {},
): Promise<readonly string[]> {
  return runSweepStep(
    deps,
    devTool,
    async () => {
      const current = await deps.current();
      const tool = current.devTool(devTool);
      const scopes = new Set(await deps.ledger.live.liveScopes(devTool));
      const pause = await deps.ledger.connections.paused(devTool);
      if (pause?.reason === 'connection' && scopes.size > 0) return [...scopes].sort();
      const failures: unknown[] = [];
      for (const [name, pipeline] of Object.entries(current.settings.pipelines)) {
        if (pipeline.devTool !== devTool) continue;
        try {
          scopes.add(await tool.scopeOf(pipeline.target, feedCall(devTool, start)));
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

/** Only messages of `ToolError` are known to hold no secret. */
function safeWords(error: unknown): string {
  return error instanceof ToolError ? error.message : 'unexpected error';
}

/** Wakes items from webhooks that no listener has dealt with; how many were signalled. */
export async function wakeFromInbox(
  deps: Needs<'connections', 'waitingWebhooks' | 'alerts' | 'current'>,
  devTool: string,
): Promise<number> {
  const wake = () => deps.waitingWebhooks.wakeItems(devTool, cancellationSignal());
  return runSweepStep(deps, devTool, wake, 'no-probe');
}

/**
 * Tells what could not be signalled before, and items that show what another mapping made of their status; how many
 * were signalled. What fails again stays stored.
 */
export async function wakePending(
  deps: Needs<'connections' | 'feeds' | 'links' | 'live', 'itemSyncs' | 'alerts' | 'current'>,
  devTool: string,
): Promise<number> {
  const { feeds, links } = deps.ledger;
  const wake = async (): Promise<number> => {
    const pending = await feeds.pending(devTool);
    const rows = await links.byDevItems(
      devTool,
      pending.map(({ devItemId }) => devItemId),
    );
    const wanted = rows.filter((link) => !isLetGo(link.phase));
    const byDevItem = new Map(wanted.map((link) => [link.devItemId, link]));
    const wakes = pending.flatMap((change) => {
      const item = byDevItem.get(change.devItemId);
      return item === undefined ? [] : [{ item, changed: 'dev-item' as const, snapshot: change.snapshot, change }];
    });
    const failed = await deps.itemSyncs.wake(wakes, {
      signal: cancellationSignal(),
      onWoken: ({ change }) => feeds.clearPending(change),
    });
    const unwanted = pending.filter(({ devItemId }) => !byDevItem.has(devItemId));
    // One that stays is cleared by the next sweep.
    for (const change of unwanted) await feeds.clearPending(change).catch(() => undefined);
    return wakes.length - failed.length + (await wakeRemapped(deps, devTool));
  };
  return runSweepStep(deps, devTool, wake, 'no-probe');
}

type FeedNeeds = Needs<
  'connections' | 'feeds' | 'gone' | 'links' | 'live' | 'now' | 'phases' | 'silences',
  'current' | 'itemSyncs' | 'alerts'
>;

/** Reads a scope's feed from its cursor, wakes the items that changed, then moves the cursor. */
export async function readFeed(deps: FeedNeeds, ref: ScopeRef): Promise<SweptFeed> {
  return runSweepStep(deps, ref.devTool, async () => {
    const current = await deps.current();
    const { readAfterWriteMs } = toolSettingsOf(current.settings, ref.devTool);
    const cursor = await deps.ledger.feeds.cursor(ref.devTool, ref.scope);
    const since = readsSince(cursor, readAfterWriteMs);
    const feed = await feedOf(deps, current.devTool(ref.devTool), ref, { since, settledTo: cursor.settledTo });
    const known = since === null ? [] : await deps.ledger.feeds.woken(ref.devTool, ref.scope, since);
    const seen = new Set(known.map((pair) => `${pair.devItemId} ${Date.parse(pair.updatedAt)}`));
    const fresh = feed.items.filter(
      (item) => item.updatedAt === null || !seen.has(`${item.id} ${Date.parse(item.updatedAt)}`),
    );
    const told = await wakeChangedItems(deps, ref.devTool, fresh);
    await noteUnannounced(deps, toolSettingsOf(current.settings, ref.devTool), told.moved);
    const unwoken = await wakeToLook(deps, ref.devTool, idsOf(feed.malformed));
    // A wake without a snapshot is in no list of pending changes: where it failed, the feed must be read again.
    if (feed.complete && unwoken === 0) {
      const to = later(cursor.value, feed.newest);
      await deps.ledger.feeds.advance(ref.devTool, ref.scope, {
        fromVersion: cursor.version,
        to,
        woken: told.pairs,
        pending: told.failed,
        keepPairsSince: remembersSince(to, readAfterWriteMs),
        settledTo: settledBy(cursor, feed, readAfterWriteMs),
      });
    }
    const ids = feed.ids ?? (feed.everything ? feed.items.map((item) => item.id) : null);
    if (ids !== null) await inventory(deps, current.devTool(ref.devTool), ref, new Set(ids));
    assertAllWoken(unwoken);
    const { changed, signalled } = told;
    return { read: feed.items.length, changed, signalled, inventoryDue: await isInventoryDue(deps, ref) };
  });
}

/** Where the scope is gone, its linked items are woken to look: those that were moved are found by id. */
async function feedOf(
  deps: Needs<'gone' | 'links' | 'live' | 'phases', 'itemSyncs'>,
  tool: DevItemFeeds & DevItemReader,
  ref: ScopeRef,
  from: { readonly since: string | null; readonly settledTo: string | null },
): Promise<FeedRead> {
  try {
    return await tool.readFeed(ref.scope, from.since, feedCall(ref.devTool, ref), from.settledTo);
  } catch (error) {
    if (error instanceof ToolError && error.kind === 'not-found') {
      const linked = await deps.ledger.live.liveDevItemIds(ref.devTool, ref.scope);
      assertAllWoken(await wakeToLook(deps, ref.devTool, linked));
      await forgetClosed(deps, tool, ref, linked);
    }
    throw error;
  }
}

async function isInventoryDue(deps: Needs<'feeds' | 'now', 'current'>, ref: ScopeRef): Promise<boolean> {
  const { settings } = await deps.current();
  const last = await deps.ledger.feeds.lastInventory(ref.devTool, ref.scope);
  if (last === null) return true;
  const age = (await deps.ledger.now()).getTime() - Date.parse(last);
  return age >= toolSettingsOf(settings, ref.devTool).inventoryEveryMs;
}
