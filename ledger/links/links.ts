/** The ledger's interface for links: rows of `item_link` with their companions in `item_detail`. */
import type { DevItem } from '../../domain/devItem.js';
import type { ItemRef } from '../../domain/ids.js';
import type { HandedOver, ItemLink, ShownLink, UnansweredWrite } from '../../domain/link.js';
import type { Phase, Reason } from '../../domain/phases.js';
import type { GoneCraftItems, GoneDevItems } from './goneItems.js';
import type { LiveLinks } from './liveLinks.js';

/** The right to send one write. `passed` counts from this process's clocks, read before the query. */
export interface Lease {
  readonly token: string;
  readonly deadline: { passed(): boolean };
  /** The row before this lease was taken: its `sentAt`, `sendBefore` and `claimToken` belong to earlier attempts. */
  readonly before: Pick<
    ItemLink,
    'generation' | 'phase' | 'devItemId' | 'claimToken' | 'sentAt' | 'sendBefore' | 'unanswered'
  >;
}

/** A line of the log without the item and the time that it belongs to. */
export interface LogLine {
  readonly step: string;
  readonly outcome: string;
  readonly attempt: number;
  /** Facts in words; never a title, a description or an API key. */
  readonly detail: string | null;
  readonly workflowId: string | null;
  readonly runId: string | null;
}

/** The row as it was written, and when. */
export interface Written {
  readonly link: ItemLink;
  readonly now: Date;
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
  readonly unknownSearches?: number;
  readonly handedOver?: HandedOver | null;
  readonly fingerprint?: string | null;
  readonly lastProgress?: Readonly<Record<string, string>> | null;
  readonly devUpdatedAt?: string | null;
  readonly unanswered?: UnansweredWrite | null;
  readonly pausedFrom?: Phase | null;
  readonly parentCraftItemId?: string | null;
  readonly settlingSince?: string | null;
  readonly lockedAt?: string | null;
  readonly writeRefusedAt?: string | null;
  readonly checked?: string | null;
}

/** What was written to Craft.io. */
export interface Pushed {
  /** Complete: it replaces the column. */
  readonly lastProgress: Readonly<Record<string, string>>;
  readonly devItem?: DevItem;
  /** An earlier write that may still be applied; null or absent: there is none. */
  readonly open?: UnansweredWrite | null;
  /** The phase that follows, unless the item was paused meanwhile; absent: it stays. */
  readonly next?: { readonly phase: 'following' | 'settling'; readonly lastError: string | null };
  readonly log?: LogLine;
}

/** What must be in the row before a create is sent. */
export interface SentCreate {
  /** The phase in which the attempt found the row; in any other phase nothing is written. */
  readonly phase: Phase;
  readonly handedOver: HandedOver;
  readonly fingerprint: string;
  /** Where it goes: until a create was sent, the row may still name an earlier dev tool of the pipeline. */
  readonly devTool: string;
  /** As the connector parsed it: JSON. */
  readonly target: object | null;
}

export type StoreDevItem =
  | ({ readonly status: 'stored' } & Written)
  /** A newer token exists; nothing was stored. */
  | { readonly status: 'superseded'; readonly link: ItemLink }
  /** By the unique key, another Craft item holds this dev item. */
  | { readonly status: 'held'; readonly by: ItemRef };

export type RenamePipeline =
  | { readonly status: 'moved'; readonly items: readonly ItemRef[] }
  /** These have a create whose outcome is not known: their markers carry the old name. Nothing was moved. */
  | { readonly status: 'creating'; readonly items: readonly ItemRef[] }
  /** The new name has rows for these items already. Nothing was moved. */
  | { readonly status: 'taken'; readonly items: readonly ItemRef[] };

export interface BeginRow {
  readonly devTool: string;
  readonly craftShortId: string | null;
  readonly craftUrl: string | null;
  /** The item was checked as it was listed a moment ago, and can be handed over: what that check has seen. */
  readonly checked?: string | null;
}

/** Reads rows, and inserts them. */
export interface Links {
  get(item: ItemRef): Promise<ItemLink | null>;
  /** By Craft id or short id. */
  find(pipeline: string, idOrShortId: string): Promise<ItemLink | null>;
  /**
   * The row, inserted with phase `checking` when there is none. In a row that exists, `craftShortId` and `craftUrl` are
   * updated where they are given, and the dev tool as long as nothing was sent to it. With `checked`, a new row begins
   * with phase `creating` unless another pipeline holds the item.
   */
  begin(item: ItemRef, init: BeginRow): Promise<ItemLink>;
  /** Ordered by pipeline and short id. */
  list(filter: { pipeline?: string; devTool?: string; phases?: readonly Phase[] }): Promise<readonly ItemLink[]>;
  /** What `status --json` shows of each row, in the same order: of a large ledger a third of what a row holds. */
  listShown(pipeline?: string): Promise<readonly ShownLink[]>;
  /** Rows that may need a person, in the same order: by their phase, or because something is noted of them. */
  listTroubled(pipeline?: string): Promise<readonly ItemLink[]>;
  countByPhase(
    pipeline?: string,
  ): Promise<readonly { pipeline: string; phase: Phase; blockedBy: Reason | null; count: number }[]>;
  /** Rows of a dev tool by dev item id, `released` ones included. */
  byDevItems(devTool: string, devItemIds: readonly string[]): Promise<readonly ItemLink[]>;
  /**
   * A live link of another pipeline to the same Craft item: neither `released` nor `not-ready`, with a dev item or a
   * create under way.
   */
  liveElsewhere(item: ItemRef): Promise<ItemLink | null>;
}

/** Changes a row outside of a write: its phase, and the fields that belong to no lease. */
export interface Phases {
  /** Whatever the row says. Renews `updated_at` even if nothing else changes. */
  set(item: ItemRef, change: PhaseChange): Promise<ItemLink>;
  /**
   * Only while phase, generation, dev item and token are as in `read`, so that what was decided by an older row does no
   * harm. A row that had no token gets one, so that a step which began before has no say any more; with `endsSteps` it
   * gets a new one. False: the row has changed, or is gone.
   */
  setAsRead(
    read: ItemLink,
    change: PhaseChange & { readonly pausedFrom?: Phase | null; readonly endsSteps?: boolean },
  ): Promise<boolean>;
  /**
   * Like `set`, for a step: only while `token` (null: none yet) is the newest, so that a late completion does no harm.
   * A paused item changes only where the step knows (`from`) that it is paused.
   */
  setUnder(item: ItemRef, token: string | null, change: PhaseChange, from: Phase): Promise<boolean>;
  patch(item: ItemRef, patch: LinkPatch): Promise<ItemLink>;
  /** Writes `woken_at` and leaves `updated_at` as it is; does nothing without a row. */
  noteWoken(item: ItemRef): Promise<void>;
  /**
   * Notes what these items were told, each by its row as it was read before. What was pushed to Craft.io since then, or
   * is later, forgets it. Leaves `updated_at` as it is.
   */
  noteTold(news: readonly { readonly item: ItemLink; readonly told: string }[]): Promise<void>;
}

/** A write to Craft.io that a lease is taken for; see `Leases.take`. */
export interface LeasedWrite {
  readonly unanswered: Omit<UnansweredWrite, 'until'>;
  readonly lateMs: number;
  readonly after?: string | null;
}

/** The right to send one write (design 3, step 2), and what is noted about that write. */
export interface Leases {
  /**
   * Gives a new claim token; the token's writes must be sent within `aheadMs`. Never waits. For a write to Craft.io,
   * `unanswered` is recorded in the same statement with `until` = `send_before` + `lateMs`: if the process dies right
   * after it, the row shows what may still be applied. The earlier `unanswered` is in `Lease.before`. With `after` it
   * is recorded only if that was the newest token (null: none), so that what a rival has recorded since stays.
   */
  take(item: ItemRef, aheadMs: number, write?: LeasedWrite): Promise<Lease>;
  /** The same, unless writes to the connection are paused, because one was refused: then null, and nothing changes. */
  takeUnlessPaused(item: ItemRef, aheadMs: number, connection: string, write?: LeasedWrite): Promise<Lease | null>;
  /**
   * Writes `sent_at` and what is about to be sent, if the token is the newest and the phase is as it was; false:
   * superseded, send nothing. `sent_at` keeps its first value until `clearSent`.
   */
  noteSent(item: ItemRef, token: string, create: SentCreate): Promise<boolean>;
  /** The write under this token certainly did not happen: forgets `sent_at`. */
  clearSent(item: ItemRef, token: string): Promise<void>;
  /** Whether the token is still the newest. */
  holdsToken(item: ItemRef, token: string): Promise<boolean>;
}

/** Stores what was written to Craft.io. */
export interface Pushes {
  /** The write under this token certainly did not happen: puts `unanswered` back, if the token is the newest. */
  restoreUnanswered(item: ItemRef, token: string, unanswered: UnansweredWrite | null): Promise<void>;
  /**
   * Writes `handed_over`, fingerprint and `locked_at`, and, unless the item was paused meanwhile, phase `following`
   * without a reason to wait. Deletes what a sweep has read of the item. Stores what was pushed as `storePushed` does.
   * Null: superseded.
   */
  storeLock(
    item: ItemRef,
    token: string,
    lock: Pushed & { readonly handedOver: HandedOver; readonly fingerprint: string },
  ): Promise<Written | null>;
  /**
   * Writes what was pushed and, where `devItem` is given, its key, URL, scope, status and `updatedAt`; an older
   * `devItem` changes none of these, so `dev_updated_at` never goes back. `unanswered` becomes `open`. Null:
   * superseded.
   */
  storePushed(item: ItemRef, token: string, pushed: Pushed): Promise<Written | null>;
}

/** Which dev item a row holds. */
export interface Pairings {
  /** Writes id, key, URL, scope, status, `dev_updated_at`, `linked_at` and, unless paused, phase `locking`. */
  storeDevItem(item: ItemRef, token: string, devItem: DevItem, log?: LogLine): Promise<StoreDevItem>;
  /**
   * For `recreate`: raises the generation by one, forgets dev item, lease, lock and progress, dismisses the old dev
   * item, and sets phase `checking`. Only from the generation that the caller saw, so that a repetition does not raise
   * twice, and, where `token` is given (null: none), only while that is the newest. Returns the row as it is now.
   */
  raiseGeneration(item: ItemRef, from: { generation: number; token?: string | null }): Promise<ItemLink>;
  /**
   * For `relink`: writes the new dev item of `devTool`, resets `dev_updated_at` and `last_progress`, forgets
   * `locked_at` and `handed_over`, and sets phase `locking`. Ends leases in force, and dismisses what else is known:
   * the dev item that was held before, duplicates, and `made`, ids of what a lost create has made. `superseded`: a
   * create of the item is open, and what it makes may show until `visibleMs` after its `send_before`, or `token` (null:
   * none) is not the newest. What is left out does not matter.
   */
  relink(
    item: ItemRef,
    devTool: string,
    devItem: DevItem,
    asRead?: { readonly made?: readonly string[]; readonly visibleMs?: number; readonly token?: string | null },
  ): Promise<StoreDevItem>;
}

/** Finds rows by how their Craft items are related (design 4, Hierarchy). */
export interface Hierarchy {
  /** The rows of a Craft item in all pipelines, linked ones first. */
  handOvers(craftItemId: string): Promise<readonly ItemLink[]>;
  /** Whether a ready sweep of these pipelines has collected the item, and its run has not come to its first step. */
  isCollected(craftItemId: string, pipelines: readonly string[]): Promise<boolean>;
  /** Items of any pipeline, not final or paused, that have sent nothing and have this item noted as their parent. */
  childrenWithoutDevItem(craftItemId: string): Promise<readonly ItemRef[]>;
  /** Whether the first item is the second one or an ancestor of it, as far as parents were noted. */
  isAncestor(craftItemId: string, ofCraftItemId: string): Promise<boolean>;
  /** Links whose dev item is alive, by the pages of their Craft items. */
  liveByCraftUrl(urls: readonly string[]): Promise<readonly ItemLink[]>;
}

/** Moves the rows of a renamed pipeline (design 7, Configuration). */
export interface Renaming {
  /** Moves every row to a new name, in one transaction; idempotent. Nothing may run under the old name. */
  renamePipeline(from: string, to: string): Promise<RenamePipeline>;
}

/** All ten, under the names that they have in `Ledger`. */
export interface LinkLedgers {
  readonly links: Links;
  readonly phases: Phases;
  readonly leases: Leases;
  readonly pushes: Pushes;
  readonly pairings: Pairings;
  readonly live: LiveLinks;
  readonly gone: GoneDevItems;
  readonly goneInCraft: GoneCraftItems;
  readonly hierarchy: Hierarchy;
  readonly renaming: Renaming;
}
