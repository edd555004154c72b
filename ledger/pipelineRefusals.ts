/** The ledger's interface for refusals of a pipeline's items in a row (design 3, A refused pipeline). */
import type { ItemRef } from '../domain/ids.js';
import type { RefusedStep } from '../domain/rules/refusals.js';

/** What a paused pipeline was refused. */
export interface Refused {
  readonly pipeline: string;
  readonly step: RefusedStep;
  /** Craft.io's ids of the items that were refused in a row; they are blocked, each with its own reason. */
  readonly items: readonly string[];
  /** Items that are tried nevertheless. */
  readonly admitted: readonly string[];
  /** As `refusedSettings` gives them. */
  readonly settings: string | null;
}

export interface NewRefusal {
  readonly step: RefusedStep;
  /** As `refusalWords` gives them. */
  readonly words: string;
  /** Why the pipeline is paused, should this refusal pause it. */
  readonly message: string;
  readonly settings: string;
  /** The log's outcomes that say that this step of another item was accepted. */
  readonly accepted: readonly string[];
  /** So many different items in a row pause the pipeline. */
  readonly most: number;
}

export interface NotedRefusal {
  /** This refusal has paused the pipeline. */
  readonly pausedNow: boolean;
  /** It was paused before, and this is the same refusal: the item is not one of those that it was paused for. */
  readonly isOneMore: boolean;
}

export interface Refusals {
  /**
   * Notes that an item was refused. The row of the same refusals begins anew with other words, and when an item of the
   * pipeline was accepted in between, as the log says. One statement decides, whichever process asks.
   */
  note(item: ItemRef, refusal: NewRefusal): Promise<NotedRefusal>;
  /** The item is tried although its pipeline is paused, until it is refused; does nothing where it is not paused. */
  admit(item: ItemRef): Promise<void>;
  /** The item waits as the others do. */
  dismiss(item: ItemRef): Promise<void>;
  /** Other items that wait for the paused pipeline: how many look again within `soonMs`, how many are to be locked. */
  waiting(item: ItemRef, soonMs: number): Promise<{ readonly soon: number; readonly locking: number }>;
}
