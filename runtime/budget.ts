/**
 * The budget of one connection within this process (design 5): every call asks first. `perMinute` bounds every
 * 60-second window, burst included, so the interval is 60 s ÷ (perMinute − burst + 1), slightly stretched. Only calls
 * that go out use up slots; who gets the next one, `line.ts` says.
 * Processes do not share it yet: each one has the whole budget.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CallBudget, ReadCall } from '../connectors/port/calls.js';
import { ToolError } from '../domain/errors.js';
import { monthSpentWords } from '../domain/rules/stateWords.js';
import type { RateLimit } from '../domain/settings.js';
import { Line, type Place } from './line.js';

/** Waits up to this long are slept; for longer ones the caller is told when to come back. */
const MAX_SLEEP_MS = 30_000;
/** Whoever was sent away is to be back this long before its turn, so that no slot is lost while it is on its way. */
const EARLY_MS = 10_000;
/** A turn is given this long before its slot: meanwhile the caller reads what it needs from another connection. */
const AHEAD_MS = 5_000;
/** Somebody else who is awake too takes the slot. */
const AFTER_YOU_MS = 10;
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
  const pace = createPace(rateLimit);
  const line = new Line(pace.intervalMs);
  /** The month's calls are spent: until when, by the monotonic clock and, for messages, by the tool's. */
  let monthSpent: { readonly untilMs: number; readonly until: Date } | null = null;

  /** Null when `place` is first now, `aheadMs` before its slot; else how long to sleep before the next look. */
  const look = (place: Place, aheadMs: number, nowMs: number, isNew: boolean): number | null => {
    const held = aheadMs === 0 ? 0 : line.heldByOthers(place, nowMs);
    const here = line.hereBefore(place, nowMs);
    const firstInMs = pace.waitMs(held, nowMs) - aheadMs;
    if (firstInMs <= 0 && here === 0) return null;
    const estimateMs = pace.waitMs(held + (isNew ? line.before(place, nowMs) : here), nowMs);
    // Everybody wakes for each slot, since those before may have given up.
    if (estimateMs <= MAX_SLEEP_MS) return Math.max(AFTER_YOU_MS, firstInMs);
    line.leave(place, nowMs + estimateMs - EARLY_MS);
    const spentUntil = (monthSpent?.untilMs ?? nowMs) > nowMs ? monthSpent?.until : undefined;
    throw sentAway(connection, Math.ceil(estimateMs - EARLY_MS), spentUntil);
  };

  /** Sleeps until the call is first, and then takes what it waited for before anybody else can look. */
  const inLine = async (call: ReadCall, aheadMs: number, take: (place: Place, nowMs: number) => void) => {
    const place = line.enter(call, clock.nowMs());
    try {
      for (let isNew = true; ; isNew = false) {
        const sleepMs = look(place, aheadMs, clock.nowMs(), isNew);
        if (sleepMs === null) break;
        await clock.sleep(sleepMs, call.signal);
      }
      take(place, clock.nowMs());
      return place;
    } finally {
      line.leave(place, clock.nowMs());
    }
  };

  return {
    async ask(call) {
      await inLine(call, 0, (place, nowMs) => line.serve(place, pace.take(nowMs)));
    },
    async turn(call) {
      const place = await inLine(call, AHEAD_MS, (first, nowMs) => line.giveTurn(first, nowMs));
      return () => line.takeBackTurn(place, clock.nowMs());
    },
    pushBack(ms, monthSpentUntil) {
      const untilMs = clock.nowMs() + Math.max(0, ms);
      if (monthSpentUntil !== undefined) monthSpent = { untilMs, until: monthSpentUntil };
      pace.closeUntil(untilMs);
    },
  };
}

/** The slots of one connection. */
interface Pace {
  readonly intervalMs: number;
  /** How long until the slot after `others` more calls. */
  waitMs(others: number, nowMs: number): number;
  /** Takes the slot of now, and returns its time. */
  take(nowMs: number): number;
  /** Nobody's calls go out before this. */
  closeUntil(untilMs: number): void;
}

function createPace({ perMinute, burst }: RateLimit): Pace {
  const intervalMs = perMinute === null ? 0 : (60_000 / Math.max(1, perMinute - burst + 1)) * STRETCH;
  const toleranceMs = intervalMs * (burst - 1);
  /** When the next call is due at an even pace; calls may run ahead of it by the burst. */
  let dueMs = Number.NEGATIVE_INFINITY;
  let closedUntilMs = Number.NEGATIVE_INFINITY;
  return {
    intervalMs,
    waitMs: (others, nowMs) => Math.max(nowMs, closedUntilMs, dueMs - toleranceMs) - nowMs + others * intervalMs,
    take(nowMs) {
      dueMs = Math.max(dueMs, nowMs) + intervalMs;
      return nowMs;
    },
    closeUntil(untilMs) {
      closedUntilMs = Math.max(closedUntilMs, untilMs);
    },
  };
}

function sentAway(connection: string, retryInMs: number, monthSpentUntil: Date | undefined): ToolError {
  if (monthSpentUntil === undefined) {
    return new ToolError('rate-limited', `the budget of ${connection} is used up for now`, { connection, retryInMs });
  }
  const message = `${connection}: ${monthSpentWords(monthSpentUntil)}`;
  return new ToolError('rate-limited', message, { connection, retryInMs, monthSpent: true });
}
