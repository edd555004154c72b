/**
 * The budget of one connection as this process sees it (design 5): every call asks first. The slots are shared by all
 * processes through a store; who gets the next one, `schedule.ts` says. Who waits here costs nothing: for all of them
 * together one statement is sent for each slot, or for each second where slots are closer.
 *
 *  B1. A slot is used no later than `LATE_MS` after its time, or lost: a new one is taken then, before others of its
 *      class. Only so the limit holds.
 *  B2. Whoever would wait for more than 30 seconds is told when to come back, and has kept its place, in every process.
 *  B3. A call of a connection without a limit asks nobody, but what others learned is looked up every `LOOK_EVERY_MS`,
 *      once for all calls. A ledger that cannot be had holds up none of them.
 */
import type { CallBudget, CallClass, ReadCall } from '../../connectors/port/calls.js';
import type { RateLimit } from '../../domain/settings.js';
import type { Budgets } from '../../ledger/budgets/budgets.js';
import { answered, calmIntervalMs, troubled } from './calm.js';
import { type Clock, PROCESS_CLOCK } from './clock.js';
import { RecentCalls } from './recentCalls.js';
import { counted, paceNow, perMinuteNow, taught } from './limits.js';
import { givenBack, LATE_MS, TURN_LASTS_MS } from './schedule.js';
import { SharedState } from './shared.js';
import type { BudgetState } from './state.js';
import { WaitingRoom } from './waitingRoom.js';

/** Calls know their slots this long before, so that one statement does for several. */
const CALL_AHEAD_MS = 1_000;
/** A turn is given this long before its slot: meanwhile the caller reads what it needs from another connection. */
const TURN_AHEAD_MS = 5_000;
/** How long others' refusals may be unknown to a process whose calls go out without asking. */
const LOOK_EVERY_MS = 2_000;
const CLOCKS_DIFFER_MS = 1_000;
/** Single failures are no trouble: they may be those of one item. */
const FAILED_IN_A_ROW = 5;

export interface BudgetOptions {
  readonly connection: string;
  readonly rateLimit: RateLimit;
  readonly store: Omit<Budgets, 'prune'>;
  /** Names this process among those that share the store. */
  readonly process: string;
  readonly clock?: Clock;
}

export function createBudget(options: BudgetOptions): CallBudget {
  const { connection, rateLimit, store } = options;
  const clock = options.clock ?? PROCESS_CLOCK;
  const shared = new SharedState(connection, store, clock);
  /** What a refusal of a call of this process says, by its own clock, before all know it. */
  let closedHere: { readonly untilMs: number; readonly month?: string } = { untilMs: Number.NEGATIVE_INFINITY };
  const recent = new RecentCalls();
  /** Slots that were given as turns and not used yet. */
  const turns = new Map<string, number>();
  let failedInARow = 0;

  const seenFromHere = (state: BudgetState, nowMs: number): BudgetState => {
    const { untilMs: hereMs, ...month } = closedHere;
    const untilMs = nowMs + hereMs - clock.nowMs();
    const isKnown = untilMs <= nowMs || untilMs <= (state.closed?.untilMs ?? 0) + CLOCKS_DIFFER_MS;
    return isKnown ? state : { ...state, closed: { sinceMs: nowMs, untilMs, ...month } };
  };

  const isClosed = (): boolean => {
    const { state } = shared;
    return clock.nowMs() < closedHere.untilMs || (state?.closed?.untilMs ?? 0) > shared.nowMs();
  };

  /** B3. */
  const isUnlimited = async (): Promise<boolean> => {
    if (rateLimit.perMinute !== null || rateLimit.perMonth !== null) return false;
    if (shared.ageMs() > LOOK_EVERY_MS) await shared.refresh().catch(() => undefined);
    if (isClosed()) return false;
    const { state } = shared;
    if (state === null) return true;
    const nowMs = shared.nowMs();
    return perMinuteNow(rateLimit, state, nowMs) === null && calmIntervalMs(state, nowMs) === 0;
  };

  /** Beside what the caller does. Where it cannot be stored, a slot is lost, or the next call finds out again. */
  const change = (next: (state: BudgetState, nowMs: number) => BudgetState): void => {
    void shared
      .change((state, nowMs) => ({ state: next(state, nowMs), result: undefined }))
      .then(
        () => room.look(),
        () => undefined,
      );
  };

  /** Unless it is too late for anybody to use it. */
  const giveBack = (callClass: CallClass, slotMs: number): void =>
    change((state, nowMs) => {
      const free = givenBack(state, paceNow(rateLimit, state, nowMs), slotMs, nowMs);
      return counted(free, callClass, -1, nowMs);
    });
  const room: WaitingRoom = new WaitingRoom({ ...options, clock, shared, seenFromHere, giveBack });

  /** False: it is too late for the slot, or nobody's calls go out now. */
  const untilSlot = async (call: ReadCall, slotMs: number): Promise<boolean> => {
    try {
      if (slotMs > shared.nowMs()) await clock.sleep(slotMs - shared.nowMs(), call.signal);
    } catch (error) {
      giveBack(call.callClass, slotMs);
      throw error;
    }
    const isUsable = shared.nowMs() <= slotMs + LATE_MS && !isClosed();
    if (!isUsable) giveBack(call.callClass, slotMs);
    return isUsable;
  };

  const takeTurn = (waiter: string | undefined): number | undefined => {
    const slotMs = waiter === undefined ? undefined : turns.get(waiter);
    if (waiter !== undefined) turns.delete(waiter);
    return slotMs;
  };

  return {
    async ask(call) {
      let slotMs = takeTurn(call.waiter);
      while (!(await isUnlimited())) {
        slotMs ??= await room.wait(call, CALL_AHEAD_MS);
        if (await untilSlot(call, slotMs)) break;
        slotMs = undefined;
      }
      recent.note(shared.nowMs());
    },

    async turn(call) {
      const { waiter } = call;
      if (waiter === undefined || (await isUnlimited())) return () => undefined;
      const slotMs = await room.wait(call, TURN_AHEAD_MS);
      const before = takeTurn(waiter);
      if (before !== undefined) giveBack(call.callClass, before);
      turns.set(waiter, slotMs);
      const isOver = new AbortController();
      const takeBack = (): void => {
        isOver.abort();
        if (turns.get(waiter) !== slotMs) return;
        turns.delete(waiter);
        giveBack(call.callClass, slotMs);
      };
      // Whoever is not ready in time is first when it comes, and the slot goes to the next.
      void clock
        .sleep(Math.max(0, slotMs + TURN_LASTS_MS - shared.nowMs()), isOver.signal)
        .then(takeBack, () => undefined);
      return takeBack;
    },

    pushBack(ms, monthSpentUntil) {
      const untilMs = clock.nowMs() + Math.max(0, ms);
      const month = monthSpentUntil === undefined ? {} : { month: monthSpentUntil.toISOString() };
      if (untilMs > closedHere.untilMs) closedHere = { untilMs, ...month };
      change((state, nowMs) => {
        const closed = troubled(seenFromHere(state, nowMs), nowMs);
        if (monthSpentUntil !== undefined) return closed;
        const calls = calmIntervalMs(state, nowMs) > 0 ? null : recent.inLastMinute(nowMs);
        return taught(closed, rateLimit, calls, nowMs);
      });
    },

    noteOutcome(outcome) {
      failedInARow = outcome === 'failed' ? failedInARow + 1 : 0;
      const isUnanswered = shared.state?.calm?.answeredMs === null;
      if (outcome === 'failed' && failedInARow >= FAILED_IN_A_ROW && !isUnanswered) change(troubled);
      if (outcome === 'answered' && isUnanswered && !isClosed())
        change((state, nowMs) => answered(state, paceNow(rateLimit, state, nowMs).intervalMs, nowMs));
    },

    startGently() {
      change(troubled);
    },
  };
}
