/** The ledger's interface for what a run or a step of an item begins with: one statement. */
import type { CraftItem } from '../domain/craftItem.js';
import type { ItemRef } from '../domain/ids.js';
import type { ItemLink } from '../domain/link.js';
import type { Reason } from '../domain/phases.js';
import type { Refused } from './pipelineRefusals.js';

export interface ConnectionPause {
  readonly connection: string;
  readonly reason: Reason;
  readonly message: string;
  readonly since: string;
  /** A refused write began it, so an answered read does not end it. */
  readonly writeRefused: boolean;
  /** Of a pipeline alone: what was refused. */
  readonly refused?: Refused;
}

/** What a run or a step of an item begins with. */
export interface Opened {
  readonly link: ItemLink | null;
  /** The database's time. */
  readonly now: Date;
  /** All connections that are paused. */
  readonly pauses: readonly ConnectionPause[];
  /** `continuity.recall` would change the row; where there is none, it would change one that is inserted. */
  readonly hasNotedCreate: boolean;
  /** There are `hierarchy.childrenWithoutDevItem`. */
  readonly hasWaitingChildren: boolean;
  /** Null unless it was asked for (`freshForMs`) and is no older than that. */
  readonly snapshot: FreshSnapshot | null;
  /** `Links.liveElsewhere`; null unless `freshForMs` was given. */
  readonly elsewhere: Elsewhere | null;
}

export type Elsewhere = Pick<ItemLink, 'pipeline' | 'devItemId' | 'devItemKey'>;

/** Reads all of it in one statement. */
export interface Opening {
  read(item: ItemRef, options?: { readonly freshForMs?: number }): Promise<Opened>;
}

/** An item as a sweep read it, or as a step kept it. */
export interface FreshSnapshot {
  readonly item: CraftItem | null;
  /** Set for malformed entries. */
  readonly problem: string | null;
  /** By a step (`Snapshots.keep`), not by a sweep. */
  readonly readSingly: boolean;
  /** No other pipeline, which may have written to it since, has a row of the item. */
  readonly isOfOnePipeline: boolean;
}
