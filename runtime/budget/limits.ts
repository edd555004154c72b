/** Which limits hold now: the configured one, or what refusals taught; and what is left of the month. Pure. */
import type { CallClass } from '../../connectors/port/calls.js';
import type { RateLimit } from '../../domain/settings.js';
import { type Pace, paceOf } from './schedule.js';
import type { BudgetState, PerClass } from './state.js';

/** A refusal lowers what was taught to this part of what went out in the minute before it. */
const LOWERED_TO = 0.9;
/** Refusals of calls that were under way together teach once. */
const TAUGHT_ONCE_IN_MS = 30_000;
/** A refusal after fewer calls is not about their pace: others use the same key, or this process has just begun. */
const TELLING_CALLS = 10;
const RAISED_PER_MINUTE = 1.1;
const FORGOTTEN_AFTER_MS = 60 * 60_000;

/** Of the calls of a month, each class may use what is left above this part (design 5). */
const KEPT_FROM: Readonly<Record<CallClass, number>> = { manual: 0, 'hand-over': 0.05, progress: 0.05, sweep: 0.05 };
const SWEEPS_SHARE = 0.5;

/** Calls a minute, or null where nothing limits them. */
export function perMinuteNow({ perMinute }: RateLimit, { learned }: BudgetState, nowMs: number): number | null {
  if (perMinute !== null) return perMinute;
  if (learned === null || nowMs - learned.atMs > FORGOTTEN_AFTER_MS) return null;
  return learned.perMinute * RAISED_PER_MINUTE ** (Math.max(0, nowMs - learned.atMs) / 60_000);
}

export function paceNow(rateLimit: RateLimit, state: BudgetState, nowMs: number): Pace {
  return paceOf({ perMinute: perMinuteNow(rateLimit, state, nowMs), burst: rateLimit.burst });
}

/**
 * The state after a 429 to a connection without a configured limit, which let `calls` out in the minute before; null: that
 * says nothing, since the traffic had just begun again.
 */
export function taught(state: BudgetState, limit: RateLimit, calls: number | null, nowMs: number): BudgetState {
  const { learned } = state;
  if (limit.perMinute !== null) return state;
  if (learned !== null && nowMs - learned.atMs < TAUGHT_ONCE_IN_MS) return state;
  const known = perMinuteNow(limit, state, nowMs) ?? Infinity;
  const before = Math.min(known, calls === null || calls < TELLING_CALLS ? Infinity : calls);
  if (before === Infinity) return state;
  return { ...state, learned: { perMinute: Math.max(1, Math.floor(before * LOWERED_TO)), atMs: nowMs } };
}

/** `2026-11`, UTC. */
export function monthOf(nowMs: number): string {
  return new Date(nowMs).toISOString().slice(0, 7);
}

export function monthEnd(nowMs: number): Date {
  const now = new Date(nowMs);
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1));
}

export function usedThisMonth({ month }: BudgetState, nowMs: number): PerClass {
  return month.name === monthOf(nowMs) ? month.used : {};
}

export function isMonthSpent(limit: RateLimit, state: BudgetState, callClass: CallClass, nowMs: number): boolean {
  if (limit.perMonth === null) return false;
  const used = usedThisMonth(state, nowMs);
  if (callClass === 'sweep' && (used.sweep ?? 0) >= limit.perMonth * SWEEPS_SHARE) return true;
  const total = Object.values(used).reduce((sum, calls) => sum + calls, 0);
  return total >= limit.perMonth * (1 - KEPT_FROM[callClass]);
}

/** The state after so many more calls of a class; fewer where calls were given back. */
export function counted(state: BudgetState, callClass: CallClass, calls: number, nowMs: number): BudgetState {
  const used = usedThisMonth(state, nowMs);
  const total = Math.max(0, (used[callClass] ?? 0) + calls);
  return { ...state, month: { name: monthOf(nowMs), used: { ...used, [callClass]: total } } };
}
