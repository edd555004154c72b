/** A whole month of calls, by virtual time: what sweeps use and when, and what is left for the others. */
import { describe, expect, it } from 'vitest';
import { stretchedWords, type StretchedSweep } from '../../../domain/rules/budget.js';
import type { CallClass, ReadCall } from '../../../connectors/port/calls.js';
import { ToolError } from '../../../domain/errors.js';
import type { ConfiguredSweep } from '../../../domain/rules/sweeps.js';
import { createBudget } from '../../../runtime/budget/budget.js';
import { createProcessStore } from '../../../runtime/budget/processStore.js';
import { virtualTime } from './virtualTime.js';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const BEGIN_MS = Date.UTC(2026, 10, 1);
const END_MS = Date.UTC(2026, 11, 1);

interface TimedSweep extends ConfiguredSweep {
  /** What a run of it makes. */
  readonly calls: number;
}

const sweep = (scheduleId: string, everyMinutes: number, calls: number): TimedSweep => ({
  scheduleId,
  connection: 'craft',
  everyMs: everyMinutes * MINUTE_MS,
  calls,
});

/** 400 calls in 30 days each. */
const READY = sweep('ready-sweep:mobile', 108, 1);
const DRIFT = sweep('drift-sweep:mobile', 216, 2);
const READY_CALLS = { callClass: 'sweep', sweep: READY.scheduleId } as const;

interface Begun {
  readonly scheduleId: string;
  readonly atMs: number;
}

function monthOf(sweeps: readonly TimedSweep[], perMonth: number, processes = 2) {
  const time = virtualTime(BEGIN_MS);
  const store = createProcessStore(time.clock);
  const budgets = Array.from({ length: processes }, (_, process) =>
    createBudget({
      connection: 'craft',
      rateLimit: { perMinute: 60, burst: 1, perMonth },
      store,
      process: `process ${process}`,
      clock: time.clock,
    }),
  );
  const begun: Begun[] = [];
  const stretched: (StretchedSweep & { readonly atMs: number })[] = [];
  const used: Partial<Record<CallClass, number>> = {};
  const refused: { readonly callClass: CallClass; readonly error: ToolError; readonly atMs: number }[] = [];
  let asked = 0;

  const call = async (one: ReadCall): Promise<void> => {
    asked += 1;
    try {
      await budgets[asked % processes]?.ask(one);
      used[one.callClass] = (used[one.callClass] ?? 0) + 1;
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      refused.push({ callClass: one.callClass, error, atMs: time.clock.nowMs() });
    }
  };
  const untilMs = async (ms: number): Promise<void> => {
    if (ms > time.clock.nowMs()) await time.clock.sleep(ms - time.clock.nowMs());
  };
  /** As its schedule does, at whole intervals. */
  const scheduled = async ({ scheduleId, everyMs, calls }: TimedSweep, fromMs: number, toMs: number): Promise<void> => {
    for (let atMs = Math.ceil(fromMs / everyMs) * everyMs; atMs < toMs; atMs += everyMs) {
      await untilMs(atMs);
      asked += 1;
      const stretch = await budgets[asked % processes]?.beginSweep({
        scheduleId,
        run: `${scheduleId} ${atMs}`,
        sweeps,
      });
      if (stretch !== null && stretch !== undefined) {
        stretched.push({ ...stretch, atMs });
        continue;
      }
      begun.push({ scheduleId, atMs });
      for (let one = 0; one < calls; one += 1) await call({ callClass: 'sweep', sweep: scheduleId });
    }
  };
  /** So many calls, evenly over the time. */
  const evenly = async (callClass: CallClass, calls: number, fromMs: number, toMs: number): Promise<void> => {
    for (let one = 0; one < calls; one += 1) {
      await untilMs(fromMs + ((one + 0.5) * (toMs - fromMs)) / calls);
      await call({ callClass, waiter: `${callClass} ${one}` });
    }
  };
  const runsOf = ({ scheduleId }: TimedSweep): readonly number[] =>
    begun.filter((one) => one.scheduleId === scheduleId).map(({ atMs }) => atMs);
  return { time, call, scheduled, evenly, untilMs, begun, stretched, used, refused, runsOf };
}

const gapsOf = (times: readonly number[]): readonly number[] =>
  times.flatMap((atMs, n) => (n === 0 ? [] : [(atMs - (times[n - 1] ?? 0)) / MINUTE_MS]));

describe('runtime/budget/month', () => {
  it('stretches sweeps that would use 800 calls of 500 so that their half lasts all month, and hand-overs go out all month', async () => {
    const month = monthOf([READY, DRIFT], 500);
    await month.time.run(() =>
      Promise.all([
        month.scheduled(READY, BEGIN_MS, END_MS),
        month.scheduled(DRIFT, BEGIN_MS, END_MS),
        month.evenly('hand-over', 225, BEGIN_MS, END_MS),
      ]),
    );
    const { used, refused, runsOf, stretched } = month;
    expect(refused).toEqual([]);
    expect(used['hand-over']).toBe(225);
    expect(used.sweep).toBeLessThanOrEqual(250);
    expect(used.sweep).toBeGreaterThanOrEqual(240);
    const tenths = Array.from({ length: 10 }, (_, tenth) => {
      const isIn = (atMs: number): boolean => Math.floor(((atMs - BEGIN_MS) / (END_MS - BEGIN_MS)) * 10) === tenth;
      return runsOf(READY).filter(isIn).length + 2 * runsOf(DRIFT).filter(isIn).length;
    });
    for (const calls of tenths) expect(calls).toBeGreaterThanOrEqual(18);
    for (const calls of tenths) expect(calls).toBeLessThanOrEqual(32);
    // Neither is kept waiting for the other.
    expect(Math.max(...gapsOf(runsOf(READY)))).toBeLessThanOrEqual(5 * 108);
    expect(Math.max(...gapsOf(runsOf(DRIFT)))).toBeLessThanOrEqual(5 * 216);
    const middle = stretched.find(({ atMs }) => atMs >= BEGIN_MS + 14 * DAY_MS);
    console.log(
      JSON.stringify({
        used,
        tenths,
        ready: runsOf(READY).length,
        drift: runsOf(DRIFT).length,
        gaps: [...new Set(gapsOf(runsOf(READY)))],
        dgaps: [...new Set(gapsOf(runsOf(DRIFT)))],
        last: begunOn(month.begun, 30),
        stretchedTotal: stretched.length,
      }),
      stretchedWords(middle ?? stretched[0]!),
      stretchedWords(stretched.at(-1)!),
    );
  });
});
const begunOn = (b: readonly Begun[], day: number) =>
  b
    .filter(({ atMs }) => new Date(atMs).getUTCDate() === day)
    .map(({ scheduleId, atMs }) => scheduleId.slice(0, 5) + new Date(atMs).toISOString().slice(11, 16));
