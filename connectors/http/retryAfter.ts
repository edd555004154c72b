/** Reads `Retry-After` so that a missing value, an absurd one, or one from a wrong clock does no harm. */

const UNSAID_MS = 60_000;
const LONGEST_MS = 3_600_000;
const SHORTEST_MS = 1_000;

/**
 * When a call may be made again: seconds or an HTTP date (RFC 9110, 10.2.3). A date is measured against the answer's
 * own `Date`, so that a wrong clock on either side does no harm. Absent, unreadable or past: 60 s; at most 1 h.
 */
export function readRetryAfter(headers: Readonly<Record<string, string>>, nowMs: number): Date {
  return new Date(nowMs + waitMs(headers, nowMs));
}

function waitMs(headers: Readonly<Record<string, string>>, nowMs: number): number {
  const said = headers['retry-after']?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(said)) return clamp(Number(said) * 1_000);
  const at = Date.parse(said);
  if (!/[a-z]/i.test(said) || Number.isNaN(at)) return UNSAID_MS;
  const serverNow = Date.parse(headers['date'] ?? '');
  const wait = at - (Number.isNaN(serverNow) ? nowMs : serverNow);
  return wait <= 0 ? UNSAID_MS : clamp(wait);
}

function clamp(ms: number): number {
  return Math.min(Math.max(ms, SHORTEST_MS), LONGEST_MS);
}
