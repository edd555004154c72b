/**
 * The calm after trouble (design 5, Calm): after a 429, a pause or failures in a row the traffic of a connection starts
 * gently, in all processes together, also where it has no limit. Pure.
 *
 * Until a call is answered, one goes out every `PROBE_EVERY_MS`, so that a tool that is still down is hit by few. From
 * then on the pace doubles every `DOUBLES_EVERY_MS`, and after `LASTS_MS` only the limit holds.
 */
import type { BudgetState } from './state.js';

export const PROBE_EVERY_MS = 4_000;
const FIRST_INTERVAL_MS = 1_000;
const DOUBLES_EVERY_MS = 6_000;
const LASTS_MS = 60_000;

/** How far apart calls are at this time because of trouble; 0: as the limit says. */
export function calmIntervalMs({ calm }: BudgetState, atMs: number): number {
  if (calm === null) return 0;
  if (calm.answeredMs === null) return PROBE_EVERY_MS;
  const forMs = Math.max(0, atMs - calm.answeredMs);
  return forMs >= LASTS_MS ? 0 : FIRST_INTERVAL_MS * 2 ** (-forMs / DOUBLES_EVERY_MS);
}

/** Since when no call was answered, although calls go out; null: not so. */
export function unansweredSince({ calm, closed }: BudgetState, nowMs: number): number | null {
  const isClosed = closed !== null && closed.untilMs > nowMs;
  return calm?.answeredMs === null && !isClosed ? calm.sinceMs : null;
}

export function troubled(state: BudgetState, nowMs: number): BudgetState {
  return state.calm?.answeredMs !== null
    ? { ...state, calm: { sinceMs: nowMs, answeredMs: null, probeMs: null } }
    : state;
}

/** A call was answered; while the connection is closed, one of before. `intervalMs`: the limit's. */
export function answered(state: BudgetState, intervalMs: number, nowMs: number): BudgetState {
  if (unansweredSince(state, nowMs) === null) return state;
  const calm = { sinceMs: nowMs, answeredMs: nowMs, probeMs: null };
  // Without a probe the last slot is of before, and the limit's own interval goes on from it.
  const dueMs = (state.calm?.probeMs ?? Infinity) + Math.max(intervalMs, FIRST_INTERVAL_MS);
  return { ...state, calm, dueMs: Math.min(state.dueMs, dueMs) };
}

/** The state after a slot was taken: it is that of a probe, while nothing is answered. */
export function probed(state: BudgetState, slotMs: number): BudgetState {
  return state.calm?.answeredMs === null ? { ...state, calm: { ...state.calm, probeMs: slotMs } } : state;
}
