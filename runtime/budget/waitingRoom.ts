/**
 * Those who wait for budget in this process, until they get a slot or are told to come back. One loop looks for all of
 * them: when the next slot is due, when somebody comes, and when the budget was closed or a slot given back.
 */
import { isDeepStrictEqual } from 'node:util';
import type { CallClass, ReadCall } from '../../connectors/port/calls.js';
import type { RateLimit } from '../../domain/settings.js';
import type { BudgetStore } from '../../ledger/budgets/budgets.js';
import { type Away, awayFor, isHeldUp, MAX_SLEEP_MS, monthSpent, sentAway } from './away.js';
import type { Clock } from './clock.js';
import { paceNow } from './limits.js';
import { type Between, betweenAfter, inLine } from './line.js';
import { counted, type CountedCall, spentUntil } from './month/usedCalls.js';
import { Places } from './places.js';
import { LOOK_APART_MS, nextSlotMs, type Pace, perCallMs, type Plan, planSlots, waitingElsewhere } from './schedule.js';
import type { Change, SharedState } from './shared.js';
import type { BudgetState } from './state.js';

/** Who sleeps already goes on to, where others got in between. */
const MAX_OVERSLEPT_MS = 60_000;
/** A long read is not sent away between two pages, since it would begin again with its first one, for ever. */
const MAX_BETWEEN_CALLS_MS = 5 * 60_000;
/** The next calls of whoever was served keep its place for so long. */
const GOES_ON_WITHIN_MS = 30_000;
/** A place may be taken this long after its turn. */
const PLACES_LAST_MS = 10 * 60_000;
/** What was not looked up for longer may hide that somebody else is gone. */
const FRESH_MS = 1_000;
const LETS_FIRST_MS = 150;
/** What others are told may be true for so much shorter than it could be. */
const SAID_MS = 1_500;

interface Waiting extends CountedCall {
  readonly askedMs: number;
  readonly aheadMs: number;
  readonly name: string | null;
  /** It was served just now. */
  readonly goesOn: boolean;
  sleepsAtMostMs: number;
  readonly grant: (slotMs: number) => void;
  readonly fail: (error: unknown) => void;
}

export interface WaitingRoomOptions {
  readonly connection: string;
  readonly rateLimit: RateLimit;
  readonly store: Pick<BudgetStore, 'keepPlaces' | 'placesOf'>;
  readonly process: string;
  readonly clock: Clock;
  readonly shared: SharedState;
  /** The state as it is with what this process alone knows yet. */
  readonly seenFromHere: (state: BudgetState, nowMs: number) => BudgetState;
  readonly giveBack: (call: CountedCall, slotMs: number) => void;
}

type Look = Plan<Waiting> & { readonly away: ReadonlyMap<Waiting, Away>; readonly plannedMs: number };

export class WaitingRoom {
  readonly #options: WaitingRoomOptions;
  readonly #places: Places;
  /** In the order in which they came. */
  readonly #waiting = new Set<Waiting>();
  readonly #goesOn = new Map<string, { readonly askedMs: number; readonly untilMs: number }>();
  #isLooking = false;
  #lastAskedMs = 0;
  #sentAway = 0;
  #between: Between = {};
  /** When the next call was due after the last slot that this process took. */
  #dueAfterMine: number | null = null;
  #lookNow: AbortController | null = null;

  constructor(options: WaitingRoomOptions) {
    this.#options = options;
    const { connection, shared, store } = options;
    this.#places = new Places(connection, store, (turnInMs) => {
      // One that fails leaves places that nobody looks for before others are kept.
      const work = (state: BudgetState, nowMs: number) => ({
        state: withPlace(state, nowMs + turnInMs),
        result: undefined,
      });
      void shared.change(work).catch(() => undefined);
    });
  }

  /** The time of the slot, `aheadMs` before it. Throws `ToolError('rate-limited')` where the wait is too long. */
  async wait(call: ReadCall, aheadMs: number): Promise<number> {
    call.signal?.throwIfAborted();
    const { askedMs, goesOn } = await this.#arrive(call);
    call.signal?.throwIfAborted();
    return new Promise<number>((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.delete(waiting);
        if (this.#waiting.size === 0) this.#lookNow?.abort();
        call.signal?.removeEventListener('abort', abort);
      };
      const abort = (): void => waiting.fail(call.signal?.reason);
      const waiting: Waiting = {
        callClass: call.callClass,
        ...(call.sweep !== undefined && { sweep: call.sweep }),
        askedMs,
        aheadMs,
        name: call.waiter ?? null,
        goesOn,
        sleepsAtMostMs: goesOn ? MAX_BETWEEN_CALLS_MS : MAX_SLEEP_MS,
        grant: (slotMs) => {
          leave();
          resolve(slotMs);
        },
        fail: (error) => {
          leave();
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      };
      call.signal?.addEventListener('abort', abort, { once: true });
      this.#waiting.add(waiting);
      this.look();
    });
  }

  /** Something has changed. */
  look(): void {
    this.#lookNow?.abort();
    if (this.#isLooking || this.#waiting.size === 0) return;
    this.#isLooking = true;
    void this.#serve().catch((error: unknown) => {
      this.#isLooking = false;
      for (const waiting of [...this.#waiting]) waiting.fail(error);
    });
  }

  async #serve(): Promise<void> {
    while (this.#waiting.size > 0) {
      const lookNow = new AbortController();
      this.#lookNow = lookNow;
      const { granted, away, lookAtMs, plannedMs } = await this.#lookOnce();
      for (const { waiter, slotMs } of granted) this.#deliver(waiter, slotMs);
      if (granted.length > 0) this.#dueAfterMine = this.#options.shared.state?.dueMs ?? null;
      for (const [waiting, why] of away) if (this.#waiting.delete(waiting)) void this.#sendOff(waiting, why);
      const isSetBack = this.#options.shared.nowMs() < plannedMs;
      if (lookAtMs === null || isSetBack || this.#waiting.size === 0) continue;
      for (const one of this.#waiting) one.sleepsAtMostMs = Math.max(one.sleepsAtMostMs, MAX_OVERSLEPT_MS);
      await this.#rest(lookAtMs, granted.length > 0, lookNow.signal);
    }
    this.#isLooking = false;
  }

  /** Until the next look. Whoever took the last slot lets others try for the next one first, if others wait. */
  async #rest(lookAtMs: number, hasTaken: boolean, lookNow: AbortSignal): Promise<void> {
    const { clock, process, shared } = this.#options;
    const { state } = shared;
    const othersWait = state !== null && Object.keys(state.asking).some((name) => name !== process);
    if (othersWait && hasTaken) await clock.sleep(LOOK_APART_MS);
    const isLast = othersWait && state.dueMs === this.#dueAfterMine;
    const untilMs = lookAtMs + (isLast ? LETS_FIRST_MS : 0);
    await clock.sleep(Math.max(1, untilMs - shared.nowMs()), lookNow).catch(() => undefined);
  }

  /** What is known may be old; if it grants nothing, it is looked up. */
  async #lookOnce(): Promise<Look> {
    const { shared } = this.#options;
    const isFresh = shared.ageMs() <= FRESH_MS;
    const work = (state: BudgetState, nowMs: number): Change<Look> => this.#plan(state, nowMs);
    const look = await shared.change(work);
    return look.granted.length > 0 || isFresh ? look : shared.change(work, FRESH_MS);
  }

  #plan(stored: BudgetState, nowMs: number): Change<Look> {
    const { process, rateLimit, seenFromHere } = this.#options;
    const before = seenFromHere(stored, nowMs);
    const pace = paceNow(rateLimit, before, nowMs);
    const all = inLine(this.#waiting, this.#between);
    const month = new Map(
      all.flatMap((waiting) => {
        const until = spentUntil(rateLimit, before, waiting, nowMs);
        return until === null ? [] : [[waiting, monthSpent(until, this.#sentAway++, nowMs)] as const];
      }),
    );
    const inTime = all.filter((waiting) => !month.has(waiting));
    const first = planSlots(before, { pace, nowMs, process, waiting: inTime });
    const away = new Map([...month, ...this.#tooLong(first, inTime, pace, nowMs)]);
    const waiting = inTime.filter((one) => !away.has(one));
    const plan = planSlots(before, { pace, nowMs, process, waiting });
    const result = { ...plan, away, plannedMs: nowMs };
    if (plan.granted.length === 0 && before === stored && isSaid(stored, plan.state, process))
      return { state: stored, result };
    const state = plan.granted.reduce((sum, { waiter }) => counted(sum, waiter, 1, nowMs), plan.state);
    const served = plan.granted.flatMap(({ waiter }) => waiter.name ?? []);
    return { state, served: stored.placesUntilMs > nowMs ? served : [], result };
  }

  #tooLong(
    { state, granted }: Plan<Waiting>,
    waiting: readonly Waiting[],
    pace: Pace,
    nowMs: number,
  ): Map<Waiting, Away> {
    const away = new Map<Waiting, Away>();
    const before = new Map<CallClass, number>();
    const isGranted = new Set(granted.map(({ waiter }) => waiter));
    const firstInMs = nextSlotMs(state, pace, nowMs) - nowMs;
    for (const one of waiting) {
      if (isGranted.has(one)) continue;
      const here = before.get(one.callClass) ?? 0;
      const ahead = here + waitingElsewhere(state, this.#options.process, one.callClass);
      const inMs = firstInMs + ahead * perCallMs(state, pace, one.callClass, nowMs);
      if (inMs > one.sleepsAtMostMs) away.set(one, awayFor({ inMs, ahead, nth: this.#sentAway++ }, state, nowMs));
      else before.set(one.callClass, here + 1);
    }
    return away;
  }

  #deliver(waiting: Waiting, slotMs: number): void {
    const { giveBack, shared } = this.#options;
    // It gave up meanwhile.
    if (!this.#waiting.has(waiting)) return giveBack(waiting, slotMs);
    const untilMs = Math.max(shared.nowMs(), slotMs) + GOES_ON_WITHIN_MS;
    this.#between = betweenAfter(this.#between, waiting);
    if (waiting.name !== null) {
      this.#goesOn.delete(waiting.name);
      this.#goesOn.set(waiting.name, { askedMs: waiting.askedMs, untilMs });
    }
    waiting.grant(slotMs);
  }

  /** Since when it waits, and whether it was served just now. Throws where others have the next 30 seconds. */
  async #arrive(call: ReadCall): Promise<{ readonly askedMs: number; readonly goesOn: boolean }> {
    const { callClass, waiter } = call;
    const { connection, rateLimit, seenFromHere, shared } = this.#options;
    const state = shared.state ?? (await shared.refresh(), shared.state);
    const nowMs = shared.nowMs();
    const served = waiter === undefined ? undefined : this.#servedNow(waiter, nowMs);
    if (served !== undefined) return { askedMs: served, goesOn: true };
    const askedMs = this.#askedNow(nowMs);
    if (waiter === undefined || state === null || state.placesUntilMs <= nowMs) return { askedMs, goesOn: false };
    const keptMs = await this.#places.of(waiter);
    if (keptMs !== null) return { askedMs: keptMs, goesOn: false };
    if (isHeldUp(rateLimit, seenFromHere(state, nowMs), call, nowMs)) return { askedMs, goesOn: false };
    const away = awayFor({ inMs: 0, ahead: 0, nth: 0 }, state, nowMs);
    const inMs = await this.#keepPlace({ callClass, askedMs, name: waiter }, away);
    if (inMs > MAX_SLEEP_MS) throw sentAway(connection, inMs, away);
    return { askedMs, goesOn: false };
  }

  #servedNow(waiter: string, nowMs: number): number | undefined {
    // In the order of their ends, all but a few.
    for (const [name, { untilMs }] of this.#goesOn) {
      if (untilMs >= nowMs) break;
      this.#goesOn.delete(name);
    }
    const served = this.#goesOn.get(waiter);
    return served === undefined || served.untilMs < nowMs ? undefined : served.askedMs;
  }

  /** Those who ask at the same moment keep their order. */
  #askedNow(nowMs: number): number {
    this.#lastAskedMs = Math.max(nowMs, this.#lastAskedMs + 0.001);
    return this.#lastAskedMs;
  }

  async #sendOff(waiting: Waiting, away: Away): Promise<void> {
    try {
      const turnInMs =
        waiting.name === null ? away.inMs : await this.#keepPlace({ ...waiting, name: waiting.name }, away);
      waiting.fail(sentAway(this.#options.connection, turnInMs, away));
    } catch (error) {
      waiting.fail(error);
    }
  }

  #keepPlace(
    { callClass, askedMs, name: waiter }: Pick<Waiting, 'callClass' | 'askedMs'> & { readonly name: string },
    { inMs: atLeastMs, ahead, isFixed }: Away,
  ): Promise<number> {
    const { rateLimit, shared } = this.#options;
    const { state } = shared;
    const nowMs = shared.nowMs();
    const callMs = state === null ? 0 : perCallMs(state, paceNow(rateLimit, state, nowMs), callClass, nowMs);
    return this.#places.keep({ waiter, callClass, askedMs, ahead, perCallMs: isFixed ? 0 : callMs, atLeastMs });
  }
}

/** Moved on in steps, so that not every place that is kept is a change of the shared state. */
function withPlace(state: BudgetState, turnMs: number): BudgetState {
  if (turnMs + PLACES_LAST_MS <= state.placesUntilMs) return state;
  return { ...state, placesUntilMs: turnMs + 2 * PLACES_LAST_MS };
}

/** Whether the others know already who waits here: the oldest of each class, until the next look. */
function isSaid(stored: BudgetState, planned: BudgetState, process: string): boolean {
  const [said, due] = [stored.asking[process], planned.asking[process]];
  if (due === undefined || said === undefined) return due === said;
  return said.untilMs >= due.untilMs - SAID_MS && isDeepStrictEqual(said.oldest, due.oldest);
}
