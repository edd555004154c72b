/**
 * The budget of one connection as this process sees it (design 5): every call asks first. The slots are shared by all
 * processes through a store; who gets the next one, `schedule.ts` says. Who waits here costs nothing: for all of them
 * together one statement is sent for each slot, or for each second where slots are closer.
 *
 *  BU1. A slot is used no later than `LATE_MS` after its time, or lost: a new one is taken then, before others of its
 *      class. Only so the limit holds.
 *  BU2. Whoever would wait for more than 30 seconds is told when to come back, and keeps its place in every process.
 *  BU3. A call of a connection without a limit asks nobody, but what others learned is looked up every `LOOK_EVERY_MS`,
 *      once for all calls, and what went out is counted beside it. A ledger that cannot be had holds up none of them.
 */
import type { CallBudget, GiveBack, ReadCall, ToldMonth } from '../../connectors/port/calls.js';
import type { StretchedSweep } from '../../domain/rules/budget.js';
import type { RateLimit } from '../../domain/settings.js';
import type { BudgetStore } from '../../ledger/budgets/budgets.js';
import { answered, calmIntervalMs, troubled } from './calm.js';
import { type Clock, PROCESS_CLOCK } from './clock.js';
import { Notes } from './notes.js';
import { RecentCalls } from './recentCalls.js';
import { paceNow, perMinuteNow, taught } from './limits.js';
import { counted, type CountedCall, inLastMinute } from './month/usedCalls.js';
import { givenBack, LATE_MS, TURN_LASTS_MS } from './schedule.js';
import { type Change, SharedState } from './shared.js';
import type { BudgetState } from './state.js';
import { begun, stretchOf, type SweepBegin } from './month/sweepPace.js';
import { WaitingRoom } from './waitingRoom.js';

/** Calls know their slots this long before, so that one statement does for several. */
const CALL_AHEAD_MS = 1_000;
/** A turn is given this long before its slot: meanwhile the caller reads what it needs from another connection. */
const TURN_AHEAD_MS = 5_000;
/** How long others' refusals may be unknown to a process whose calls go out without asking. */
const LOOK_EVERY_MS = 2_000;
const LOOKS_FOR_MS = 500;
const CLOCKS_DIFFER_MS = 1_000;
/** Whether a sweep may begin is not decided by an older state. */
const FRESH_MS = 1_000;
/** Single failures are no trouble: they may be those of one item. */
const FAILED_IN_A_ROW = 5;

export interface BudgetOptions {
  readonly connection: string;
  readonly rateLimit: RateLimit;
  readonly store: BudgetStore;
  /** Names this process among those that share the store. */
  readonly process: string;
  readonly clock?: Clock;
}

export interface Budget extends CallBudget {
  /** Whether a sweep may begin now: null, and it is noted; else how it is stretched, which costs no call. */
  beginSweep(sweep: SweepBegin): Promise<StretchedSweep | null>;
}

export function createBudget(options: BudgetOptions): Budget {
  return new ConnectionBudget(options);
}

class ConnectionBudget implements Budget {
  readonly #options: BudgetOptions;
  readonly #clock: Clock;
  readonly #shared: SharedState;
  readonly #room: WaitingRoom;
  readonly #recent = new RecentCalls();
  readonly #notes: Notes;
  /** What a refusal of a call of this process says, by its own clock, before all know it. */
  #closedHere: { readonly untilMs: number; readonly month?: string } = { untilMs: Number.NEGATIVE_INFINITY };
  /** Slots that were given as turns and not used yet. */
  readonly #turns = new Map<string, number>();
  #failedInARow = 0;
  #lookedMs = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> = Promise.resolve();

  constructor(options: BudgetOptions) {
    const { connection, store, clock = PROCESS_CLOCK } = options;
    this.#options = options;
    this.#clock = clock;
    this.#shared = new SharedState(connection, store, clock);
    this.#notes = new Notes(this.#shared, clock);
    this.#room = new WaitingRoom({
      ...options,
      clock,
      shared: this.#shared,
      seenFromHere: (state, nowMs) => this.#seenFromHere(state, nowMs),
      giveBack: (call, slotMs) => this.#giveBack(call, slotMs),
    });
  }

  async ask(call: ReadCall): Promise<GiveBack> {
    let slotMs = this.#takeTurn(call.waiter);
    while (!(await this.#isUnlimited())) {
      slotMs ??= await this.#room.wait(call, CALL_AHEAD_MS);
      if (await this.#untilSlot(call, slotMs)) break;
      slotMs = undefined;
    }
    if (slotMs === undefined) this.#notes.count(call, 1);
    this.#recent.note(this.#shared.nowMs());
    let isGivenBack = false;
    return (slot) => {
      if (isGivenBack) return;
      isGivenBack = true;
      if (slotMs === undefined) this.#notes.count(call, -1);
      else if (slot === 'used') this.#change((state, nowMs) => counted(state, call, -1, nowMs));
      else this.#giveBack(call, slotMs);
    };
  }

  async turn(call: ReadCall): Promise<GiveBack> {
    const { waiter } = call;
    if (waiter === undefined || (await this.#isUnlimited())) return () => undefined;
    const slotMs = await this.#room.wait(call, TURN_AHEAD_MS);
    const before = this.#takeTurn(waiter);
    if (before !== undefined) this.#giveBack(call, before);
    this.#turns.set(waiter, slotMs);
    const isOver = new AbortController();
    const takeBack = (): void => {
      isOver.abort();
      if (this.#turns.get(waiter) !== slotMs) return;
      this.#turns.delete(waiter);
      this.#giveBack(call, slotMs);
    };
    // Whoever is not ready in time is first when it comes, and the slot goes to the next.
    const untilMs = Math.min(TURN_AHEAD_MS, slotMs - this.#shared.nowMs());
    const lastsMs = Math.max(0, untilMs + TURN_LASTS_MS);
    void this.#clock.sleep(lastsMs, isOver.signal).then(takeBack, () => undefined);
    return takeBack;
  }

  async beginSweep(sweep: SweepBegin): Promise<StretchedSweep | null> {
    const { rateLimit } = this.#options;
    if (rateLimit.perMonth === null && !this.#isClosed()) return null;
    const work = (stored: BudgetState, nowMs: number): Change<StretchedSweep | null> => {
      const state = this.#seenFromHere(stored, nowMs);
      const stretch = stretchOf(rateLimit, state, sweep, nowMs);
      if (state.sweeps[sweep.scheduleId]?.run === sweep.run) return { state: stored, result: null };
      if (stretch !== null && !stretch.isDue) return { state: stored, result: stretch };
      return { state: begun(stored, sweep, nowMs), result: null };
    };
    return this.#shared.change(work, FRESH_MS);
  }

  told(month: ToldMonth): void {
    this.#notes.tell(month);
  }

  pushBack(ms: number, monthSpentUntil?: Date): void {
    const untilMs = this.#clock.nowMs() + Math.max(0, ms);
    const month = monthSpentUntil === undefined ? {} : { month: monthSpentUntil.toISOString() };
    if (untilMs > this.#closedHere.untilMs) this.#closedHere = { untilMs, ...month };
    this.#change((state, nowMs) => {
      const closed = troubled(this.#seenFromHere(state, nowMs), nowMs);
      if (monthSpentUntil !== undefined) return closed;
      // What others sent is noted some seconds later.
      const calls = Math.max(this.#recent.inLastMinute(nowMs), inLastMinute(state, nowMs));
      return taught(closed, this.#options.rateLimit, calmIntervalMs(state, nowMs) > 0 ? null : calls, nowMs);
    });
  }

  noteOutcome(outcome: 'answered' | 'failed'): void {
    const { rateLimit } = this.#options;
    this.#failedInARow = outcome === 'failed' ? this.#failedInARow + 1 : 0;
    const isUnanswered = this.#shared.state?.calm?.answeredMs === null;
    if (this.#failedInARow >= FAILED_IN_A_ROW && !isUnanswered) this.#change(troubled);
    if (outcome === 'answered' && isUnanswered && !this.#isClosed())
      this.#change((state, nowMs) => answered(state, paceNow(rateLimit, state, nowMs).intervalMs, nowMs));
  }

  startGently(): void {
    this.#change(troubled);
  }

  #seenFromHere(state: BudgetState, nowMs: number): BudgetState {
    const { untilMs: hereMs, ...month } = this.#closedHere;
    const untilMs = nowMs + hereMs - this.#clock.nowMs();
    const isKnown = untilMs <= nowMs || untilMs <= (state.closed?.untilMs ?? 0) + CLOCKS_DIFFER_MS;
    return isKnown ? state : { ...state, closed: { sinceMs: nowMs, untilMs, ...month } };
  }

  #isClosed(): boolean {
    const { state } = this.#shared;
    return this.#clock.nowMs() < this.#closedHere.untilMs || (state?.closed?.untilMs ?? 0) > this.#shared.nowMs();
  }

  /** BU3. */
  async #isUnlimited(): Promise<boolean> {
    const { rateLimit } = this.#options;
    if (rateLimit.perMinute !== null || rateLimit.perMonth !== null) return false;
    if (this.#shared.ageMs() > LOOK_EVERY_MS) await this.#lookUp();
    if (this.#isClosed()) return false;
    const { state } = this.#shared;
    if (state === null) return true;
    const nowMs = this.#shared.nowMs();
    return perMinuteNow(rateLimit, state, nowMs) === null && calmIntervalMs(state, nowMs) === 0;
  }

  /** A ledger that hangs holds calls up for a moment, once in a while. */
  async #lookUp(): Promise<void> {
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#lookedMs < LOOK_EVERY_MS) return this.#looking;
    this.#lookedMs = nowMs;
    const isOver = new AbortController();
    const patience = this.#clock.sleep(LOOKS_FOR_MS, isOver.signal).catch(() => undefined);
    this.#looking = Promise.race([this.#shared.refresh().catch(() => undefined), patience]);
    await this.#looking;
    isOver.abort();
  }

  /** Beside what the caller does. Where it cannot be stored, a slot is lost, or the next call finds out again. */
  #change(next: (state: BudgetState, nowMs: number) => BudgetState): void {
    const work = (state: BudgetState, nowMs: number) => ({ state: next(state, nowMs), result: undefined });
    void this.#shared.change(work).then(
      () => this.#room.look(),
      () => undefined,
    );
  }

  /** Unless it is too late for anybody to use it. */
  #giveBack(call: CountedCall, slotMs: number): void {
    this.#change((state, nowMs) => {
      const free = givenBack(state, paceNow(this.#options.rateLimit, state, nowMs), slotMs, nowMs);
      return counted(free, call, -1, nowMs);
    });
  }

  /** False: it is too late for the slot, or nobody's calls go out now. */
  async #untilSlot(call: ReadCall, slotMs: number): Promise<boolean> {
    const inMs = slotMs - this.#shared.nowMs();
    // Slots are given less than that before: the database's clock was set back.
    if (inMs > 2 * TURN_AHEAD_MS) return false;
    try {
      if (inMs > 0) await this.#clock.sleep(inMs, call.signal);
    } catch (error) {
      this.#giveBack(call, slotMs);
      throw error;
    }
    const isUsable = this.#shared.nowMs() <= slotMs + LATE_MS && !this.#isClosed();
    if (!isUsable) this.#giveBack(call, slotMs);
    return isUsable;
  }

  #takeTurn(waiter: string | undefined): number | undefined {
    const slotMs = waiter === undefined ? undefined : this.#turns.get(waiter);
    if (waiter !== undefined) this.#turns.delete(waiter);
    return slotMs;
  }
}
