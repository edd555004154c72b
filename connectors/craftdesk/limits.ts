/**
 * CraftDesk's `X-RateLimit-*` headers (sources: CraftDesk): they count the month and come with every answer. The limit
 * per minute has no headers; a 429 that does not say that the month is spent is the minute's.
 */
import type { HttpAnswer, MonthSpent } from '../http/request.js';
import type { ToldMonth } from '../port/calls.js';

/** Longer than any month: a reset later than this is not this month's. */
const LONGEST_MS = 32 * 24 * 3_600_000;
/** The reset is already past, so the server's month should have begun anew: it is tried again after this. */
const OVERDUE_MS = 60_000;
/** Today's times have ten digits in seconds, thirteen in milliseconds. */
const LEAST_MILLISECONDS = 100_000_000_000;

/**
 * How long the month's calls are spent; null: calls remain, or the headers do not say. Measured by the answer's own
 * `Date`, so that a wrong clock on either side does no harm; only an answer without one is measured by `nowMs`.
 */
export function monthSpent(answer: Pick<HttpAnswer, 'headers'>, nowMs: number): MonthSpent | null {
  const { headers } = answer;
  if ((monthTold(answer)?.left ?? 1) > 0) return null;
  const toldMs = Date.parse(headers['date'] ?? '');
  const toolMs = Number.isNaN(toldMs) ? nowMs : toldMs;
  const untilMs = resetOf(headers, toolMs);
  return { forMs: untilMs - toolMs, until: new Date(untilMs) };
}

/** What is left of the month; null: the headers do not say. */
export function monthTold({ headers }: Pick<HttpAnswer, 'headers'>): ToldMonth | null {
  const remaining = headers['x-ratelimit-remaining']?.trim() ?? '';
  if (!/^-?\d+$/.test(remaining)) return null;
  const limit = headers['x-ratelimit-limit']?.trim() ?? '';
  return { left: Math.max(0, Number(remaining)), limit: /^\d+$/.test(limit) ? Number(limit) : null };
}

function resetOf(headers: HttpAnswer['headers'], toolMs: number): number {
  const reset = Number(headers['x-ratelimit-reset']?.trim() || Number.NaN);
  const resetMs = reset >= LEAST_MILLISECONDS ? reset : reset * 1_000;
  if (Number.isNaN(reset) || resetMs - toolMs > LONGEST_MS) return nextMonth(toolMs);
  return resetMs > toolMs ? resetMs : toolMs + OVERDUE_MS;
}

/** "Your rate limit resets on the first day of each month": UTC, since no zone is named. */
function nextMonth(nowMs: number): number {
  const now = new Date(nowMs);
  return Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1);
}
