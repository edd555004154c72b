/** Reads `Retry-After` so that a missing value, an absurd one, or one from a wrong clock does no harm. */

const UNSAID_MS = 60_000;
const LONGEST_MS = 3_600_000;
const SHORTEST_MS = 1_000;

/**
 * How long no call may be made: seconds or an HTTP date (RFC 9110, 10.2.3). A date is measured against the answer's own
 * `Date`, never against this process's clock. Absent, unreadable, past, or a date without `Date`: 60 s; at most 1 h.
 */
export function readRetryAfter(headers: Readonly<Record<string, string>>): number {
  const said = headers['retry-after']?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(said)) return clamp(Number(said) * 1_000);
  if (!/[a-z]/i.test(said)) return UNSAID_MS;
  const waitMs = Date.parse(said) - Date.parse(headers['date'] ?? '');
  return waitMs > 0 ? clamp(waitMs) : UNSAID_MS;
}

function clamp(ms: number): number {
  return Math.min(Math.max(ms, SHORTEST_MS), LONGEST_MS);
}
