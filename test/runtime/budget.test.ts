import { describe, expect, it } from 'vitest';
import { createLocalBudget, type Clock } from '../../runtime/budget.js';

/** A clock that moves only when somebody sleeps. */
function manualClock(): Clock & { advance(ms: number): void } {
  let now = 0;
  return {
    nowMs: () => now,
    sleep: (ms) => {
      now += ms;
      return Promise.resolve();
    },
    advance: (ms) => {
      now += ms;
    },
  };
}

async function grantTimes(perMinute: number, burst: number, calls: number): Promise<number[]> {
  const clock = manualClock();
  const budget = createLocalBudget('km', { perMinute, burst, perMonth: null }, clock);
  const times: number[] = [];
  for (let call = 0; call < calls; call += 1) {
    await budget.ask('progress');
    times.push(clock.nowMs());
  }
  return times;
}

function busiestMinute(times: readonly number[]): number {
  return Math.max(...times.map((from) => times.filter((time) => time >= from && time < from + 60_000).length));
}

describe('runtime/budget', () => {
  it.each([
    { perMinute: 10, burst: 1 },
    { perMinute: 10, burst: 5 },
    { perMinute: 60, burst: 20 },
    { perMinute: 3, burst: 1 },
  ])('never grants more than $perMinute calls in any minute with a burst of $burst', async ({ perMinute, burst }) => {
    const times = await grantTimes(perMinute, burst, perMinute * 4);
    expect(busiestMinute(times)).toBeLessThanOrEqual(perMinute);
  });

  it('grants a burst at once and then keeps the pace', async () => {
    const times = await grantTimes(10, 3, 4);
    expect(times.slice(0, 3)).toEqual([0, 0, 0]);
    expect(times[3]).toBeGreaterThan(7_000);
  });

  it('lets every call through when no limit is configured', async () => {
    const clock = manualClock();
    const budget = createLocalBudget('km', { perMinute: null, burst: 1, perMonth: null }, clock);
    for (let call = 0; call < 1_000; call += 1) await budget.ask('sweep');
    expect(clock.nowMs()).toBe(0);
  });

  it("lets nobody's calls out before the time that a 429 named", async () => {
    const clock = manualClock();
    const budget = createLocalBudget('km', { perMinute: null, burst: 1, perMonth: null }, clock);
    budget.pushBack(new Date(Date.now() + 20_000));
    await budget.ask('manual');
    expect(clock.nowMs()).toBeGreaterThan(19_000);
  });

  it('tells the caller when to come back instead of sleeping for longer than 30 seconds', async () => {
    const budget = createLocalBudget('km', { perMinute: null, burst: 1, perMonth: null }, manualClock());
    budget.pushBack(new Date(Date.now() + 300_000));
    await expect(budget.ask('manual')).rejects.toMatchObject({ kind: 'rate-limited', details: { connection: 'km' } });
  });

  it('lets no call out that was asleep when another learned that the budget is closed', async () => {
    const clock = manualClock();
    const budget = createLocalBudget('km', { perMinute: 10, burst: 1, perMonth: null }, clock);
    await budget.ask('manual');
    const sleeper = budget.ask('manual');
    budget.pushBack(new Date(Date.now() + 86_400_000), 'month-spent');
    await expect(sleeper).rejects.toMatchObject({ kind: 'rate-limited', details: { monthSpent: true } });
  });

  it('says that the month is spent, and until when', async () => {
    const budget = createLocalBudget('km', { perMinute: null, burst: 1, perMonth: null }, manualClock());
    const until = new Date(Date.now() + 9 * 86_400_000);
    budget.pushBack(until, 'month-spent');
    const day = until.toISOString().slice(0, 10);
    const error: unknown = await budget.ask('manual').catch((reason: unknown) => reason);
    expect(error).toMatchObject({ kind: 'rate-limited', details: { monthSpent: true } });
    expect(String(error)).toContain(`km: the month's calls are spent, goes on ${day} `);
  });

  it('reserves no slot for a caller that was sent away', async () => {
    const clock = manualClock();
    const budget = createLocalBudget('km', { perMinute: 1, burst: 1, perMonth: null }, clock);
    await budget.ask('manual');
    await expect(budget.ask('manual')).rejects.toMatchObject({ kind: 'rate-limited' });
    await expect(budget.ask('manual')).rejects.toMatchObject({ kind: 'rate-limited' });
    clock.advance(61_300);
    await budget.ask('manual');
    expect(clock.nowMs()).toBe(61_300);
  });
});
