/**
 * The budgets of calls that all processes share (design 5): for each connection a state that `runtime/budget/` makes
 * and understands, and the places of those who were told to come back. Times are milliseconds of the database's clock.
 */

/** The state as it is stored, with what a compare-and-set needs. */
export interface StoredBudget {
  /** Any JSON: another release may have written it. */
  readonly state: unknown;
  readonly version: number;
  readonly nowMs: number;
}

/** Who is told to come back, and what its turn depends on, apart from those who have a place before it. */
export interface BudgetPlace {
  readonly waiter: string;
  readonly callClass: string;
  /** Since when it waits. */
  readonly askedMs: number;
  /** How many go before it without having a place. */
  readonly ahead: number;
  /** 0: nobody goes before it. */
  readonly perCallMs: number;
  /** Its turn does not come earlier than in so many milliseconds. */
  readonly atLeastMs: number;
}

export interface Budgets {
  load(connection: string): Promise<StoredBudget>;
  /**
   * Stores the state if `version` is still the newest, and drops the places of those who were served. Null: another
   * process was first, and nothing changed.
   */
  save(
    connection: string,
    change: { readonly version: number; readonly state: object; readonly served: readonly string[] },
  ): Promise<{ readonly nowMs: number } | null>;
  /**
   * Keeps places, of waiters that differ, and returns in how many milliseconds the turn of each will come, in the order
   * given. Places of the same class that began earlier go before, unless they are overdue by `OVERDUE_MS`.
   */
  keepPlaces(connection: string, places: readonly BudgetPlace[]): Promise<readonly number[]>;
  /** Since when each waits, in the order given; null: it has no place. */
  placesOf(connection: string, waiters: readonly string[]): Promise<readonly (number | null)[]>;
  /** Drops places whose turn is over for longer than a day; returns how many. */
  prune(): Promise<number>;
}

/** Whoever is late by more than this is not reckoned with, though it keeps its place. */
export const OVERDUE_MS = 30_000;
