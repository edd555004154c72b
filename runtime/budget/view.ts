/** What people may know of the budgets (design 5): made of the shared state, at the time of the database's clock. */
import { CALL_CLASSES } from '../../connectors/port/calls.js';
import type { ConnectionBudget, StretchedSweep, WaitingCalls } from '../../domain/rules/budget.js';
import { configuredSweeps, type ConfiguredSweep } from '../../domain/rules/sweeps.js';
import type { RateLimit, Settings } from '../../domain/settings.js';
import type { Budgets, KnownBudget } from '../../ledger/budgets/budgets.js';
import { unansweredSince } from './calm.js';
import { paceNow, perMinuteNow } from './limits.js';
import {
  leftByTool,
  leftOfMonth,
  spentUntil as monthSpentUntil,
  sweepsShare,
  usedOfMinute,
  usedOfMonth,
} from './month/usedCalls.js';
import { nextSlotMs, perCallMs } from './schedule.js';
import { type BudgetState, readState } from './state.js';
import { stretchOf } from './month/sweepPace.js';

interface ViewedConnection {
  readonly connection: string;
  readonly rateLimit: RateLimit;
  /** The sweeps of the connection. */
  readonly sweeps: readonly ConfiguredSweep[];
}

/** The budget of each configured connection: Craft.io first. */
export async function readBudgets(
  budgets: Pick<Budgets, 'list'>,
  settings: Settings,
): Promise<readonly ConnectionBudget[]> {
  const { nowMs, known } = await budgets.list();
  const sweeps = configuredSweeps(settings);
  return [settings.craft, ...Object.values(settings.devTools)].map(({ name: connection, rateLimit }) => {
    const own = sweeps.filter((sweep) => sweep.connection === connection);
    const stored = known.find((one) => one.connection === connection);
    return budgetView({ connection, rateLimit, sweeps: own }, { state: {}, away: {}, ...stored, nowMs });
  });
}

export function budgetView(
  { connection, rateLimit, sweeps }: ViewedConnection,
  { state: stored, away, nowMs }: Omit<KnownBudget, 'connection'> & { readonly nowMs: number },
): ConnectionBudget {
  const state = readState(stored);
  const perMinute = perMinuteNow(rateLimit, state, nowMs);
  const minute = usedOfMinute(state, nowMs);
  const used = usedOfMonth(state, nowMs);
  const closedMs = state.closed === null || state.closed.untilMs <= nowMs ? null : state.closed.untilMs;
  const sinceMs = unansweredSince(state, nowMs);
  const { perMonth } = rateLimit;
  return {
    connection,
    limit: { perMinute, burst: rateLimit.burst, learned: rateLimit.perMinute === null && perMinute !== null },
    intervalMs: paceNow(rateLimit, state, nowMs).intervalMs,
    minute: { used: minute, left: perMinute === null ? null : Math.max(0, Math.floor(perMinute) - minute) },
    month: {
      limit: perMonth,
      used: used.all,
      left: leftOfMonth(rateLimit, state, nowMs),
      toolLeft: leftByTool(state, nowMs),
      sweeps: { used: used.sweeps, share: perMonth === null ? null : sweepsShare(perMonth) },
      spentUntil: spentUntil(rateLimit, state, nowMs),
    },
    closedUntil: closedMs === null ? null : new Date(closedMs).toISOString(),
    unansweredSince: sinceMs === null ? null : new Date(sinceMs).toISOString(),
    waiting: waitingIn(rateLimit, state, away, nowMs),
    stretched: sweeps.flatMap((sweep) => stretchedNow(rateLimit, state, { sweep, sweeps }, nowMs)),
  };
}

function spentUntil(limit: RateLimit, state: BudgetState, nowMs: number): string | null {
  if (state.closed?.month !== undefined && state.closed.untilMs > nowMs) return state.closed.month;
  return monthSpentUntil(limit, state, { callClass: 'hand-over' }, nowMs)?.toISOString() ?? null;
}

/** Those who sleep in a process, and those who were told to come back. */
function waitingIn(limit: RateLimit, state: BudgetState, away: KnownBudget['away'], nowMs: number): WaitingCalls[] {
  const pace = paceNow(limit, state, nowMs);
  const slotMs = nextSlotMs(state, pace, nowMs);
  const asking = Object.values(state.asking).filter(({ untilMs }) => untilMs > nowMs);
  return CALL_CLASSES.map((callClass) => {
    const here = asking.reduce((sum, { count }) => sum + (count[callClass] ?? 0), 0);
    const count = here + (away[callClass] ?? 0);
    const firstMs = monthSpentUntil(limit, state, { callClass }, nowMs)?.getTime() ?? slotMs;
    return {
      callClass,
      count,
      oneMoreMs: Math.round(firstMs - nowMs + count * perCallMs(state, pace, callClass, nowMs)),
    };
  });
}

function stretchedNow(
  limit: RateLimit,
  state: BudgetState,
  { sweep, sweeps }: { readonly sweep: ConfiguredSweep; readonly sweeps: readonly ConfiguredSweep[] },
  nowMs: number,
): StretchedSweep[] {
  const stretch = stretchOf(limit, state, { scheduleId: sweep.scheduleId, sweeps }, nowMs);
  if (stretch === null) return [];
  const { isDue: _isDue, ...shown } = stretch;
  return [shown];
}
