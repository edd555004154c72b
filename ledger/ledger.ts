/**
 * The ledger's interface: what the rest of craftsync may ask of Postgres (design 3, 4 and 7).
 *
 * Rules that every method keeps, here, in links/links.ts, continuity/continuity.ts and feedback/feedback.ts:
 *  L1. Each write of a step is one statement or one transaction, and idempotent.
 *  L2. The database's clock decides times, never the process's.
 *  L3. A write under a claim token changes nothing when the token is no longer the newest.
 *  L4. Rows never leave this folder: callers get plain data with their own names for it, and times as ISO strings.
 */
import type { CraftItem } from '../domain/craftItem.js';
import type { DevItemSnapshot } from '../domain/devItem.js';
import type { ItemRef } from '../domain/ids.js';
import type { Reason } from '../domain/phases.js';
import type { Budgets } from './budgets/budgets.js';
import type { Continuity } from './continuity/continuity.js';
import type { ItemFeedback, Submissions } from './feedback/feedback.js';
import type { Silence } from '../domain/rules/webhookSilence.js';
import type { LinkLedgers, LogLine } from './links/links.js';
import type { ConnectionPause, Opening } from './opened.js';
import type { Refusals } from './pipelineRefusals.js';

export type { Claim, Doubt, Marked, OpenComparison, Trouble } from './continuity/continuity.js';
export type { ConnectionPause, Elsewhere, FreshSnapshot, Opened, Opening } from './opened.js';
export type { ItemFeedback, NewSubmission, PassedOn, Submissions } from './feedback/feedback.js';
export type { Refused } from './pipelineRefusals.js';
export type {
  BeginRow,
  Lease,
  LeasedWrite,
  LinkPatch,
  LogLine,
  PhaseChange,
  Phases,
  Pushed,
  Written,
} from './links/links.js';

export interface LogEntry extends LogLine {
  readonly at: string;
  readonly pipeline: string;
  readonly craftItemId: string | null;
}

export interface SyncLog {
  append(entry: Omit<LogEntry, 'at'>): Promise<void>;
  /** Oldest first: the last `limit` entries or, to follow the log, the first `limit` after `afterId`. */
  read(filter: {
    pipeline?: string;
    craftItemId?: string;
    afterId?: string;
    limit: number;
  }): Promise<readonly (LogEntry & { readonly id: string })[]>;
  /**
   * Whether another item of the pipeline had one of the outcomes `accepted` since the first of this item's last
   * `failures` outcomes `unavailable` or `ambiguous`.
   */
  othersPassed(
    item: ItemRef,
    since: { readonly failures: number; readonly accepted: readonly string[] },
  ): Promise<boolean>;
  /** Deletes entries older than `keepMs`; returns how many. */
  prune(keepMs: number): Promise<number>;
}

export interface CollectedItem {
  readonly craftItemId: string;
  readonly shortId: string | null;
}

/** An item that is blocked before its lock, and what its last check has seen. */
export interface BlockedItem extends ItemRef {
  /** The ledger shows that what it waits for is over: its parent, or the item's link in another pipeline. */
  readonly isFree: boolean;
  readonly checked: string | null;
  /** The fingerprint that a sweep woke it for last, and how often. */
  readonly listed: string | null;
  readonly listedTimes: number;
}

/**
 * What a sweep has read (`item_snapshot`): the collection of one sweep, and item texts that `Opening.read` gives while
 * they are fresh.
 */
export interface Snapshots {
  /** The sweep is under way: to be said again while it is, so that a terminated one is noticed. */
  noteUnderWay(pipeline: string, sweepId: string): Promise<void>;
  /** The sweep has ended: what it collected and did not start, nobody will start for it. */
  noteEnded(pipeline: string, sweepId: string): Promise<void>;
  /**
   * Stores a page under the sweep; returns how many ids were new to this sweep. An attempt gets 0 for what an earlier
   * attempt stored, so it must decide by the ids that it has seen itself whether its pass goes on.
   */
  collect(pipeline: string, sweepId: string, items: readonly CraftItem[]): Promise<number>;
  /** Collects malformed entries by their ids: they are started, so that they show as blocked. */
  collectMalformed(
    pipeline: string,
    sweepId: string,
    entries: readonly { id: string; shortId: string | null; problem: string }[],
  ): Promise<number>;
  /** `known`: in a known phase. `unseen`: without a row, or `not-ready`. What this sweep started is in neither. */
  counts(
    pipeline: string,
    sweepId: string,
  ): Promise<{ readonly found: number; readonly known: number; readonly unseen: number }>;
  /** The next collected items that are neither marked as started nor in a known phase, sorted by id, after `after`. */
  nextUnknown(
    pipeline: string,
    sweepId: string,
    after: string | null,
    limit: number,
  ): Promise<readonly CollectedItem[]>;
  markStarted(pipeline: string, sweepId: string, craftItemIds: readonly string[]): Promise<void>;
  /**
   * How many items this sweep started that are not locked, final, or waiting for anything but budget, and showed life
   * within 10 minutes.
   */
  inHand(pipeline: string, sweepId: string): Promise<number>;
  /** Keeps an unlocked item that a step has just read singly, if it can be stored. */
  keep(item: ItemRef, craftItem: CraftItem): Promise<void>;
  drop(item: ItemRef): Promise<void>;
  /** `pipelines`: those that are configured; parents of others are not waited for. */
  blocked(pipeline: string, pipelines: readonly string[]): Promise<readonly BlockedItem[]>;
  /** These items were woken for what a sweep listed. */
  noteListed(
    pipeline: string,
    shown: readonly { readonly craftItemId: string; readonly listed: string | null }[],
  ): Promise<void>;
  /** Deletes snapshots older than a day, and collections of sweeps that showed no life for a week. */
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
  /** How long it has had this value at least, by the database's clock. */
  readonly standsForMs: number;
  /** Every change up to and including this time woke its item, and no other can become visible; null: not known. */
  readonly settledTo: string | null;
  /** By the database's clock. */
  readonly lookedUpAt: string;
}

export interface Feeds {
  cursor(devTool: string, scope: string): Promise<FeedCursor>;
  /** Pairs (id, updatedAt) since `since` that woke their items, to be dropped when they are read again. */
  woken(devTool: string, scope: string, since: string): Promise<readonly { devItemId: string; updatedAt: string }[]>;
  /**
   * One transaction: compare-and-set of the cursor (only forward), the pairs that woke their items, and the changes
   * that failed to, into `pending_change`. False: another sweep, or an earlier attempt of this one, moved the cursor
   * meanwhile; only the pending changes were written.
   */
  advance(
    devTool: string,
    scope: string,
    move: {
      fromVersion: number;
      to: string | null;
      woken: readonly { devItemId: string; updatedAt: string }[];
      pending: readonly PendingChange[];
      keepPairsSince: string;
      /** Moves `settledTo`, only forward; null or absent leaves it. */
      settledTo?: string | null;
    },
  ): Promise<boolean>;
  pending(devTool: string): Promise<readonly PendingChange[]>;
  clearPending(change: PendingChange): Promise<void>;
  /** When the inventory of a scope was last taken; null: never. */
  lastInventory(devTool: string, scope: string): Promise<string | null>;
  noteInventory(devTool: string, scope: string): Promise<void>;
}

export interface SweepRecord {
  readonly scheduleId: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** The sweep's result as JSON. */
  readonly result: Readonly<Record<string, unknown>> | null;
  /** Why it held back, in words; null when it did not. */
  readonly heldBack: string | null;
  /** Why it cannot finish, in words; null once a run has ended. */
  readonly trouble: string | null;
  readonly troubleSince: string | null;
}

/** Pauses of connections, what connectors remember, the last run of each sweep, and the configuration applied last. */
export interface Connections {
  /** `first`: it was not paused. A pause with reason `connection` never replaces another; any other replaces it. */
  pause(
    connection: string,
    reason: Reason,
    message: string,
    options?: { readonly writeRefused: boolean },
  ): Promise<{ readonly first: boolean }>;
  /** Ends the pause, whatever its reason; false: there was none. */
  resume(connection: string): Promise<boolean>;
  /** A call was answered: ends a pause with reason `connection`; false: there was none that such an answer ends. */
  answered(connection: string, by: 'read' | 'write'): Promise<boolean>;
  paused(connection: string): Promise<ConnectionPause | null>;
  listPaused(): Promise<readonly ConnectionPause[]>;
  /**
   * True for one caller a minute: it may probe the paused connection. `quietMs`: only where it is paused and nobody has
   * probed it for so long.
   */
  mayProbe(connection: string, quietMs?: number): Promise<boolean>;
  /** What connectors must remember about a connection, e.g. whether a PUT replaces all custom fields. */
  recall(connection: string, key: string): Promise<string | null>;
  remember(connection: string, key: string, value: string): Promise<void>;
  /** With `result` or `heldBack` a run has ended; with neither one begins, and the last result stays until it ends. */
  noteSweep(record: {
    scheduleId: string;
    result: Readonly<Record<string, unknown>> | null;
    heldBack: string | null;
  }): Promise<void>;
  /** A step of a sweep failed. A run that ends clears the trouble; `troubleSince` keeps the time of the first. */
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
  /** Null: something changed, and only the feeds show what. */
  readonly devItemIds: readonly string[] | null;
}

/** Webhooks from their arrival until their items are woken (design 4, Inbox). */
export interface Inbox {
  /** Null: it was stored before. */
  store(delivery: {
    devTool: string;
    deliveryId: string;
    devItemIds: readonly string[] | null;
  }): Promise<StoredDelivery | null>;
  /** Their items were woken. */
  markWoken(ids: readonly string[]): Promise<void>;
  /** `why` never holds a secret. The deliveries are taken again later. */
  noteFailed(ids: readonly string[], why: string): Promise<void>;
  /** The oldest deliveries that are not marked and nobody took within `unmarkedForMs`; each goes to one caller. */
  takeWaiting(taking: { devTool?: string; unmarkedForMs: number; limit: number }): Promise<readonly StoredDelivery[]>;
  /** For each dev tool with deliveries that are not marked: how many, and how old the oldest is. */
  waiting(): Promise<readonly { readonly devTool: string; readonly count: number; readonly oldestMs: number }[]>;
  /** When the last delivery of each dev tool arrived. */
  lastReceived(): Promise<readonly { readonly devTool: string; readonly at: string }[]>;
  /** Deletes those older than `keepMs`, marked or not; returns how many. */
  prune(keepMs: number): Promise<number>;
}

/** Changes that no webhook announced, though webhooks are expected. */
export interface Silences {
  /**
   * The ids of the dev items whose change was announced: by a delivery that names the item, or names none, and arrived
   * no earlier than one minute before the change, since clocks differ.
   */
  announced(
    devTool: string,
    changes: readonly { readonly devItemId: string; readonly updatedAt: string }[],
  ): Promise<readonly string[]>;
  /** Adds what the sweep `run` found. The count restarts if a delivery about followed items arrived since it began. */
  note(devTool: string, found: { readonly changes: number; readonly run: string }): Promise<void>;
  /** The silences that no delivery about followed items has ended. */
  list(): Promise<readonly Silence[]>;
  /** True for one caller in each silence. */
  mayAlert(devTool: string): Promise<boolean>;
}

export interface Ledger extends LinkLedgers {
  /** The database's clock: every comparison with a stored time uses it, never the process's. */
  now(): Promise<Date>;
  readonly opening: Opening;
  readonly log: SyncLog;
  readonly snapshots: Snapshots;
  readonly feeds: Feeds;
  readonly connections: Connections;
  readonly refusals: Refusals;
  readonly inbox: Inbox;
  readonly submissions: Submissions;
  readonly itemFeedback: ItemFeedback;
  readonly silences: Silences;
  readonly continuity: Continuity;
  readonly budgets: Budgets;
  /** True when every migration of this release has been applied. */
  isMigrated(): Promise<boolean>;
  /** Applies missing migrations under an advisory lock; returns their names. */
  migrate(): Promise<readonly string[]>;
  close(): Promise<void>;
}
