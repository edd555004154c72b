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

/** Who was told to come back, and since when it waits. */
export interface BudgetPlace {
  readonly connection: string;
  readonly waiter: string;
  readonly callClass: string;
  readonly askedMs: number;
}

/** What a turn depends on, apart from those who have a place before it. */
export interface BudgetTurn {
  /** How many go before it without having a place. */
  readonly ahead: number;
  readonly perCallMs: number;
  /** It does not come earlier than in so many milliseconds. */
  readonly atLeastMs: number;
}

/** The state of one connection's budget, for those who show it. */
export interface KnownBudget {
  readonly connection: string;
  readonly state: unknown;
  /** How many were told to come back and are not due yet, by class. */
  readonly away: Readonly<Record<string, number>>;
}

/** What a budget needs to be shared. */
export interface BudgetStore {
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
   * Keeps a place, and returns in how many milliseconds its turn will come. Places of the same class that began
   * earlier go before it, unless they are overdue by `OVERDUE_MS`.
   */
  keepPlace(place: BudgetPlace, turn: BudgetTurn): Promise<number>;
  /** Since when it waits; null: it has no place. */
  placeOf(connection: string, waiter: string): Promise<number | null>;
}

export interface Budgets extends BudgetStore {
  list(): Promise<{ readonly nowMs: number; readonly known: readonly KnownBudget[] }>;
  /** Drops places whose turn is over for longer than a day; returns how many. */
  prune(): Promise<number>;
}

/** Whoever was sent away is to be back this long before its turn, so that no slot is lost while it is on its way. */
export const BACK_BEFORE_MS = 10_000;
/** Whoever is late by more than this is not reckoned with, though it keeps its place. */
export const OVERDUE_MS = 30_000;
