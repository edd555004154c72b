/** The ledger's interface for items that are not found by id, on either side. Times are the database's. */
import type { DevItem } from '../../domain/devItem.js';
import type { ItemRef } from '../../domain/ids.js';

/** Dev items that are not found by id (design 3, Gone). */
export interface GoneDevItems {
  /**
   * How many linked items of a connection became `orphaned` or were found gone within the last hour, and how many are
   * followed, including the gone ones. For an hour after a `mass-deletion` pause was resumed, `gone` is 0.
   */
  goneCounts(devTool: string): Promise<{ readonly gone: number; readonly followed: number }>;
  /** Notes that this item's dev item was found gone, for `goneCounts`; idempotent within the hour. */
  noteGone(item: ItemRef): Promise<void>;
  /**
   * A read by id that began `beganMsAgo` did not find the dev item. It is noted as the first such read if there is none
   * yet for this dev item and it began later than `linked_at` + `readAfterWriteMs`; an earlier one proves nothing.
   */
  noteMissing(item: ItemRef, read: { readonly beganMsAgo: number; readonly readAfterWriteMs: number }): Promise<void>;
  /** The dev item is there: forgets `noteMissing` and, if that was about this dev item, `noteGone`. */
  noteFound(item: ItemRef): Promise<void>;
  /**
   * `isSecond`: a first read was noted. `waitMs`: how long the next read must wait to count, `readAfterWriteMs` from
   * the first read or, where there is none, from `linked_at`.
   */
  nextLook(item: ItemRef, readAfterWriteMs: number): Promise<{ readonly isSecond: boolean; readonly waitMs: number }>;
  /**
   * Dev items of `done` and `orphaned` links that are not found by id, or cannot be read: they are read again only once
   * a feed, a listing or a webhook shows them.
   */
  noteClosedMissing(devTool: string, devItemIds: readonly string[]): Promise<void>;
  /** Those dev items were found by id: forgets that, and notes the scope that they are in now. */
  noteClosedFound(devTool: string, devItems: readonly Pick<DevItem, 'id' | 'scope'>[]): Promise<void>;
}

/** What is known about a Craft item that is not found by id. */
export interface MissingCraftItem {
  /** How long ago it was not found for the first time. */
  readonly forMs: number;
  /** Whether the listing of its source showed it, read after that time and lately; null: not known. */
  readonly isListed: boolean | null;
}

/** Craft items that are not found by id (design 3, Gone). */
export interface GoneCraftItems {
  /** A read by id did not find the item: keeps the time of the first. */
  noteMissing(item: ItemRef): Promise<MissingCraftItem>;
  noteFound(item: ItemRef): Promise<void>;
  /** As `GoneDevItems.goneCounts`, for the handed-over items of all pipelines, since all have one Craft.io. */
  counts(): Promise<{ readonly gone: number; readonly followed: number }>;
  /** True for one caller in `everyMs`: it reads the pipeline's listing for all of its missing items. */
  mayLookUp(pipeline: string, everyMs: number): Promise<boolean>;
  /** Ids of the pipeline's missing items. */
  missing(pipeline: string): Promise<readonly string[]>;
  /** Which of these the listing showed, and which not; `since`: when the reading of it began. */
  noteLookUp(
    pipeline: string,
    found: { readonly since: Date; readonly ids: readonly string[]; readonly listed: readonly string[] },
  ): Promise<void>;
}
