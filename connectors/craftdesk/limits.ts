/**
 * CraftDesk's `X-RateLimit-*` headers (sources: CraftDesk): they count the month and come with every answer. The limit
 * per minute has no headers; a 429 that does not say that the month is spent is the minute's.
 */
import type { HttpAnswer } from '../http/request.js';

/** Longer than any month: a reset later than this is not this month's. */
const LONGEST_MS = 32 * 24 * 3_600_000;
/** The reset is already past, so the server's month should have begun anew: it is tried again after this. */
const OVERDUE_MS = 60_000;
/** Today's times have ten digits in seconds, thirteen in milliseconds. */
const LEAST_MILLISECONDS = 100_000_000_000;

/** Until when the month's calls are spent; null: calls remain, or the headers do not say. */
export function monthSpentUntil({ headers }: Pick<HttpAnswer, 'headers'>, nowMs: number): Date | null {
  const remaining = headers['x-ratelimit-remaining']?.trim() ?? '';
  if (!/^-?\d+$/.test(remaining) || Number(remaining) > 0) return null;
  return resetOf(headers, nowMs);
}

/** Measured against the answer's own `Date`, so that a wrong clock on either side does no harm. */
function resetOf(headers: HttpAnswer['headers'], nowMs: number): Date {
  const serverMs = Date.parse(headers['date'] ?? '');
  const reset = Number(headers['x-ratelimit-reset']?.trim() || Number.NaN);
  if (Number.isNaN(reset)) return nextMonth(nowMs);
  const resetMs = reset >= LEAST_MILLISECONDS ? reset : reset * 1_000;
  const waitMs = resetMs - (Number.isNaN(serverMs) ? nowMs : serverMs);
  if (waitMs > LONGEST_MS) return nextMonth(nowMs);
  return new Date(nowMs + (waitMs <= 0 ? OVERDUE_MS : waitMs));
}

/** "Your rate limit resets on the first day of each month": UTC, since no zone is named. */
function nextMonth(nowMs: number): Date {
  const now = new Date(nowMs);
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1));
}
