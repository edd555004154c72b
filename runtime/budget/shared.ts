/** The shared state of one connection's budget, as this process last saw it. Changes are made one after the other. */
import type { BudgetStore } from '../../ledger/budgets/budgets.js';
import type { Clock } from './clock.js';
import { type Asking, type BudgetState, readState } from './state.js';

export interface Change<T> {
  /** The same object: nothing is to be stored. */
  readonly state: BudgetState;
  /** Waiters whose places are dropped. */
  readonly served?: readonly string[];
  readonly result: T;
}

interface Known {
  readonly state: BudgetState;
  readonly version: number;
  readonly seenMs: number;
}

export class SharedState {
  readonly #connection: string;
  readonly #store: BudgetStore;
  readonly #clock: Clock;
  #known: Known | null = null;
  /** The store's clock less this process's. */
  #offsetMs: number | null = null;
  #last: Promise<unknown> = Promise.resolve();
  #lookUp: Promise<void> | null = null;

  constructor(connection: string, store: BudgetStore, clock: Clock) {
    this.#connection = connection;
    this.#store = store;
    this.#clock = clock;
  }

  /** Null: nothing is known yet. */
  get state(): BudgetState | null {
    return this.#known?.state ?? null;
  }

  /** By the store's clock; before the first answer by this process's. */
  nowMs(): number {
    return this.#clock.nowMs() + (this.#offsetMs ?? 0);
  }

  /** For how long the state was not looked up or stored. */
  ageMs(): number {
    return this.#known === null ? Number.POSITIVE_INFINITY : this.#clock.nowMs() - this.#known.seenMs;
  }

  /** Looks the state up; one statement does for all who ask meanwhile. */
  refresh(): Promise<void> {
    this.#lookUp ??= this.#inTurn(async () => void (await this.#load())).finally(() => (this.#lookUp = null));
    return this.#lookUp;
  }

  /**
   * `work` may be called more than once: another process can be first. `upToMs`: how old the state may be that it
   * begins with, since one that is stored is checked in any case.
   */
  async change<T>(work: (state: BudgetState, nowMs: number) => Change<T>, upToMs = Infinity): Promise<T> {
    return this.#inTurn(async () => {
      for (let isFirst = true; ; isFirst = false) {
        const known = isFirst && this.ageMs() <= upToMs && this.#known !== null ? this.#known : await this.#load();
        const { state, served = [], result } = work(known.state, this.nowMs());
        if (state === known.state) return result;
        const { version } = known;
        const sentMs = this.#clock.nowMs();
        const saved = await this.#store.save(this.#connection, { version, state, served });
        if (saved === null) continue;
        this.#keep(state, version + 1, { nowMs: saved.nowMs, sentMs });
        return result;
      }
    });
  }

  async #load(): Promise<Known> {
    const sentMs = this.#clock.nowMs();
    const { state, version, nowMs } = await this.#store.load(this.#connection);
    return this.#keep(readState(state), version, { nowMs, sentMs });
  }

  /**
   * The answer's time was read between question and answer, so that bounds by how much the clocks differ. What is known
   * better stays: a slow answer would otherwise make this process late by as much.
   */
  #keep(state: BudgetState, version: number, { nowMs, sentMs }: { nowMs: number; sentMs: number }): Known {
    const seenMs = this.#clock.nowMs();
    const [least, most] = [nowMs - seenMs, nowMs - sentMs];
    this.#offsetMs = Math.min(most, Math.max(least, this.#offsetMs ?? (least + most) / 2));
    // Also what was just stored: who is alone would never look it up.
    this.#known = { state: withinClock(state, nowMs), version, seenMs };
    return this.#known;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

/** The most that slots can be reserved ahead, bursts and all. */
const FAR_MS = 120_000;
/** The most for which a process says that somebody waits in it. */
const WAITS_AT_MOST_MS = 10 * 60_000;

/** A database's clock that was set back would hold up everything for as long as it was set back by. */
function withinClock(state: BudgetState, nowMs: number): BudgetState {
  const { asking, calm, closed, dueMs, givenBack, learned, sweeps } = state;
  const before = (ms: number): number => Math.min(ms, nowMs);
  const isReal = ([, { untilMs }]: [string, Asking]): boolean => untilMs <= nowMs + WAITS_AT_MOST_MS;
  const isMoved = closed !== null && closed.sinceMs > nowMs;
  return {
    ...state,
    dueMs: dueMs > nowMs + FAR_MS ? nowMs : dueMs,
    givenBack: givenBack.filter((slotMs) => slotMs <= nowMs + FAR_MS),
    closed: isMoved ? { ...closed, sinceMs: nowMs, untilMs: nowMs + closed.untilMs - closed.sinceMs } : closed,
    calm: calm && { ...calm, sinceMs: before(calm.sinceMs), answeredMs: calm.answeredMs && before(calm.answeredMs) },
    learned: learned && { ...learned, atMs: before(learned.atMs) },
    asking: Object.fromEntries(Object.entries(asking).filter(isReal)),
    sweeps: Object.fromEntries(
      Object.entries(sweeps).map(([id, sweep]) => [id, { ...sweep, beganMs: before(sweep.beganMs) }]),
    ),
  };
}
