import { describe, expect, it } from 'vitest';
import type { ReadCall } from '../../../connectors/port/calls.js';
import { ToolError } from '../../../domain/errors.js';
import type { RateLimit } from '../../../domain/settings.js';
import { createBudget } from '../../../runtime/budget/budget.js';
import { createProcessStore } from '../../../runtime/budget/processStore.js';
import { virtualTime, type VirtualTime } from './virtualTime.js';

const manual: ReadCall = { callClass: 'manual' };
const progress: ReadCall = { callClass: 'progress' };
const handOver = (waiter: string): ReadCall => ({ callClass: 'hand-over', waiter });

function budgetIn(time: VirtualTime, rateLimit: Partial<RateLimit> = {}) {
  return createBudget({
    connection: 'km',
    rateLimit: { perMinute: null, burst: 1, perMonth: null, ...rateLimit },
    store: createProcessStore(time.clock),
    process: 'one',
    clock: time.clock,
  });
}

function busiestMinute(times: readonly number[]): number {
  return Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 60_000).length));
}

/** Asks as the run of an item does: sent away, it comes back after its wait and `lateMs`. How often it asked. */
async function asksUntilGranted(time: VirtualTime, ask: () => Promise<unknown>, lateMs: () => number): Promise<number> {
  for (let asked = 1; ; asked += 1) {
    try {
      await ask();
      return asked;
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      await time.clock.sleep((error.details.retryInMs ?? 0) + lateMs());
    }
  }
}

const inTime = () => 0;

describe('runtime/budget/budget', () => {
  it.each([
    { perMinute: 10, burst: 1 },
    { perMinute: 10, burst: 5 },
    { perMinute: 60, burst: 20 },
    { perMinute: 3, burst: 1 },
  ])('never grants more than $perMinute calls in any minute with a burst of $burst', async (limit) => {
    const time = virtualTime();
    const budget = budgetIn(time, limit);
    const times: number[] = [];
    await time.run(async () => {
      for (let call = 0; call < limit.perMinute * 4; call += 1) {
        await budget.ask(progress);
        times.push(time.clock.nowMs());
      }
    });
    expect(busiestMinute(times)).toBeLessThanOrEqual(limit.perMinute);
  });

  it('grants a burst at once and then keeps the pace', async () => {
    const time = virtualTime();
    const budget = budgetIn(time, { perMinute: 10, burst: 3 });
    const times: number[] = [];
    const one = () => budget.ask(progress).then(() => times.push(time.clock.nowMs()));
    await time.run(() => Promise.all([one(), one(), one(), one()]));
    expect(times[2]).toBeLessThan(100);
    expect(times[3]).toBeGreaterThan(7_000);
  });

  it('lets every call through when no limit is configured', async () => {
    const time = virtualTime();
    const budget = budgetIn(time);
    for (let call = 0; call < 1_000; call += 1) await budget.ask({ callClass: 'sweep' });
    expect(time.clock.nowMs()).toBe(0);
  });

  it.each([100, 1_000, 4_000])(
    'each of %i items that wait at the same time asks twice or three times, first come first served, and no slot is lost',
    async (items) => {
      const time = virtualTime();
      const budget = budgetIn(time, { perMinute: 60 });
      const granted: { readonly item: number; readonly atMs: number }[] = [];
      const asks = await time.run(() =>
        Promise.all(
          Array.from({ length: items }, (_, item) =>
            asksUntilGranted(
              time,
              () => budget.ask(handOver(`item ${item}`)).then(() => granted.push({ item, atMs: time.clock.nowMs() })),
              // A timer and a worker's queue take up to five seconds.
              () => (item * 37) % 5_000,
            ),
          ),
        ),
      );
      expect(Math.max(...asks)).toBeLessThanOrEqual(3);
      expect(granted.map(({ item }) => item)).toEqual(Array.from({ length: items }, (_, item) => item));
      const times = granted.map(({ atMs }) => atMs);
      expect(busiestMinute(times)).toBeLessThanOrEqual(60);
      expect((times.at(-1) ?? 0) / items).toBeLessThan(1_030);
    },
    120_000,
  );

  it('keeps within the limit, and comes to an end, with calls of every class, turns, bursts and late comers', async () => {
    const time = virtualTime();
    const budget = budgetIn(time, { perMinute: 30, burst: 4 });
    const times: number[] = [];
    const send = (call: ReadCall) => budget.ask(call).then(() => void times.push(time.clock.nowMs()));
    const step = async (waiter: string) => {
      const giveBack = await budget.turn(handOver(waiter));
      try {
        await time.clock.sleep((waiter.length * 977) % 9_000);
        await send(handOver(waiter));
        if (waiter.endsWith('3')) await send(handOver(waiter));
      } finally {
        giveBack();
      }
    };
    const seldom = (call: ReadCall) => asksUntilGranted(time, () => send(call), inTime);
    const asks = await time.run(() =>
      Promise.all([
        ...Array.from({ length: 60 }, (_, n) =>
          asksUntilGranted(
            time,
            () => step(`item ${n}`),
            () => (n * 7_919) % 45_000,
          ),
        ),
        ...Array.from({ length: 10 }, (_, n) =>
          time.clock.sleep(n * 11_000).then(() => seldom({ callClass: 'progress', waiter: `progress ${n}` })),
        ),
        time.clock.sleep(40_000).then(() => seldom({ callClass: 'manual', waiter: 'manual' })),
        seldom({ callClass: 'sweep', waiter: 'sweep' }),
      ]),
    );
    expect(busiestMinute(times)).toBeLessThanOrEqual(30);
    expect(Math.max(...asks)).toBeLessThanOrEqual(6);
    // 60 items, 6 of which send twice, and 12 others.
    expect(times).toHaveLength(78);
    expect(Math.max(...times)).toBeLessThan(78 * 2_300 + 60_000);
  });

  it('whoever comes too late holds nobody up, and is next when it comes', async () => {
    const time = virtualTime();
    const budget = budgetIn(time, { perMinute: 6 });
    const order: string[] = [];
    const item = (name: string, lateMs: number) =>
      asksUntilGranted(
        time,
        () => budget.ask(handOver(name)).then(() => order.push(name)),
        () => lateMs,
      );
    await time.run(() =>
      Promise.all([
        item('1', 0),
        item('2', 0),
        item('3', 0),
        item('late', 35_000),
        item('5', 0),
        item('6', 0),
        item('7', 0),
        item('8', 0),
        item('9', 0),
        item('10', 0),
      ]),
    );
    expect(order.indexOf('late')).toBeGreaterThan(order.indexOf('5'));
    expect(order.at(-1)).not.toBe('late');
  });

  it('a long read comes to its end while creates wait, and they go on', async () => {
    const time = virtualTime();
    const budget = budgetIn(time, { perMinute: 60 });
    const done: string[] = [];
    const sweep = async () => {
      for (let page = 0; page < 20; page += 1) await budget.ask({ callClass: 'sweep', waiter: 'sweep' });
      done.push('sweep');
    };
    const [attempts] = await time.run(() =>
      Promise.all([
        asksUntilGranted(time, sweep, inTime),
        ...Array.from({ length: 100 }, (_, n) =>
          asksUntilGranted(time, () => budget.ask(handOver(`item ${n}`)).then(() => done.push('item')), inTime),
        ),
      ]),
    );
    expect(attempts).toBe(1);
    expect(done.indexOf('sweep')).toBeGreaterThan(50);
    expect(done.indexOf('sweep')).toBeLessThan(85);
  });

  it('serves a higher class first, and lets no class wait for ever', async () => {
    const time = virtualTime();
    const budget = budgetIn(time, { perMinute: 60 });
    const order: string[] = [];
    const ask = (call: ReadCall, name: string) =>
      asksUntilGranted(time, () => budget.ask(call).then(() => order.push(name)), inTime);
    await time.run(async () => {
      const waiting = [ask({ callClass: 'sweep', waiter: 's' }, 'first')];
      waiting.push(ask({ callClass: 'sweep', waiter: 's2' }, 'sweep'));
      for (let n = 0; n < 400; n += 1) {
        if (n === 5) waiting.push(ask({ callClass: 'manual', waiter: 'm' }, 'manual'));
        waiting.push(ask(handOver(`item ${n}`), 'item'));
        await time.clock.sleep(600);
      }
      await Promise.all(waiting);
    });
    expect(order.indexOf('manual')).toBeLessThan(10);
    expect(order.indexOf('sweep')).toBeGreaterThan(order.indexOf('manual'));
    expect(order.indexOf('sweep')).toBeLessThan(300);
  });

  it('gives a turn shortly before the call, and the call that follows is next', async () => {
    const time = virtualTime();
    const budget = budgetIn(time, { perMinute: 6 });
    const order: string[] = [];
    await time.run(async () => {
      await budget.ask(manual);
      const turn = await budget.turn(handOver('a'));
      expect(time.clock.nowMs()).toBeGreaterThan(4_900);
      expect(time.clock.nowMs()).toBeLessThan(5_600);
      const rival = budget.ask(handOver('b')).then(() => order.push('b'));
      await budget.ask(handOver('a')).then(() => order.push('a'));
      turn();
      await rival;
    });
    expect(order).toEqual(['a', 'b']);
  });

  it.each([
    ['given back', true, 200],
    ['not used for 30 seconds', false, 31_000],
  ])('a turn that is %s goes to the next', async (_how, isGivenBack, withinMs) => {
    const time = virtualTime();
    const budget = budgetIn(time, { perMinute: 3 });
    await time.run(async () => {
      const giveBack = await budget.turn(handOver('a'));
      const since = time.clock.nowMs();
      const next = budget.turn(handOver('b')).then(() => time.clock.nowMs() - since);
      await time.clock.sleep(10);
      if (isGivenBack) giveBack();
      expect(await next).toBeLessThan(withinMs + 16_000);
    });
  });

  it("lets nobody's calls out before the time that a 429 named", async () => {
    const time = virtualTime();
    const budget = budgetIn(time);
    budget.pushBack(20_000);
    await time.run(() => budget.ask(manual));
    expect(time.clock.nowMs()).toBeGreaterThanOrEqual(20_000);
  });

  it('tells the caller when to come back instead of sleeping for longer than 30 seconds', async () => {
    const budget = budgetIn(virtualTime());
    budget.pushBack(300_000);
    const details = { connection: 'km', retryInMs: 290_000 };
    await expect(budget.ask(manual)).rejects.toMatchObject({ kind: 'rate-limited', details });
  });

  it('lets no call out that was asleep when another learned that the budget is closed', async () => {
    const time = virtualTime();
    const budget = budgetIn(time, { perMinute: 10 });
    await budget.ask(manual);
    const sleeper = budget.ask(manual).catch((error: unknown) => error);
    budget.pushBack(86_400_000, new Date(Date.UTC(2026, 11, 1)));
    expect(await time.run(() => sleeper)).toMatchObject({ kind: 'rate-limited', details: { monthSpent: true } });
  });

  it('says that the month is spent, and until when by the clock of the tool', async () => {
    const budget = budgetIn(virtualTime());
    budget.pushBack(9 * 86_400_000, new Date(Date.UTC(2026, 11, 1)));
    const error: unknown = await budget.ask(manual).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ kind: 'rate-limited', details: { monthSpent: true } });
    expect(String(error)).toContain(`km: the month's calls are spent, goes on 2026-12-01 00:00 UTC`);
  });

  it('reserves no slot for a caller that was sent away, nor for one that gave up', async () => {
    const time = virtualTime();
    const budget = budgetIn(time, { perMinute: 1 });
    await budget.ask(manual);
    await expect(budget.ask(manual)).rejects.toMatchObject({ kind: 'rate-limited' });
    await time.run(() => time.clock.sleep(40_000));
    const impatient = new AbortController();
    const gaveUp = budget.ask({ ...manual, signal: impatient.signal }).catch(() => 'gave up');
    impatient.abort(new Error('a verb'));
    await time.run(() => gaveUp);
    await time.run(() => budget.ask(manual));
    expect(time.clock.nowMs()).toBe(61_200);
  });
});
