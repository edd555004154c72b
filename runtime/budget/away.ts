/** What those are told who would wait too long, and how long is too long. */
import { ToolError } from '../../domain/errors.js';
import { monthSpentWords } from '../../domain/rules/stateWords.js';
import { BACK_BEFORE_MS } from '../../ledger/budgets/budgets.js';
import type { RateLimit } from '../../domain/settings.js';
import { unansweredSince } from './calm.js';
import { type CountedCall, spentUntil } from './month/usedCalls.js';
import type { BudgetState } from './state.js';

/** Waits up to this long are slept; for longer ones the caller is told when to come back. */
export const MAX_SLEEP_MS = 30_000;
/** While nothing is answered nobody knows when it will be: all look again after about a minute, not all at once. */
const LOOKS_AGAIN_MS = 45_000;
const LOOKS_APART_MS = 37;
const LOOKS_WITHIN_MS = 30_000;

/** Why somebody is told to come back. */
export interface Away {
  /** In how many milliseconds its turn is at the earliest. */
  readonly inMs: number;
  readonly ahead: number;
  /** It is told that time, whoever goes before it. */
  readonly isFixed: boolean;
  readonly monthSpentUntil: Date | null;
  readonly unansweredSince: Date | null;
}

/** `nth`: of those who are sent away at the same time. */
export function awayFor(
  { inMs, ahead, nth }: { readonly inMs: number; readonly ahead: number; readonly nth: number },
  state: BudgetState,
  nowMs: number,
): Away {
  const { closed } = state;
  const sinceMs = unansweredSince(state, nowMs);
  return {
    inMs: sinceMs === null ? inMs : LOOKS_AGAIN_MS + ((nth * LOOKS_APART_MS) % LOOKS_WITHIN_MS),
    ahead,
    isFixed: sinceMs !== null,
    monthSpentUntil: closed?.month === undefined ? null : new Date(closed.month),
    unansweredSince: sinceMs === null ? null : new Date(sinceMs),
  };
}

/** Nobody can wait here for the next month, so whoever was back before it began would be sent away again and again. */
export function monthSpent(until: Date, nth: number, nowMs: number): Away {
  const inMs = until.getTime() - nowMs + BACK_BEFORE_MS + ((nth * LOOKS_APART_MS) % LOOKS_WITHIN_MS);
  return { inMs, ahead: 0, isFixed: true, monthSpentUntil: until, unansweredSince: null };
}

/**
 * The line does not say when the turn of such a call is: the connection is closed, or the month spent; or nothing is
 * answered, and whoever waits here may be the next to try.
 */
export function isHeldUp(limit: RateLimit, state: BudgetState, call: CountedCall, nowMs: number): boolean {
  if ((state.closed?.untilMs ?? 0) > nowMs || unansweredSince(state, nowMs) !== null) return true;
  return spentUntil(limit, state, call, nowMs) !== null;
}

export function sentAway(
  connection: string,
  turnInMs: number,
  away: Pick<Away, 'monthSpentUntil' | 'unansweredSince'>,
): ToolError {
  const retryInMs = Math.max(1_000, Math.ceil(turnInMs - BACK_BEFORE_MS));
  const details = { connection, retryInMs };
  if (away.monthSpentUntil !== null) {
    const message = `${connection}: ${monthSpentWords(away.monthSpentUntil)}`;
    return new ToolError('rate-limited', message, { ...details, monthSpent: true });
  }
  if (away.unansweredSince !== null) {
    const since = `${away.unansweredSince.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
    const message = `calls of ${connection} fail or are refused since ${since}; they are tried one by one until one is answered`;
    return new ToolError('rate-limited', message, { ...details, unanswered: true });
  }
  return new ToolError('rate-limited', `the budget of ${connection} is used up for now`, details);
}
