/**
 * When sweeps begin, so that their share of the month lasts until its end (decision 34): a pure function of the shared
 * state. All sweeps of a connection are stretched by the same factor: what they would use until the end of the month at
 * their configured intervals, by the calls that their runs make on average, over what is left for them. So it is looked
 * up anew each time, what was used too fast or left over is spread over the rest of the month.
 */
import { shareWords, type StretchedSweep } from '../../../domain/rules/budget.js';
import type { ConfiguredSweep } from '../../../domain/rules/sweeps.js';
import { monthSpentWords } from '../../../domain/rules/stateWords.js';
import type { RateLimit } from '../../../domain/settings.js';
import { leftFor, monthEnd, sweepsShare, usedOfMonth } from './usedCalls.js';
import type { BudgetState } from '../state.js';

/** A sweep is on time this part of its interval early: its schedule does not fire to the millisecond. */
const EARLY_PART = 0.1;
/** A run that began longer ago has made its calls, or will not. */
const UNDER_WAY_MS = 10 * 60_000;
/** How much the last run counts in the average. */
const NEWEST_PART = 0.2;

export interface SweepBegin {
  readonly scheduleId: string;
  /** Names the run, so that a repeated question gets the same answer. */
  readonly run: string;
  /** All sweeps of the connection. */
  readonly sweeps: readonly ConfiguredSweep[];
}

export interface Stretch extends StretchedSweep {
  /** It may begin now although it is stretched. */
  readonly isDue: boolean;
}

/** Null: the sweep runs at its configured interval. */
export function stretchOf(
  limit: RateLimit,
  state: BudgetState,
  { scheduleId, sweeps }: Omit<SweepBegin, 'run'>,
  nowMs: number,
): Stretch | null {
  const sweep = sweeps.find((one) => one.scheduleId === scheduleId);
  if (sweep === undefined) return null;
  const { everyMs, connection } = sweep;
  const { closed } = state;
  if (closed?.month !== undefined && closed.untilMs > nowMs) {
    const why = `${connection}: ${monthSpentWords(new Date(closed.month))}`;
    return { scheduleId, everyMs, inForceMs: null, next: closed.month, why, isDue: false };
  }
  if (limit.perMonth === null) return null;
  const free = leftFor(limit, state, { callClass: 'sweep', sweep: scheduleId }, nowMs) ?? 0;
  const left = free - underWay(state, scheduleId, nowMs);
  const { all: used, sweeps: usedBySweeps } = usedOfMonth(state, nowMs);
  const figures = { connection, perMonth: limit.perMonth, share: sweepsShare(limit.perMonth), usedBySweeps, used };
  const end = monthEnd(nowMs);
  if (left < Math.max(1, callsOf(state, scheduleId))) {
    const why = shareWords(figures, null);
    return { scheduleId, everyMs, inForceMs: null, next: end.toISOString(), why, isDue: false };
  }
  const more =
    sweeps.reduce((sum, one) => sum + callsOf(state, one.scheduleId) / one.everyMs, 0) * (end.getTime() - nowMs);
  if (more <= left) return null;
  const inForceMs = everyMs * (more / left);
  const dueMs = (state.sweeps[scheduleId]?.beganMs ?? 0) + inForceMs - everyMs * EARLY_PART;
  const nextMs = Math.min(end.getTime(), firing(everyMs, Math.max(dueMs, nowMs)));
  const next = new Date(nextMs).toISOString();
  return { scheduleId, everyMs, inForceMs, next, why: shareWords(figures, more), isDue: dueMs <= nowMs };
}

/** When a schedule fires next: at whole intervals since 1970. */
function firing(everyMs: number, fromMs: number): number {
  return Math.ceil(fromMs / everyMs) * everyMs;
}

/** What a run makes on average. One that is not known yet makes a call at least. */
function callsOf({ sweeps }: BudgetState, scheduleId: string): number {
  const known = sweeps[scheduleId];
  if (known === undefined) return 1;
  return known.average ?? Math.max(1, known.calls);
}

/** What the other sweeps that began just now will still make. */
function underWay({ sweeps }: BudgetState, scheduleId: string, nowMs: number): number {
  return Object.entries(sweeps)
    .filter(([other, { beganMs }]) => other !== scheduleId && nowMs - beganMs < UNDER_WAY_MS)
    .reduce((sum, [, { average, calls }]) => sum + Math.max(0, (average ?? 1) - calls), 0);
}

/** The state in which the run has begun. Sweeps that are no longer configured are forgotten. */
export function begun(state: BudgetState, { scheduleId, run, sweeps }: SweepBegin, nowMs: number): BudgetState {
  const kept = sweeps.flatMap((one) => {
    const known = state.sweeps[one.scheduleId];
    return known === undefined ? [] : [[one.scheduleId, known] as const];
  });
  const before = state.sweeps[scheduleId];
  const average =
    before === undefined
      ? null
      : before.average === null
        ? before.calls
        : before.average + (before.calls - before.average) * NEWEST_PART;
  const now = { run, beganMs: nowMs, calls: 0, average };
  return { ...state, sweeps: { ...Object.fromEntries(kept), [scheduleId]: now } };
}
