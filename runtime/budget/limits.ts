/** How many calls a minute may make now: as configured, or what refusals taught. Pure. */
import type { RateLimit } from '../../domain/settings.js';
import { type Pace, paceOf } from './schedule.js';
import type { BudgetState } from './state.js';

/** A refusal lowers what was taught to this part of what went out in the minute before it. */
const LOWERED_TO = 0.9;
/** Refusals of calls that were under way together teach once. */
const TAUGHT_ONCE_IN_MS = 30_000;
/** A refusal after fewer calls is not about their pace: others use the same key, or this process has just begun. */
const TELLING_CALLS = 10;
const RAISED_PER_MINUTE = 1.1;
const FORGOTTEN_AFTER_MS = 60 * 60_000;

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
 * The state after a 429 to a connection without a configured limit, which let `calls` out in the minute before; null:
 * that says nothing, since the traffic had just begun again.
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
