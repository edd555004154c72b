/**
 * The ledger's interface: what the rest of craftsync may ask of Postgres (DESIGN 3, 4 and 7).
 *
 * Rules that every method keeps:
 *  L1. Each write of a step is one statement or one transaction, and idempotent.
 *  L2. Times are decided by the database's clock, never by the process's.
 *  L3. A write under a claim token changes nothing when the token is no longer the newest.
 *  L4. Rows are mapped in `rows.ts` alone; times leave as ISO strings.
 */
import type { CraftItem } from '../domain/craftItem.js';
import type { DevItem, DevItemSnapshot } from '../domain/devItem.js';
import type { ItemRef } from '../domain/ids.js';
import type { HandedOver, ItemLink, UnansweredWrite } from '../domain/link.js';
import type { Phase, Reason } from '../domain/phases.js';

/** The right to send one write. `passed` counts on this process's monotonic clock, read before the query. */
export interface Lease {
  readonly token: string;
  readonly deadline: { passed(): boolean };
  /** The row as it was before this lease was taken (its `sentAt`, `sendBefore` and `claimToken` belong to earlier attempts). */
  readonly before: ItemLink;
}

/** `blockedBy`, `blockedUntil` and `lastError` become null where they are absent. */
export interface PhaseChange {
  readonly phase: Phase;
  readonly blockedBy?: Reason | null;
  readonly blockedUntil?: string | null;
  readonly lastError?: string | null;
}

/** A change of fields that belong to no lease; absent fields are left as they are. */
export interface LinkPatch {
  readonly craftShortId?: string | null;
  readonly craftUrl?: string | null;
  readonly devItemKey?: string | null;
  readonly devItemUrl?: string | null;
  readonly devScope?: string | null;
  readonly devStatus?: string | null;
  readonly drift?: boolean;
  readonly driftFields?: readonly string[];
  readonly duplicate?: boolean;
  readonly duplicateDevItems?: readonly string[];
  readonly dismissedDevItems?: readonly string[];
  readonly uncertainCreates?: number;
  readonly handedOver?: HandedOver | null;
  readonly fingerprint?: string | null;
  readonly lastProgress?: Readonly<Record<string, string>> | null;
  readonly devUpdatedAt?: string | null;
  readonly unanswered?: UnansweredWrite | null;
  readonly pausedFrom?: Phase | null;
  readonly settlingSince?: string | null;
  readonly lockedAt?: string | null;
}

export type StoreDevItem =
  | { readonly status: 'stored'; readonly link: ItemLink }
  /** A newer token exists; nothing was stored. */
  | { readonly status: 'superseded'; readonly link: ItemLink }
  /** The unique key says that another Craft item holds this dev item. */
  | { readonly status: 'held'; readonly by: ItemRef };

export type RenamePipeline =
  | { readonly status: 'moved'; readonly items: readonly ItemRef[] }
  /** These have a create whose outcome is not known: their markers carry the old name. Nothing was moved. */
  | { readonly status: 'creating'; readonly items: readonly ItemRef[] }
  /** The new name has rows for these items already. Nothing was moved. */
  | { readonly status: 'taken'; readonly items: readonly ItemRef[] };

export interface Links {
  get(item: ItemRef): Promise<ItemLink | null>;
  /** By Craft id or short id. */
  find(pipeline: string, idOrShortId: string): Promise<ItemLink | null>;
  /**
   * The row, inserted with phase `checking` when there is none. Of one that exists, `craftShortId` and `craftUrl` are
   * brought up to date where they are given, and the dev tool as long as nothing was sent to it.
   */
  begin(
    item: ItemRef,
    init: { devTool: string; craftShortId: string | null; craftUrl: string | null },
  ): Promise<ItemLink>;
  /** Ordered by pipeline and short id. */
  list(filter: { pipeline?: string; devTool?: string; phases?: readonly Phase[] }): Promise<readonly ItemLink[]>;
  countByPhase(
    pipeline?: string,
  ): Promise<readonly { pipeline: string; phase: Phase; blockedBy: Reason | null; count: number }[]>;
  /** Rows of a dev tool by dev item id, `released` ones included. */
  byDevItems(devTool: string, devItemIds: readonly string[]): Promise<readonly ItemLink[]>;
  /** A live link (not `released`, not `not-ready`, with a dev item or a create under way) of another pipeline to the same Craft item. */
  liveElsewhere(item: ItemRef): Promise<ItemLink | null>;
  /** Rows whose phase is not final and that nobody has touched for `idleMs`. */
  idle(pipeline: string | null, idleMs: number): Promise<readonly ItemRef[]>;
  /** Distinct `dev_scope` of live links. */
  liveScopes(devTool: string): Promise<readonly string[]>;
  /** Ids of live linked dev items of a scope. */
  liveDevItemIds(devTool: string, scope: string): Promise<readonly string[]>;

  /** Touches `updated_at`, also where nothing else changes. */
  setPhase(item: ItemRef, change: PhaseChange): Promise<ItemLink>;
  patch(item: ItemRef, patch: LinkPatch): Promise<ItemLink>;
  /** Writes `woken_at`; nothing where there is no row. Does not count as touching it. */
  noteWoken(item: ItemRef): Promise<void>;

  /**
   * Gives a new claim token; the token's writes must be sent within `aheadMs`. Never waits. For a write to Craft.io,
   * `unanswered` is recorded in the same statement with `until` = `send_before` + `lateMs`: a process that dies right
   * after it leaves behind what may still be applied. The row's `unanswered` of before is in `Lease.before`.
   */
  takeLease(
    item: ItemRef,
    aheadMs: number,
    write?: { readonly unanswered: Omit<UnansweredWrite, 'until'>; readonly lateMs: number },
  ): Promise<Lease>;
  /** Writes `sent_at` where the token is the newest; false: superseded, send nothing. `sent_at` keeps its first value until `clearSent`. */
  noteSent(item: ItemRef, token: string): Promise<boolean>;
  /** The write under this token certainly did not happen: forget `sent_at`. */
  clearSent(item: ItemRef, token: string): Promise<void>;
  /** Whether the token is still the newest, by the database. */
  holdsToken(item: ItemRef, token: string): Promise<boolean>;

  /** Writes id, key, URL, scope, status, `dev_updated_at`, `linked_at` and phase `locking`, under the token. */
  storeDevItem(item: ItemRef, token: string, devItem: DevItem): Promise<StoreDevItem>;
  /**
   * Writes `handed_over`, fingerprint, `last_progress`, `locked_at` and phase `following`, clears `unanswered`, the
   * blocking columns and `last_error`, under the token; false: superseded.
   */
  storeLock(
    item: ItemRef,
    token: string,
    lock: { handedOver: HandedOver; fingerprint: string; lastProgress: Readonly<Record<string, string>> },
  ): Promise<boolean>;
  /**
   * Writes what was pushed and, where `devItem` is given, its key, URL, scope, status and `updatedAt` (never moving
   * `dev_updated_at` backwards: an older `devItem` changes none of these); clears `unanswered`. False: superseded.
   * `lastProgress` is the whole of it: it replaces the column.
   */
  storePushed(
    item: ItemRef,
    token: string,
    pushed: { lastProgress: Readonly<Record<string, string>>; devItem?: DevItem },
  ): Promise<boolean>;
  /**
   * For `recreate`: generation + 1, dev item, lease, lock and progress forgotten, the old dev item dismissed, phase
   * `checking`. A row that stands so already, with nothing sent, is left as it is: a repetition does not raise twice.
   */
  raiseGeneration(item: ItemRef): Promise<ItemLink>;
  /**
   * For `relink`: the new dev item, `dev_updated_at` and `last_progress` reset, `locked_at` forgotten, phase `locking`;
   * `held` as above. Leases in force end; the dev item held before is dismissed.
   */
  relink(item: ItemRef, devItem: DevItem): Promise<StoreDevItem>;
  /**
   * How many linked items of a connection became `orphaned` or were found gone within the last hour, and how many are
   * followed, the gone ones among them. None is gone within the hour after `resume` of a pause for `mass-deletion`.
   */
  goneCounts(devTool: string): Promise<{ readonly gone: number; readonly followed: number }>;
  /** Notes for `goneCounts` that this item's dev item was found gone; idempotent within the hour. */
  noteGone(item: ItemRef): Promise<void>;
  /** Moves every row of a pipeline to another name, in one transaction; idempotent. Nobody may run under the old name. */
  renamePipeline(from: string, to: string): Promise<RenamePipeline>;
}

export interface LogEntry {
  readonly at: string;
  readonly pipeline: string;
  readonly craftItemId: string | null;
  readonly step: string;
  readonly outcome: string;
  readonly attempt: number;
  /** Facts in words; never a title, description or key. */
  readonly detail: string | null;
  readonly workflowId: string | null;
  readonly runId: string | null;
}

export interface SyncLog {
  append(entry: Omit<LogEntry, 'at'>): Promise<void>;
  /** Oldest first: the last `limit` entries, or with `afterId`, for following, the first `limit` after it. */
  read(filter: {
    pipeline?: string;
    craftItemId?: string;
    afterId?: string;
    limit: number;
  }): Promise<readonly (LogEntry & { readonly id: string })[]>;
  /** Deletes entries older than `keepMs`; returns how many. */
  prune(keepMs: number): Promise<number>;
}

export interface CollectedItem {
  readonly craftItemId: string;
  readonly shortId: string | null;
}

/** What a sweep has read (`item_snapshot`): the collection of one sweep, and fresh item texts for `checkReadiness`. */
export interface Snapshots {
  /**
   * Stores a page under the sweep; returns how many ids were new to this sweep. An attempt that repeats what an earlier
   * one stored gets 0 for it: whether a pass goes on is decided by the ids that the attempt itself has seen.
   */
  collect(pipeline: string, sweepId: string, items: readonly CraftItem[]): Promise<number>;
  /** Ids of malformed entries, to be started so that they show as blocked. */
  collectMalformed(
    pipeline: string,
    sweepId: string,
    entries: readonly { id: string; shortId: string | null; problem: string }[],
  ): Promise<number>;
  /** `known`: in a known phase; `unseen`: without any row, or `not-ready`. What this sweep has started is in neither. */
  counts(
    pipeline: string,
    sweepId: string,
  ): Promise<{ readonly found: number; readonly known: number; readonly unseen: number }>;
  /** The next collected items, not marked started, whose link is not in a known phase, in id order after `after`. */
  nextUnknown(
    pipeline: string,
    sweepId: string,
    after: string | null,
    limit: number,
  ): Promise<readonly CollectedItem[]>;
  markStarted(pipeline: string, sweepId: string, craftItemIds: readonly string[]): Promise<void>;
  /** Started by this sweep and neither linked and locked, nor waiting, nor final, with a sign of life in 10 minutes. */
  inHand(pipeline: string, sweepId: string): Promise<number>;
  /** A snapshot no older than `freshForMs`, or null. `problem` is set for malformed entries. */
  fresh(
    item: ItemRef,
    freshForMs: number,
  ): Promise<{ readonly item: CraftItem | null; readonly problem: string | null } | null>;
  drop(item: ItemRef): Promise<void>;
  /** Deletes snapshots older than a day. */
  prune(): Promise<void>;
}

export interface PendingChange {
  readonly devTool: string;
  readonly devItemId: string;
  readonly snapshot: DevItemSnapshot;
}

export interface Feeds {
  cursor(devTool: string, scope: string): Promise<{ readonly value: string | null; readonly version: number }>;
  /** Pairs (id, updatedAt) handed on since `since`, to be dropped when read again. */
  handedOn(devTool: string, scope: string, since: string): Promise<readonly { devItemId: string; updatedAt: string }[]>;
  /**
   * One transaction: compare-and-set of the cursor (only forward), pairs handed on, failed hand-ons into `pending_change`.
   * False: another sweep, or an earlier attempt of this one, moved the cursor meanwhile; nothing was written but the
   * pending changes.
   */
  advance(
    devTool: string,
    scope: string,
    move: {
      fromVersion: number;
      to: string | null;
      handedOn: readonly { devItemId: string; updatedAt: string }[];
      pending: readonly PendingChange[];
      keepPairsSince: string;
    },
  ): Promise<boolean>;
  pending(devTool: string): Promise<readonly PendingChange[]>;
  clearPending(change: PendingChange): Promise<void>;
  /** When the inventory of a scope was last taken; null never. */
  lastInventory(devTool: string, scope: string): Promise<string | null>;
  noteInventory(devTool: string, scope: string): Promise<void>;
}

export interface SweepRecord {
  readonly scheduleId: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** The sweep's result as JSON, or what it says when it held back. */
  readonly result: Readonly<Record<string, unknown>> | null;
  readonly heldBack: string | null;
}

export interface ConnectionPause {
  readonly connection: string;
  readonly reason: Reason;
  readonly message: string;
  readonly since: string;
}

/** What is known of connections, pipelines and sweeps as a whole. */
export interface Connections {
  /** `first`: it was not paused. A pause for `connection` does not take the place of another; another takes its place. */
  pause(connection: string, reason: Reason, message: string): Promise<{ readonly first: boolean }>;
  resume(connection: string): Promise<boolean>;
  paused(connection: string): Promise<ConnectionPause | null>;
  listPaused(): Promise<readonly ConnectionPause[]>;
  /** True for one caller a minute: it may probe the paused connection. */
  mayProbe(connection: string): Promise<boolean>;
  /** What connectors must remember of a connection, e.g. whether a PUT replaces all custom fields. */
  recall(connection: string, key: string): Promise<string | null>;
  remember(connection: string, key: string, value: string): Promise<void>;
  /** With neither result nor `heldBack` a run begins, and the last result stays until it ends; with one, it has ended. */
  noteSweep(record: {
    scheduleId: string;
    result: Readonly<Record<string, unknown>> | null;
    heldBack: string | null;
  }): Promise<void>;
  sweeps(): Promise<readonly SweepRecord[]>;
  /** What `apply` last applied, as JSON; null before the first. */
  applied(): Promise<Readonly<Record<string, unknown>> | null>;
  storeApplied(configuration: Readonly<Record<string, unknown>>): Promise<void>;
}

export interface Ledger {
  /** The database's clock: every comparison with a stored time uses it, never the process's. */
  now(): Promise<Date>;
  readonly links: Links;
  readonly log: SyncLog;
  readonly snapshots: Snapshots;
  readonly feeds: Feeds;
  readonly connections: Connections;
  /** True when every migration of this release has been applied. */
  isMigrated(): Promise<boolean>;
  /** Applies missing migrations under an advisory lock; the names of those applied. */
  migrate(): Promise<readonly string[]>;
  close(): Promise<void>;
}
