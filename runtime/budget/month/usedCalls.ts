/**
 * The calls of a month (design 5, Month): what is used and left, and for whom. Pure.
 *
 *  MO1. Sweeps, which nobody waits for, have half of `perMonth`.
 *  MO2. A twentieth is kept for what people do by hand.
 *  MO3. What the tool itself says is left counts where it is less: others may use the account, too. It is believed for
 *      some hours, since its month may begin anew at another time than ours, and nobody hears of it who does not call.
 *      That nothing is left is not believed at all: the tool closes the connection itself, for as long as it says.
 */
import type { ReadCall, ToldMonth } from '../../../connectors/port/calls.js';
import type { RateLimit } from '../../../domain/settings.js';
import type { BudgetState } from '../state.js';

const SWEEPS_PART = 0.5;
const KEPT_PART = 0.05;
const MINUTE_MS = 60_000;
const BELIEVED_FOR_MS = 6 * 60 * MINUTE_MS;
/** What was said at the end of a month may be noted in the next one, and a tool's clock may be late. */
const NOTED_LATE_MS = 5 * MINUTE_MS;

/** Whom a call counts for. */
export type CountedCall = Pick<ReadCall, 'callClass' | 'sweep'>;

/** `2026-11`, UTC. */
function monthOf(nowMs: number): string {
  return new Date(nowMs).toISOString().slice(0, 7);
}

export function monthEnd(nowMs: number): Date {
  const now = new Date(nowMs);
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1));
}

export function sweepsShare(perMonth: number): number {
  return Math.floor(perMonth * SWEEPS_PART);
}

function keptForManual(perMonth: number): number {
  return Math.ceil(perMonth * KEPT_PART);
}

/** All calls of this month, and those of them that sweeps made. */
export function usedOfMonth({ month }: BudgetState, nowMs: number): { readonly all: number; readonly sweeps: number } {
  if (month.name !== monthOf(nowMs)) return { all: 0, sweeps: 0 };
  return { all: Object.values(month.used).reduce((sum, calls) => sum + calls, 0), sweeps: month.sweeps };
}

export function usedOfMinute({ minute }: BudgetState, nowMs: number): number {
  return minute.at === Math.floor(nowMs / MINUTE_MS) ? minute.used : 0;
}

function usedOfMinuteBefore(state: BudgetState, nowMs: number): number {
  if (state.minute.at === Math.floor(nowMs / MINUTE_MS)) return state.minute.before;
  return usedOfMinute(state, nowMs - MINUTE_MS);
}

/** Calls of all processes in the last 60 seconds, about: those of the minute before are taken to be even. */
export function inLastMinute(state: BudgetState, nowMs: number): number {
  const still = 1 - (nowMs % MINUTE_MS) / MINUTE_MS;
  return Math.round(usedOfMinute(state, nowMs) + usedOfMinuteBefore(state, nowMs) * still);
}

/** What the tool said is left, less what went out since; null: it has said nothing this month, or too long ago. */
export function leftByTool(state: BudgetState, nowMs: number): number | null {
  const { told } = state;
  if (told === null || told.left === 0 || nowMs > toldUntilMs(told)) return null;
  if (monthOf(told.atMs - NOTED_LATE_MS) !== monthOf(nowMs)) return null;
  return Math.max(0, told.left - Math.max(0, usedOfMonth(state, nowMs).all - told.counted));
}

function toldUntilMs({ atMs }: { readonly atMs: number }): number {
  return atMs + BELIEVED_FOR_MS;
}

export function toldOfMonth(state: BudgetState, { left, limit }: ToldMonth, nowMs: number): BudgetState {
  return { ...state, told: { atMs: nowMs, left, limit, counted: usedOfMonth(state, nowMs).all } };
}

/** What is left of the month for anybody (MO3); null: nothing limits it. */
export function leftOfMonth({ perMonth }: RateLimit, state: BudgetState, nowMs: number): number | null {
  if (perMonth === null) return leftByTool(state, nowMs);
  const left = Math.max(0, perMonth - usedOfMonth(state, nowMs).all);
  return Math.min(left, leftByTool(state, nowMs) ?? left);
}

/** What is left of it for such a call (MO1, MO2). */
export function leftFor(limit: RateLimit, state: BudgetState, call: CountedCall, nowMs: number): number | null {
  const left = leftOfMonth(limit, state, nowMs);
  if (left === null || limit.perMonth === null || call.callClass === 'manual') return left;
  const forOthers = left - keptForManual(limit.perMonth);
  if (call.sweep === undefined) return forOthers;
  return Math.min(forOthers, sweepsShare(limit.perMonth) - usedOfMonth(state, nowMs).sweeps);
}

/** Until when nothing is left for such a call; null: it may go out. */
export function spentUntil(limit: RateLimit, state: BudgetState, call: CountedCall, nowMs: number): Date | null {
  const isLeft = (one: BudgetState): boolean => (leftFor(limit, one, call, nowMs) ?? 1) >= 1;
  if (limit.perMonth === null || isLeft(state)) return null;
  const end = monthEnd(nowMs);
  const { told } = state;
  return told !== null && isLeft({ ...state, told: null })
    ? new Date(Math.min(end.getTime(), toldUntilMs(told) + 1))
    : end;
}

/** The state after so many more calls; fewer where calls were given back. */
export function counted(
  state: BudgetState,
  { callClass, sweep }: CountedCall,
  calls: number,
  nowMs: number,
): BudgetState {
  const name = monthOf(nowMs);
  const { used, sweeps } = state.month.name === name ? state.month : { used: {}, sweeps: 0 };
  const more = (soFar = 0): number => Math.max(0, soFar + calls);
  const month = {
    name,
    used: { ...used, [callClass]: more(used[callClass]) },
    sweeps: sweep === undefined ? sweeps : more(sweeps),
  };
  const minute = {
    at: Math.floor(nowMs / MINUTE_MS),
    used: more(usedOfMinute(state, nowMs)),
    before: usedOfMinuteBefore(state, nowMs),
  };
  const run = sweep === undefined ? undefined : state.sweeps[sweep];
  if (sweep === undefined || run === undefined) return { ...state, month, minute };
  return { ...state, month, minute, sweeps: { ...state.sweeps, [sweep]: { ...run, calls: more(run.calls) } } };
}
