/**
 * The ledger's interface for one question: may a dev item exist that no row knows? (decision 18)
 *
 * A ledger that was restored from a copy, or begun anew, lacks what was handed over since. It cannot see that by its
 * rows; it sees that nobody has used it for a while, or that a process saw it used later than it says. Then it is in
 * doubt, and before anything is created for a pipeline, the markers in its dev tool are compared with the rows.
 */
import type { ItemRef } from '../../domain/ids.js';
import type { Reason } from '../../domain/phases.js';

/** Why the markers of a pipeline are to be compared with the rows. Times are ISO strings by the database's clock. */
export interface Doubt {
  /** The newest doubt that a comparison which begins now settles. */
  readonly id: number;
  /** The markers of this pipeline were never compared. */
  readonly isFirst: boolean;
  /** Nothing suggests that another ledger has sent creates that are under way still: this one is new to everybody. */
  readonly isNew: boolean;
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

/** The right to compare a pipeline's markers in a dev tool, until it is renewed no more. */
export interface Claim {
  readonly pipeline: string;
  readonly devTool: string;
  /** A fresh one each time. */
  readonly token: string;
}

/** Why the last comparison could not be made: a failure, or a wait for budget. */
export interface Trouble {
  readonly reason: Reason;
  /** A clause. */
  readonly why: string;
}

/** A comparison that another step makes, or that is made again later. */
export interface OpenComparison {
  readonly pipeline: string;
  readonly devTool: string;
  /** Null: nothing held it up, as far as it has got. It stays while the next one is under way. */
  readonly trouble: Trouble | null;
  /** How many in a row have failed. */
  readonly failures: number;
  /** Since how many milliseconds it is under way; null: nobody compares now. */
  readonly underWayMs: number | null;
  /** In how many milliseconds it may be made again, if nobody renews the claim. */
  readonly againInMs: number;
}

export type Claiming =
  | { readonly status: 'claimed'; readonly claim: Claim; readonly failures: number }
  | ({ readonly status: 'busy' } & OpenComparison);

/** Dev items of one item and generation. */
export interface KnownDevItems {
  /** Ids that were seen with the item's marker. */
  readonly marked: readonly string[];
  /** Ids that the item was linked to, with the marker or without; the last one is the newest. */
  readonly linked: readonly string[];
}

export type Comparison =
  /** `changed`: items whose rows now look for, or name, a dev item that they did not know. */
  | { readonly status: 'settled'; readonly changed: readonly ItemRef[] }
  /** There are dev items that no row knows, and `ifNoneIsUnknown` was asked for: nothing was changed. */
  | { readonly status: 'some-unknown' }
  /** The claim was lost to another step, or an operator ended the doubt: nothing was changed. */
  | { readonly status: 'lost' };

export interface Continuity {
  /** Says that the ledger is in use; notes a doubt if nobody said so for two minutes, or it was put back in time. */
  beat(): Promise<void>;
  /** Notes a doubt, unless all pipelines wait for one already. */
  raise(why: string): Promise<void>;
  /** Null: every dev item of the pipeline in this tool has a row, as far as can be known. */
  doubt(pipeline: string, devTool: string): Promise<Doubt | null>;
  /** The right to compare, for `forMs`: one step does it, and the others wait. */
  claim(pipeline: string, devTool: string, forMs: number): Promise<Claiming>;
  /** False: the claim is lost, and what the step has seen counts no more. */
  renew(claim: Claim, forMs: number): Promise<boolean>;
  /**
   * Ends the claim; nobody compares again for `ms`. What was known of trouble stays, or gives way to why the connection
   * waits, which counts as no failure.
   */
  postpone(claim: Claim, ms: number, wait?: Trouble): Promise<void>;
  /** Ends the claim of a comparison that could not be made; a person may have to look. */
  fail(claim: Claim, ms: number, trouble: Trouble): Promise<void>;
  /** Comparisons that are under way, or could not be made. */
  openComparisons(): Promise<readonly OpenComparison[]>;
  /**
   * Puts right what the rows lack, in one transaction; it may be repeated. An item without a dev item gets one that
   * carries its marker as an open create, its row inserted where there is none; a row with another dev item is flagged
   * as having a duplicate; for a released one it is only noted, so that a `recreate` finds it.
   */
  settle(
    claim: Claim,
    comparison: { readonly marked: readonly Marked[]; readonly ifNoneIsUnknown: boolean },
  ): Promise<Comparison>;
  /** The doubt is over: what was changed is known to the runs that it concerns. Nothing if the claim is lost. */
  conclude(claim: Claim, doubt: Doubt): Promise<void>;
  /** Nothing is compared: an operator says that the tool holds nothing unknown. Ends the claim of whoever compares. */
  dismiss(pipeline: string, devTool: string): Promise<void>;
  /**
   * Dev items of the item are known although its row does not say so; `linked` in the order in which it was. What was
   * known of the generation in another tool is forgotten.
   */
  remember(
    item: ItemRef,
    known: { readonly devTool: string; readonly generation: number } & KnownDevItems,
  ): Promise<void>;
  /**
   * A row that knows no dev item is given the newest create that was sent for it as an open one, and phase `creating`:
   * one of its generation where it knows of no create, else one of a later generation. False: there is nothing to
   * recall.
   */
  recall(item: ItemRef): Promise<boolean>;
  /** What is noted of this generation, if it was in this tool. */
  knownDevItems(item: ItemRef, of: { readonly generation: number; readonly devTool: string }): Promise<KnownDevItems>;
  /**
   * An earlier generation of a row without a dev item is left for this one, of which nothing is known to have been
   * sent. A pause and a release stay.
   */
  advance(item: ItemRef, generation: number): Promise<void>;
}
