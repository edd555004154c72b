/**
 * The ledger's interface: what the rest of craftsync may ask of Postgres (design 3, 4 and 7).
 *
 * Rules that every method keeps:
 *  L1. Each write of a step is one statement or one transaction, and idempotent.
 *  L2. Times are decided by the database's clock, never by the process's.
 *  L3. A write under a claim token changes nothing when the token is no longer the newest.
 *  L4. Rows are mapped in `rows.ts` alone; times leave as ISO strings.
 */
import type { CraftItem } from '../domain/craftItem.js';
import type { DevItemSnapshot } from '../domain/devItem.js';
import type { ItemRef } from '../domain/ids.js';
import type { Reason } from '../domain/phases.js';
import type { ItemFeedback, Submissions } from './feedback/feedback.js';
import type { Silence } from '../domain/webhookSilence.js';
import type { LinkLedgers } from './links/links.js';

export type { ItemFeedback, NewSubmission, PassedOn, Submissions } from './feedback/feedback.js';
export type { Lease, LinkPatch, PhaseChange, Pushed, StoreDevItem } from './links/links.js';

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

export interface FeedCursor {
  readonly value: string | null;
  readonly version: number;
  /** For how long at least it has had this value, by the database's clock. */
  readonly standsForMs: number;
  /** Every change up to and including this time was handed on, and none can still become visible; null: not known. */
  readonly settledTo: string | null;
  /** By the database's clock. */
  readonly lookedUpAt: string;
}

export interface Feeds {
  cursor(devTool: string, scope: string): Promise<FeedCursor>;
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
      /** Moves `settledTo`, only forward; null or absent leaves it. */
      settledTo?: string | null;
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
  /** Why it does not come to its end, in words; null once a run has ended. */
  readonly trouble: string | null;
  readonly troubleSince: string | null;
}

export interface ConnectionPause {
  readonly connection: string;
  readonly reason: Reason;
  readonly message: string;
  readonly since: string;
  /** A write was refused: that reads are answered does not end it. */
  readonly writeRefused: boolean;
}

/** What is known of connections, pipelines and sweeps as a whole. */
export interface Connections {
  /** `first`: it was not paused. A pause for `connection` does not take the place of another; another takes its place. */
  pause(
    connection: string,
    reason: Reason,
    message: string,
    options?: { readonly writeRefused: boolean },
  ): Promise<{ readonly first: boolean }>;
  /** Ends whatever pause there is; false: there was none. */
  resume(connection: string): Promise<boolean>;
  /** Ends a pause for `connection`, because such a call was answered; false: there was none that it ends. */
  answered(connection: string, by: 'read' | 'write'): Promise<boolean>;
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
  /** A step of a sweep failed; the trouble is over when a run ends. `troubleSince` is that of the first. */
  noteSweepTrouble(scheduleId: string, trouble: string): Promise<void>;
  sweeps(): Promise<readonly SweepRecord[]>;
  /** What `apply` last applied, as JSON; null before the first. */
  applied(): Promise<Readonly<Record<string, unknown>> | null>;
  storeApplied(configuration: Readonly<Record<string, unknown>>): Promise<void>;
}

/** A verified webhook in the inbox; its texts are never kept. */
export interface StoredDelivery {
  readonly id: string;
  readonly devTool: string;
  /** Null: something changed, the feeds tell what. */
  readonly devItemIds: readonly string[] | null;
}

/** Webhooks from their arrival until they are handed on (design 4, Inbox). */
export interface Inbox {
  /** Null: a repetition of one that was stored before. */
  store(delivery: {
    devTool: string;
    deliveryId: string;
    devItemIds: readonly string[] | null;
  }): Promise<StoredDelivery | null>;
  markHandedOn(ids: readonly string[]): Promise<void>;
  /** `why` never holds a secret. They are taken again later. */
  noteFailed(ids: readonly string[], why: string): Promise<void>;
  /** The oldest that nobody has handed on or taken within `unmarkedForMs`; each goes to one caller. */
  takeWaiting(taking: { devTool?: string; unmarkedForMs: number; limit: number }): Promise<readonly StoredDelivery[]>;
  /** Of each dev tool with any: how many are not handed on, and since when the oldest. */
  waiting(): Promise<readonly { readonly devTool: string; readonly count: number; readonly oldestMs: number }[]>;
  /** When the last delivery of each dev tool came. */
  lastReceived(): Promise<readonly { readonly devTool: string; readonly at: string }[]>;
  /** Deletes those older than `keepMs`, handed on or not; returns how many. */
  prune(keepMs: number): Promise<number>;
}

/** Changes that no webhook announced, though webhooks are expected. */
export interface Silences {
  /**
   * Of these changes, the dev items that a delivery announced: it names the item, or none, and came no earlier than the
   * change less one minute, since clocks differ.
   */
  announced(
    devTool: string,
    changes: readonly { readonly devItemId: string; readonly updatedAt: string }[],
  ): Promise<readonly string[]>;
  /** Adds what the sweep `run` found. A delivery about followed items since the first of them begins the count anew. */
  note(devTool: string, found: { readonly changes: number; readonly run: string }): Promise<void>;
  /** Those that no delivery about followed items has ended. */
  list(): Promise<readonly Silence[]>;
  /** True for one caller in each silence. */
  mayAlert(devTool: string): Promise<boolean>;
}

export interface Ledger extends LinkLedgers {
  /** The database's clock: every comparison with a stored time uses it, never the process's. */
  now(): Promise<Date>;
  readonly log: SyncLog;
  readonly snapshots: Snapshots;
  readonly feeds: Feeds;
  readonly connections: Connections;
  readonly inbox: Inbox;
  readonly submissions: Submissions;
  readonly itemFeedback: ItemFeedback;
  readonly silences: Silences;
  /** True when every migration of this release has been applied. */
  isMigrated(): Promise<boolean>;
  /** Applies missing migrations under an advisory lock; the names of those applied. */
  migrate(): Promise<readonly string[]>;
  close(): Promise<void>;
}
