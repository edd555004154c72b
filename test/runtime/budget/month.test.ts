/** A whole month of calls, by virtual time: what sweeps use and when, and what is left for the others. */
import { describe, expect, it } from 'vitest';
import { stretchedWords, type StretchedSweep } from '../../../domain/rules/budget.js';
import type { CallClass, ReadCall } from '../../../connectors/port/calls.js';
import { ToolError } from '../../../domain/errors.js';
import type { ConfiguredSweep } from '../../../domain/rules/sweeps.js';
import type { BudgetStore } from '../../../ledger/budgets/budgets.js';
import { createBudget } from '../../../runtime/budget/budget.js';
import { createProcessStore } from '../../../runtime/budget/processStore.js';
import { virtualTime, type VirtualTime } from './virtualTime.js';

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

function budgetOf(
  store: BudgetStore,
  time: VirtualTime,
  { perMonth, process }: { readonly perMonth: number | null; readonly process: number },
) {
  const rateLimit = { perMinute: null, burst: 1, perMonth };
  return createBudget({ connection: 'craft', rateLimit, store, process: `process ${process}`, clock: time.clock });
}

const time = (atMs: number): string => new Date(atMs).toISOString().slice(11, 16);

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
    const word = ({
      isDue: _isDue,
      atMs: _atMs,
      ...sweep
    }: StretchedSweep & { isDue?: boolean; atMs: number }): string => stretchedWords(sweep);
    expect(stretched.filter(({ atMs }) => atMs >= BEGIN_MS + 14 * DAY_MS).map(word)[0]).toBe(
      'stretched: every 3.6 hours became about 11 hours, next about 2026-11-15 03:36 UTC: craft may make 500 calls a ' +
        'month, 250 of them for sweeps; sweeps have used 112, all together 217, and 427 more would follow at the ' +
        'configured intervals',
    );
    // On the last day as on every other, until the last call of the share.
    const lastDay = month.begun.filter(({ atMs }) => atMs >= END_MS - DAY_MS).map(({ atMs }) => time(atMs));
    expect(lastDay).toEqual(['00:00', '01:48', '07:12', '10:48', '14:24', '19:48', '21:36']);
    expect(stretched.map(word).at(-1)).toBe(
      'stretched: none before 2026-12-01 00:00 UTC: craft may make 500 calls a month, 250 of them for sweeps; sweeps ' +
        'have used 250, all together 475, and what is left is not enough for another one',
    );
  });

  it('uses on the last days, at the configured intervals, what is left over of the share', async () => {
    const month = monthOf([READY, DRIFT], 500);
    // Nothing ran for three weeks.
    const fromMs = BEGIN_MS + 22 * DAY_MS;
    await month.time.run(() => Promise.all([READY, DRIFT].map((sweep) => month.scheduled(sweep, fromMs, END_MS))));
    expect(month.stretched).toEqual([]);
    expect(month.used.sweep).toBeGreaterThan(210);
    expect(new Set(gapsOf(month.runsOf(READY)))).toEqual(new Set([108]));
  });

  it('items wait for the next month with its date once their part is spent, and what is done by hand still goes out', async () => {
    const month = monthOf([READY], 100);
    await month.time.run(async () => {
      await month.evenly('hand-over', 200, BEGIN_MS, BEGIN_MS + 10 * DAY_MS);
      await month.scheduled(READY, BEGIN_MS + 10 * DAY_MS, BEGIN_MS + 11 * DAY_MS);
      for (let call = 0; call < 7; call += 1) await month.call({ callClass: 'manual' });
      await month.scheduled(READY, END_MS, END_MS + DAY_MS);
      await month.call({ callClass: 'hand-over', waiter: 'next month' });
    });
    const { used, refused, stretched, begun } = month;
    expect(used).toEqual({ 'hand-over': 96, manual: 5, sweep: begun.length });
    expect(refused.filter(({ callClass }) => callClass === 'manual')).toHaveLength(2);
    const [first] = refused;
    expect(first?.error).toMatchObject({
      message: "craft: the month's calls are spent, goes on 2026-12-01 00:00 UTC",
      details: { monthSpent: true },
    });
    expect(Math.abs((first?.atMs ?? 0) + (first?.error.details.retryInMs ?? 0) - END_MS)).toBeLessThan(MINUTE_MS);
    expect(stretched.slice(0, 3)).toMatchObject(Array(3).fill({ inForceMs: null, next: '2026-12-01T00:00:00.000Z' }));
    expect(begun[0]?.atMs).toBeGreaterThanOrEqual(END_MS);
    expect(begun).toHaveLength(2);
  });

  it('never stretches sweeps that need no more than their share', async () => {
    const month = monthOf([READY, DRIFT], 1_700);
    await month.time.run(() => Promise.all([READY, DRIFT].map((sweep) => month.scheduled(sweep, BEGIN_MS, END_MS))));
    expect(month.stretched).toEqual([]);
    expect(month.used.sweep).toBe(800);
  });

  it('corrects itself after a run that was far more expensive than the others', async () => {
    const month = monthOf([READY], 500);
    await month.time.run(async () => {
      await month.scheduled(READY, BEGIN_MS, BEGIN_MS + 5 * DAY_MS);
      // An inventory of many pages.
      for (let call = 0; call < 120; call += 1) await month.call(READY_CALLS);
      await month.scheduled(READY, BEGIN_MS + 5 * DAY_MS, END_MS);
    });
    expect(month.refused).toEqual([]);
    expect(month.used.sweep).toBeGreaterThanOrEqual(240);
    expect(month.used.sweep).toBeLessThanOrEqual(250);
    const last = month.runsOf(READY).filter((atMs) => atMs >= END_MS - 5 * DAY_MS);
    expect(last.length).toBeGreaterThan(10);
  });
});

describe('runtime/budget/month: the beginning of a run', () => {
  const begin = (run: string) => ({ scheduleId: READY.scheduleId, run, sweeps: [READY] });

  it('is answered the same again, whichever process the run asks', async () => {
    const time = virtualTime(BEGIN_MS);
    const store = createProcessStore(time.clock);
    const [one, other] = [1, 2].map((process) => budgetOf(store, time, { perMonth: 10, process }));
    await time.run(async () => {
      expect(await one?.beginSweep(begin('a'))).toBeNull();
      expect(await other?.beginSweep(begin('a'))).toBeNull();
      expect(await other?.beginSweep(begin('b'))).toMatchObject({ scheduleId: READY.scheduleId });
    });
  });

  it('asks nobody where nothing limits the month', async () => {
    const time = virtualTime(BEGIN_MS);
    const store = createProcessStore(time.clock);
    const refusing = {
      ...store,
      load: () => Promise.reject(new Error('asked')),
      save: () => Promise.reject(new Error('asked')),
    };
    const budget = budgetOf(refusing, time, { perMonth: null, process: 1 });
    expect(await budget.beginSweep(begin('a'))).toBeNull();
  });

  it('waits, where the tool itself has said so, until it takes calls again', async () => {
    const time = virtualTime(BEGIN_MS);
    const budget = budgetOf(createProcessStore(time.clock), time, { perMonth: null, process: 1 });
    await time.run(async () => {
      budget.pushBack(3 * DAY_MS, new Date(BEGIN_MS + 3 * DAY_MS));
      await time.clock.sleep(1_000);
      expect(await budget.beginSweep(begin('a'))).toMatchObject({
        inForceMs: null,
        next: '2026-11-04T00:00:00.000Z',
        why: "craft: the month's calls are spent, goes on 2026-11-04 00:00 UTC",
      });
      await time.clock.sleep(3 * DAY_MS);
      expect(await budget.beginSweep(begin('b'))).toBeNull();
    });
  });

  it('counts what the tool says is left where that is less, since others use the account, too', async () => {
    const time = virtualTime(BEGIN_MS + DAY_MS);
    const budget = budgetOf(createProcessStore(time.clock), time, { perMonth: 1_000, process: 1 });
    await time.run(async () => {
      await budget.ask({ callClass: 'hand-over' });
      budget.told({ left: 52, limit: 1_000 });
      await time.clock.sleep(10_000);
      await budget.ask({ callClass: 'hand-over' });
      await budget.ask({ callClass: 'hand-over' });
      await expect(budget.ask({ callClass: 'hand-over' })).rejects.toMatchObject({ details: { monthSpent: true } });
      await budget.ask({ callClass: 'manual' });
    });
  });

  it('what the tool said of a month that is over, or hours ago, keeps nobody from calling', async () => {
    const time = virtualTime(END_MS - 2_000);
    const budget = budgetOf(createProcessStore(time.clock), time, { perMonth: 1_000, process: 1 });
    const refusal = () =>
      budget.ask({ callClass: 'hand-over', waiter: 'item' }).then(
        () => null,
        (error: unknown) => (error as ToolError).details.retryInMs ?? null,
      );
    await time.run(async () => {
      // It is noted in the next month.
      budget.told({ left: 3, limit: 1_000 });
      await time.clock.sleep(60_000);
      expect(await refusal()).toBeNull();
      // Its month begins anew at another time than ours, and nobody calls meanwhile.
      await time.clock.sleep(DAY_MS);
      budget.told({ left: 30, limit: 1_000 });
      await time.clock.sleep(120_000);
      const inMs = await refusal();
      expect(inMs).toBeGreaterThan(5 * 60 * MINUTE_MS);
      expect(inMs).toBeLessThan(7 * 60 * MINUTE_MS);
      await time.clock.sleep(inMs ?? 0);
      expect(await refusal()).toBeNull();
    });
  });

  it('a tool that has said that nothing is left is asked again once its own month has begun anew', async () => {
    const time = virtualTime(BEGIN_MS);
    const budget = budgetOf(createProcessStore(time.clock), time, { perMonth: 1_000, process: 1 });
    await time.run(async () => {
      budget.told({ left: 0, limit: 1_000 });
      budget.pushBack(60_000, new Date(BEGIN_MS + 60_000));
      await time.clock.sleep(10_000);
      await expect(budget.ask({ callClass: 'manual' })).rejects.toMatchObject({ details: { monthSpent: true } });
      await time.clock.sleep(51_000);
      await budget.ask({ callClass: 'hand-over' });
    });
  });

  it('those who wait for the next month are not back before it begins', async () => {
    const month = monthOf([READY], 100);
    await month.time.run(async () => {
      await month.evenly('hand-over', 96, BEGIN_MS, BEGIN_MS + 10 * DAY_MS);
      const asked: number[] = [];
      for (let item = 0; item < 50; item += 1) {
        const { length } = month.refused;
        await month.call({ callClass: 'hand-over', waiter: `item ${item}` });
        const [refusal] = month.refused.slice(length);
        asked.push((refusal?.atMs ?? 0) + (refusal?.error.details.retryInMs ?? 0));
      }
      expect(Math.min(...asked)).toBeGreaterThanOrEqual(END_MS);
    });
  });
});
