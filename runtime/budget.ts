/**
 * The budget of one connection within this process (design 5): every call asks first. `perMinute` bounds every
 * 60-second window, burst included, so the interval is 60 s ÷ (perMinute − burst + 1), slightly stretched.
 * Processes do not share it yet: each one has the whole budget.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CallBudget } from '../connectors/port/calls.js';
import { ToolError } from '../domain/errors.js';
import { monthSpentWords } from '../domain/rules/stateWords.js';
import type { RateLimit } from '../domain/settings.js';

/** Waits up to this long are slept; for longer ones the caller is told when to come back. */
const MAX_SLEEP_MS = 30_000;
const STRETCH = 1.02;

/** Monotonic milliseconds. An argument, so that tests need not wait. */
export interface Clock {
  nowMs(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

const PROCESS_CLOCK: Clock = {
  nowMs: () => performance.now(),
  sleep: async (ms, signal) => {
    await sleep(ms, undefined, signal === undefined ? {} : { signal });
  },
};

export function createLocalBudget(connection: string, rateLimit: RateLimit, clock: Clock = PROCESS_CLOCK): CallBudget {
  const { perMinute, burst } = rateLimit;
  const intervalMs = perMinute === null ? 0 : (60_000 / Math.max(1, perMinute - burst + 1)) * STRETCH;
  const toleranceMs = intervalMs * (burst - 1);
  /** When the next call is due at an even pace; calls may run ahead of it by the burst. */
  let dueMs = Number.NEGATIVE_INFINITY;
  /** Nobody's calls go out before this. */
  let closedUntilMs = Number.NEGATIVE_INFINITY;
  /** Until then the month's calls are spent; by the wall clock, because messages show it. */
  let monthSpentUntil: Date | null = null;

  return {
    async ask(_callClass, signal) {
      for (;;) {
        const now = clock.nowMs();
        const closedAtFirstMs = closedUntilMs;
        const grantedAt = Math.max(now, closedUntilMs, dueMs - toleranceMs);
        const waitMs = grantedAt - now;
        if (waitMs > MAX_SLEEP_MS) throw sentAway(connection, new Date(Date.now() + waitMs), monthSpentUntil);
        dueMs = Math.max(dueMs, grantedAt) + intervalMs;
        if (waitMs > 0) await clock.sleep(waitMs, signal);
        // What another call learned meanwhile also applies to those that slept.
        if (closedUntilMs === closedAtFirstMs) return;
      }
    },
    pushBack(retryAt, because) {
      if (because === 'month-spent') monthSpentUntil = retryAt;
      closedUntilMs = Math.max(closedUntilMs, clock.nowMs() + Math.max(0, retryAt.getTime() - Date.now()));
    },
  };
}

function sentAway(connection: string, retryAt: Date, monthSpentUntil: Date | null): ToolError {
  const details = { connection, retryAt: retryAt.toISOString() };
  if (monthSpentUntil === null || monthSpentUntil.getTime() <= Date.now()) {
    return new ToolError('rate-limited', `the budget of ${connection} is used up for now`, details);
  }
  const message = `${connection}: ${monthSpentWords(monthSpentUntil)}`;
  return new ToolError('rate-limited', message, { ...details, monthSpent: true });
}
