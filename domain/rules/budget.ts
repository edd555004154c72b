/** The budget of calls of a connection, as commands and pages show it (design 5), and its words. */
import { REASON_TEXTS } from '../reasons.js';
import { clockTime } from './stateWords.js';

/** A sweep that begins less often than configured, so that the calls of the month last. */
export interface StretchedSweep {
  readonly scheduleId: string;
  readonly everyMs: number;
  /** How often it begins now, on average; null: not before `next`. */
  readonly inForceMs: number | null;
  /** When about it begins next; ISO. */
  readonly next: string;
  /** In words, with the figures. */
  readonly why: string;
}

export interface WaitingCalls {
  readonly callClass: string;
  readonly count: number;
  /** How long one more of this class would wait, about. */
  readonly oneMoreMs: number;
}

export interface ConnectionBudget {
  readonly connection: string;
  /** Calls a minute; null: nothing limits them. `learned`: refusals taught it, nobody configured it. */
  readonly limit: { readonly perMinute: number | null; readonly burst: number; readonly learned: boolean };
  /** Between two calls; 0: as they come. */
  readonly intervalMs: number;
  /** Of this clock minute. */
  readonly minute: { readonly used: number; readonly left: number | null };
  /** `toolLeft`: what the tool itself said last. `sweeps.share`: the part of `limit` that sweeps may use. */
  readonly month: {
    readonly limit: number | null;
    readonly used: number;
    readonly left: number | null;
    readonly toolLeft: number | null;
    readonly sweeps: { readonly used: number; readonly share: number | null };
    /** When it begins anew, if what hand-overs and progress may use is spent; ISO. */
    readonly spentUntil: string | null;
  };
  /** Nobody's call goes out before; ISO. */
  readonly closedUntil: string | null;
  /** Since when no call was answered: they are tried one by one until one is; ISO. */
  readonly unansweredSince: string | null;
  readonly waiting: readonly WaitingCalls[];
  readonly stretched: readonly StretchedSweep[];
}

/** `60 a minute: one call every 1.02 s`. */
export function paceWords({ limit, intervalMs }: Pick<ConnectionBudget, 'limit' | 'intervalMs'>): string {
  const { perMinute, burst, learned } = limit;
  if (perMinute === null) return 'no limit a minute';
  const how = learned ? ', learned from refusals' : burst > 1 ? `, up to ${burst} at once` : '';
  return `${Math.floor(perMinute)} a minute${how}: one call every ${secondsWords(intervalMs)}`;
}

/** `3 used, 57 left`. */
export function minuteWords({ minute: { used, left } }: ConnectionBudget): string {
  return left === null ? `${used} used` : `${used} used, ${left} left`;
}

/** `230 of 500 used (sweeps 130 of 250), 270 left`. */
export function monthWords({ month }: ConnectionBudget): string {
  const { limit, used, left, sweeps, toolLeft } = month;
  const told = toolLeft === null ? '' : `; the tool says ${toolLeft} left`;
  if (limit === null) return `no limit, ${used} used${told}`;
  return `${used} of ${limit} used (sweeps ${sweeps.used} of ${sweeps.share ?? limit}), ${left ?? 0} left${told}`;
}

/** Until when no call, or no call but those by hand, goes out; null: calls go out. */
export function closedWords(budget: ConnectionBudget): string | null {
  const { closedUntil, unansweredSince } = budget;
  const { left, spentUntil } = budget.month;
  const spent = REASON_TEXTS['month-spent'].words;
  if (spentUntil !== null && closedUntil === null && left !== 0) {
    return `${spent} but for what is done by hand, goes on ${dateTime(spentUntil)}`;
  }
  if (spentUntil !== null) return `${spent}, goes on ${dateTime(spentUntil)}`;
  if (closedUntil !== null) return `closed by the tool until ${dateTime(closedUntil)}`;
  return unansweredSince === null ? null : `calls fail since ${dateTime(unansweredSince)}, tried one by one`;
}

/** `hand-over 12 (one more: about 20 s)`. */
export function waitingWords({ waiting }: ConnectionBudget): string {
  const some = waiting.filter(({ count }) => count > 0);
  if (some.length === 0) return 'none';
  return some
    .map(({ callClass, count, oneMoreMs }) => `${callClass} ${count} (one more: about ${aboutWords(oneMoreMs)})`)
    .join(', ');
}

/** `stretched: every 60 minutes became about 3.2 hours, next about 2026-11-12 14:00 UTC: …`. */
export function stretchedWords({ everyMs, inForceMs, next, why }: StretchedSweep): string {
  const about = dateTime(next);
  if (inForceMs === null) return `stretched: none before ${about}: ${why}`;
  return `stretched: every ${aboutWords(everyMs)} became about ${aboutWords(inForceMs)}, next about ${about}: ${why}`;
}

export interface ShareFigures {
  readonly connection: string;
  readonly perMonth: number;
  readonly share: number;
  readonly usedBySweeps: number;
  readonly used: number;
}

/** Why a sweep is stretched. `more`: what the sweeps would use until the month ends; null: nothing is left for them. */
export function shareWords(figures: ShareFigures, more: number | null): string {
  const { connection, perMonth, share, usedBySweeps, used } = figures;
  const month = `${connection} may make ${perMonth} calls a month, ${share} of them for sweeps`;
  const soFar = `sweeps have used ${usedBySweeps}, all together ${used}`;
  if (more === null) return `${month}; ${soFar}, and what is left is not enough for another one`;
  return `${month}; ${soFar}, and ${Math.round(more)} more would follow at the configured intervals`;
}

/** `2026-11-12 14:00 UTC`. */
function dateTime(iso: string): string {
  return `${iso.slice(0, 10)} ${clockTime(iso)}`;
}

function secondsWords(lengthMs: number): string {
  return lengthMs < 100 ? `${Math.round(lengthMs)} ms` : `${Number((lengthMs / 1_000).toFixed(2))} s`;
}

const UNITS = [
  ['days', 86_400_000],
  ['hours', 3_600_000],
  ['minutes', 60_000],
] as const;

/** To two digits or so: `45 s`, `90 minutes`, `3.2 hours`. */
export function aboutWords(lengthMs: number): string {
  const [unit, size] = UNITS.find(([, each]) => lengthMs >= 2 * each) ?? ['s', 1_000];
  const amount = lengthMs / size;
  return `${amount < 10 ? Number(amount.toFixed(1)) : Math.round(amount)} ${unit}`;
}
