/**
 * Who gets the next slots of a connection: a pure function of the shared state, so that every process comes to the same
 * answer.
 *
 *  Y1. Slots are one interval apart; the interval is such that no 60 seconds hold more than `perMinute` calls, the
 *      burst included, even if each call is late by `LATE_MS`.
 *  Y2. Of the classes that wait, each gets slots by its weight: none waits for ever, and progress has at least a fifth.
 *      A class that begins to wait is not owed for the time before. Between equals the higher class goes first.
 *  Y3. Within a class it is first come, first served, in all processes, to within `SAME_MS`: processes that hold the
 *      same place would otherwise wait for each other at each slot.
 *  Y4. Whoever is first and does not come holds nobody up: after `PATIENCE_MS` the slot goes to the next.
 */
import { CALL_CLASSES, type CallClass } from '../../connectors/port/calls.js';
import type { RateLimit } from '../../domain/settings.js';
import { calmIntervalMs, probed, PROBE_EVERY_MS, unansweredSince } from './calm.js';
import type { BudgetState } from './state.js';

/** A slot that is used this much too late is still within the limit: less than what `STRETCH` leaves in a minute. */
export const LATE_MS = 600;
/** A turn whose call has not come so long after its time is passed on, and can be used by another until then. */
export const TURN_LASTS_MS = 250;
const PASSED_ON_MS = 350;
const STRETCH = 1.02;
const PATIENCE_MS = 500;
/** Where slots are closer, several are taken at once; less than the time by which calls know their slots before. */
export const LOOK_APART_MS = 400;
/** While nothing is answered: another process may have been, and then calls are closer. */
const LOOK_FOR_ANSWER_MS = 1_000;
const SAME_MS = 5_000;
const WEIGHTS: Readonly<Record<CallClass, number>> = { manual: 6, 'hand-over': 8, progress: 4, sweep: 2 };

export interface Pace {
  readonly intervalMs: number;
  readonly toleranceMs: number;
}

export function paceOf({ perMinute, burst }: Pick<RateLimit, 'perMinute' | 'burst'>): Pace {
  const intervalMs = perMinute === null ? 0 : (60_000 / Math.max(1, perMinute - burst + 1)) * STRETCH;
  return { intervalMs, toleranceMs: intervalMs * (burst - 1) };
}

/** The time of the next free slot. */
export function nextSlotMs(state: BudgetState, pace: Pace, nowMs: number): number {
  const openMs = Math.max(nowMs, state.closed?.untilMs ?? nowMs);
  const again = state.givenBack.filter((slotMs) => slotMs >= openMs - PASSED_ON_MS);
  return Math.min(Math.max(openMs, state.dueMs - toleranceMs(state, pace, openMs)), ...again);
}

/** In the calm after trouble there are no bursts. */
function toleranceMs(state: BudgetState, pace: Pace, atMs: number): number {
  return calmIntervalMs(state, atMs) > 0 ? 0 : pace.toleranceMs;
}

function intervalMs(state: BudgetState, pace: Pace, slotMs: number): number {
  return Math.max(pace.intervalMs, calmIntervalMs(state, slotMs));
}

/** The state in which this slot, the next free one, is taken. */
function taken(state: BudgetState, pace: Pace, slotMs: number): BudgetState {
  const left = state.givenBack.filter((other) => other !== slotMs);
  if (left.length < state.givenBack.length) return { ...state, givenBack: left };
  return { ...probed(state, slotMs), dueMs: Math.max(state.dueMs, slotMs) + intervalMs(state, pace, slotMs) };
}

/** The state in which a slot that was taken is free again, unless it is too late for anybody to use it. */
export function givenBack(state: BudgetState, pace: Pace, slotMs: number, nowMs: number): BudgetState {
  // Nobody has taken a later one.
  if (state.dueMs === slotMs + intervalMs(state, pace, slotMs)) return { ...state, dueMs: slotMs };
  if (slotMs < nowMs - PASSED_ON_MS) return state;
  return { ...state, givenBack: [...state.givenBack, slotMs] };
}

export interface Waiter {
  readonly callClass: CallClass;
  /** When it asked first. */
  readonly askedMs: number;
  /** It wants its slot so long before its time. */
  readonly aheadMs: number;
}

export interface Plan<W extends Waiter> {
  readonly state: BudgetState;
  readonly granted: readonly { readonly waiter: W; readonly slotMs: number }[];
  /** When there may be more to grant; null: nobody waits here any more. */
  readonly lookAtMs: number | null;
}

export interface Asked<W extends Waiter> {
  readonly pace: Pace;
  readonly nowMs: number;
  /** This process, and who waits in it, oldest first. */
  readonly process: string;
  readonly waiting: readonly W[];
}

/** Gives out the slots that are due to those who wait here. */
export function planSlots<W extends Waiter>(before: BudgetState, { pace, nowMs, process, waiting }: Asked<W>): Plan<W> {
  let state = withoutStale(before, process, nowMs);
  const others = oldestOfOthers(state, process);
  const mine = byClass(waiting);
  const granted: { waiter: W; slotMs: number }[] = [];
  let lookAtMs: number | null = null;
  for (;;) {
    const first = firstInLine(state, mine, others);
    if (first === null) break;
    const slotMs = nextSlotMs(state, pace, nowMs);
    const isLate = slotMs <= nowMs && nowMs - freeSinceMs(state, pace, nowMs) >= PATIENCE_MS;
    const waiter = first.isMine ? mine[first.callClass]?.[0] : isLate ? oldestHere(mine) : undefined;
    if (waiter === undefined) {
      lookAtMs = slotMs + PATIENCE_MS;
      break;
    }
    if (slotMs - waiter.aheadMs > nowMs) {
      lookAtMs = Math.max(slotMs - waiter.aheadMs, granted.length === 0 ? nowMs : nowMs + LOOK_APART_MS);
      break;
    }
    mine[waiter.callClass]?.shift();
    state = served(taken(state, pace, slotMs), waiter.callClass, state);
    granted.push({ waiter, slotMs });
  }
  if (lookAtMs !== null && state.calm?.answeredMs === null)
    lookAtMs = Math.min(lookAtMs, Math.max(nowMs, state.closed?.untilMs ?? 0) + LOOK_FOR_ANSWER_MS);
  return { state: { ...state, asking: asking(state, process, mine, lookAtMs) }, granted, lookAtMs };
}

type Mine<W> = Partial<Record<CallClass, W[]>>;

function byClass<W extends Waiter>(waiting: readonly W[]): Mine<W> {
  const mine: Mine<W> = {};
  for (const waiter of waiting) (mine[waiter.callClass] ??= []).push(waiter);
  return mine;
}

function oldestHere<W extends Waiter>(mine: Mine<W>): W | undefined {
  for (const callClass of CALL_CLASSES) if (mine[callClass]?.[0] !== undefined) return mine[callClass][0];
  return undefined;
}

/** Since when the next slot is free and nobody has taken it. */
function freeSinceMs(state: BudgetState, pace: Pace, nowMs: number): number {
  return Math.max(state.dueMs - toleranceMs(state, pace, nowMs), state.closed?.untilMs ?? 0);
}

function withoutStale(state: BudgetState, process: string, nowMs: number): BudgetState {
  const asking = Object.entries(state.asking).filter(([name, { untilMs }]) => name === process || untilMs > nowMs);
  const closed = state.closed !== null && state.closed.untilMs > nowMs ? state.closed : null;
  const again = state.givenBack.filter((slotMs) => slotMs >= nowMs - PASSED_ON_MS);
  return { ...state, asking: Object.fromEntries(asking), closed, givenBack: again };
}

function oldestOfOthers({ asking }: BudgetState, process: string): Partial<Record<CallClass, number>> {
  const oldest: Partial<Record<CallClass, number>> = {};
  for (const [name, other] of Object.entries(asking)) {
    if (name === process) continue;
    for (const callClass of CALL_CLASSES) {
      const askedMs = other.oldest[callClass];
      if (askedMs !== undefined) oldest[callClass] = Math.min(askedMs, oldest[callClass] ?? askedMs);
    }
  }
  return oldest;
}

function firstInLine<W extends Waiter>(
  state: BudgetState,
  mine: Mine<W>,
  others: Partial<Record<CallClass, number>>,
): { readonly callClass: CallClass; readonly isMine: boolean } | null {
  let first: { callClass: CallClass; isMine: boolean } | null = null;
  let leastServed = Number.POSITIVE_INFINITY;
  for (const callClass of CALL_CLASSES) {
    const own = mine[callClass]?.[0]?.askedMs;
    const other = others[callClass];
    if (own === undefined && other === undefined) continue;
    const soFar = state.served[callClass] ?? 0;
    if (soFar >= leastServed) continue;
    leastServed = soFar;
    first = { callClass, isMine: own !== undefined && (other === undefined || own <= other + SAME_MS) };
  }
  return first;
}

/** Served so far counts in slots per weight; those that did not wait are brought up to the one that was served (Y2). */
function served(state: BudgetState, callClass: CallClass, before: BudgetState): BudgetState {
  const level = before.served[callClass] ?? 0;
  const caughtUp = CALL_CLASSES.map((other) => [other, Math.max(level, before.served[other] ?? 0)] as const);
  const counts: Partial<Record<CallClass, number>> = Object.fromEntries(caughtUp);
  counts[callClass] = level + 1 / WEIGHTS[callClass];
  return { ...state, served: counts };
}

/** True a little beyond the next look, so that a process that is gone is noticed. */
const TRUE_BEYOND_MS = 2_000;

function asking<W extends Waiter>(
  { asking: known }: BudgetState,
  process: string,
  mine: Mine<W>,
  lookAtMs: number | null,
): BudgetState['asking'] {
  const { [process]: _own, ...others } = known;
  if (lookAtMs === null) return others;
  const oldest: Partial<Record<CallClass, number>> = {};
  const count: Partial<Record<CallClass, number>> = {};
  for (const callClass of CALL_CLASSES) {
    const here = mine[callClass];
    if (here?.[0] === undefined) continue;
    oldest[callClass] = here[0].askedMs;
    count[callClass] = here.length;
  }
  return { ...others, [process]: { untilMs: lookAtMs + TRUE_BEYOND_MS, oldest, count } };
}

/** How long one call of a class takes on average, beside the classes that wait now. */
export function perCallMs(state: BudgetState, pace: Pace, callClass: CallClass, nowMs: number): number {
  const { asking: known } = state;
  const isWaiting = (other: CallClass): boolean =>
    other === callClass || Object.values(known).some(({ oldest }) => oldest[other] !== undefined);
  const weights = CALL_CLASSES.filter(isWaiting).reduce((sum, other) => sum + WEIGHTS[other], 0);
  const eachMs = unansweredSince(state, nowMs) === null ? pace.intervalMs : Math.max(pace.intervalMs, PROBE_EVERY_MS);
  return (eachMs * weights) / WEIGHTS[callClass];
}

/** How many of a class wait in other processes. */
export function waitingElsewhere({ asking: known }: BudgetState, process: string, callClass: CallClass): number {
  return Object.entries(known)
    .filter(([name]) => name !== process)
    .reduce((sum, [, { count }]) => sum + (count[callClass] ?? 0), 0);
}
