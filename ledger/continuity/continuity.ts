/**
 * The ledger's interface for one question: may a dev item exist that no row knows? (decision 18)
 *
 * A ledger that was restored from a copy, or begun anew, lacks what was handed over since. It cannot see that by its
 * rows; it sees that nobody has used it for a while, or that a process saw it used later than it says. Then it is in
 * doubt, and before anything is created for a pipeline, the markers in its dev tool are compared with the rows.
 */
import type { ItemRef } from '../../domain/ids.js';

/** Why the markers of a pipeline are to be compared with the rows. Times are ISO strings by the database's clock. */
export interface Doubt {
  /** The newest doubt that a comparison which begins now settles. */
  readonly id: number;
  /** The markers of this pipeline were never compared. */
  readonly isFirst: boolean;
  readonly doubtedAt: string;
  /** Dev items that were created before are known; null: none is. */
  readonly knownUntil: string | null;
  readonly why: string;
}

/** Dev items that carry the marker of one item and generation, the oldest first. */
export interface Marked {
  readonly craftItemId: string;
  readonly generation: number;
  readonly devItemIds: readonly string[];
}

export type Claim =
  | { readonly status: 'claimed' }
  /** Another step compares, or the last attempt failed a moment ago (`trouble`). */
  | { readonly status: 'busy'; readonly trouble: string | null };

export type Comparison =
  /** `changed`: items whose rows now look for, or name, a dev item that they did not know. */
  | { readonly status: 'settled'; readonly changed: readonly ItemRef[] }
  /** There are dev items that no row knows, and `ifNoneIsUnknown` was asked for: nothing was changed. */
  | { readonly status: 'some-unknown' };

export interface Continuity {
  /** Says that the ledger is in use; notes a doubt if nobody said so for two minutes, or it was put back in time. */
  beat(): Promise<void>;
  /** Notes a doubt, unless all pipelines wait for one already. */
  raise(why: string): Promise<void>;
  /** Null: every dev item of the pipeline in this tool has a row, as far as can be known. */
  doubt(pipeline: string, devTool: string): Promise<Doubt | null>;
  /** The right to compare, for `forMs`: one step does it, and the others wait. */
  claim(pipeline: string, devTool: string, forMs: number): Promise<Claim>;
  /** Nobody compares again for `ms`. `trouble`: the tool could not tell; a person may have to look. */
  postpone(pipeline: string, devTool: string, ms: number, trouble: string | null): Promise<void>;
  /** Comparisons that the tool's last answer did not allow. */
  troubles(): Promise<readonly { readonly pipeline: string; readonly devTool: string; readonly trouble: string }[]>;
  /**
   * Puts right what the rows lack, in one transaction; it may be repeated. An item without a dev item gets one that
   * carries its marker as an open create, its row inserted where there is none; a row with another dev item is flagged
   * as having a duplicate.
   */
  settle(
    pipeline: string,
    devTool: string,
    comparison: { readonly marked: readonly Marked[]; readonly ifNoneIsUnknown: boolean },
  ): Promise<Comparison>;
  /** The doubt is over: what was changed is known to the runs that it concerns. */
  conclude(pipeline: string, devTool: string, doubt: Doubt): Promise<void>;
  /** Nothing is compared: an operator says that the tool holds nothing unknown. */
  dismiss(pipeline: string, devTool: string): Promise<void>;
  /** A dev item of the item is known although its row does not say so. */
  remember(
    item: ItemRef,
    known: { readonly devTool: string; readonly marked: Omit<Marked, 'craftItemId'> },
  ): Promise<void>;
  /**
   * A row that knows neither a dev item nor a create, although one was sent for its generation, is given that create as
   * an open one, and phase `creating`. False: there is nothing to recall.
   */
  recall(item: ItemRef): Promise<boolean>;
  /** Ids of dev items that were seen with the item's marker in this generation; empty: none is known by id. */
  seenWithMarker(item: ItemRef, generation: number): Promise<readonly string[]>;
}
