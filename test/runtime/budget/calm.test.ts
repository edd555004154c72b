/** What a thousand items do to a tool that was closed, paused or down. */
import { describe, expect, it } from 'vitest';
import { readState } from '../../../runtime/budget/state.js';
import { busiestMinute, HOUR_MS, processesIn, type Sent } from './processes.js';
import { virtualTime } from './virtualTime.js';

const ITEMS = Array.from({ length: 1_000 }, (_, item) => item);

function within(sent: readonly Sent[], fromMs: number, forMs: number): number {
  return sent.filter(({ atMs }) => atMs >= fromMs && atMs < fromMs + forMs).length;
}

describe('runtime/budget/calm', () => {
  it.each(['a 429', 'a pause'])(
    'after %s a thousand items start gently without a limit, and all go within 70 seconds',
    async (trouble) => {
      const time = virtualTime();
      const { budgets, sent, untilSent } = processesIn(time, 3, {});
      const openMs = 20_000;
      await time.run(async () => {
        if (trouble === 'a 429') budgets[0]?.pushBack(openMs);
        else budgets[0]?.startGently();
        await time.clock.sleep(trouble === 'a pause' ? openMs : 100);
        await Promise.all(ITEMS.map((item) => untilSent('progress', `item ${item}`, item)));
      });
      expect(sent[0]?.atMs).toBeGreaterThanOrEqual(openMs);
      expect(within(sent, openMs, 1_000)).toBeLessThanOrEqual(2);
      expect(within(sent, openMs, 10_000)).toBeLessThanOrEqual(25);
      expect(within(sent, openMs, 70_000)).toBe(ITEMS.length);
    },
  );

  it('a tool that is down is hit by few calls, and when it is back a thousand items go on within two minutes and a half', async () => {
    const time = virtualTime();
    const { sent, tool, untilSent } = processesIn(time, 3, {});
    const backMs = 10 * 60_000;
    await time.run(async () => {
      tool.isDown = true;
      const one = (item: number) => time.clock.sleep(item * 20).then(() => untilSent('progress', `item ${item}`, item));
      const all = ITEMS.map(one);
      await time.clock.sleep(backMs);
      tool.isDown = false;
      await Promise.all(all);
    });
    expect(within(sent, 0, 60_000)).toBeLessThanOrEqual(40);
    expect(within(sent, 60_000, 60_000)).toBeLessThanOrEqual(16);
    expect(within(sent, backMs, 1_000)).toBeLessThanOrEqual(2);
    expect(within(sent, backMs, 10_000)).toBeLessThanOrEqual(25);
    expect(within(sent, backMs, 150_000)).toBe(ITEMS.length);
  });

  it('who waits for a tool that does not answer is told so, and to look again after about a minute', async () => {
    const time = virtualTime();
    const { budgets } = processesIn(time, 2, {});
    const waits: unknown[] = [];
    await time.run(async () => {
      budgets[0]?.startGently();
      await time.clock.sleep(100);
      const ask = async (item: number): Promise<void> => {
        const asked = budgets[0]?.ask({ callClass: 'hand-over', waiter: `item ${item}` });
        await asked?.catch((error: unknown) => waits.push(error));
      };
      await Promise.all(ITEMS.slice(0, 100).map(ask));
    });
    expect(waits.length).toBeGreaterThan(80);
    for (const wait of waits) expect(wait).toMatchObject({ kind: 'rate-limited', details: { unanswered: true } });
    const told = waits.map((wait) => (wait as { details: { retryInMs: number } }).details.retryInMs);
    expect(Math.max(...told)).toBeLessThan(75_000);
    expect(String(waits[0])).toContain('one by one');
  });

  it('single failures, and those of one item among others, change nothing', async () => {
    const time = virtualTime();
    const { budgets, count, send } = processesIn(time, 1, {});
    await time.run(async () => {
      for (let call = 0; call < 400; call += 1) {
        await send(0, { callClass: 'progress' });
        for (let failed = 0; failed < 4; failed += 1) budgets[0]?.noteOutcome('failed');
      }
    });
    expect(time.clock.nowMs()).toBeLessThan(10);
    expect(count.statements).toBeLessThan(3);
  });

  it('answers to calls of before do not begin the calm of a connection that is closed', async () => {
    const time = virtualTime();
    const { budgets, sent, untilSent } = processesIn(time, 1, {});
    await time.run(async () => {
      budgets[0]?.pushBack(20_000);
      await time.clock.sleep(100);
      budgets[0]?.noteOutcome('answered');
      await Promise.all(ITEMS.slice(0, 100).map((item) => untilSent('progress', `item ${item}`, item)));
    });
    expect(within(sent, 20_000, 10_000)).toBeLessThanOrEqual(25);
  });

  it('the limit holds in the calm and after it, the burst included', async () => {
    const time = virtualTime();
    const { budgets, sent, untilSent } = processesIn(time, 2, { perMinute: 60, burst: 20 });
    await time.run(async () => {
      budgets[0]?.pushBack(10_000);
      await Promise.all(ITEMS.slice(0, 300).map((item) => untilSent('progress', `item ${item}`, item)));
    });
    expect(busiestMinute(sent)).toBeLessThanOrEqual(60);
    expect(sent.at(-1)?.atMs).toBeLessThan(10 * 60_000);
  });

  it('a call that did not reach the tool is not counted, and nobody takes its place before the next probe', async () => {
    const time = virtualTime();
    const { budgets, common } = processesIn(time, 1, { perMonth: 100 });
    const atMs: number[] = [];
    await time.run(async () => {
      budgets[0]?.startGently();
      await time.clock.sleep(100);
      for (let call = 0; call < 6; call += 1) {
        const notSent = await budgets[0]?.ask({ callClass: 'hand-over' });
        atMs.push(time.clock.nowMs());
        budgets[0]?.noteOutcome('failed');
        notSent?.('used');
        await time.clock.sleep(100);
      }
    });
    expect(atMs.slice(1).every((one, call) => one - (atMs[call] ?? 0) >= 3_900)).toBe(true);
    expect(readState((await common.load('km')).state).month.used['hand-over']).toBe(0);
  });

  it.each([
    { perMinute: 30, burst: 1 },
    { perMinute: 40, burst: 1 },
    { perMinute: 60, burst: 20 },
  ])(
    'an answer that comes right after the trouble lets no call out too early ($perMinute a minute, burst $burst)',
    async (limit) => {
      const time = virtualTime();
      const { budgets, sent, send } = processesIn(time, 1, limit);
      await time.run(async () => {
        for (let call = 0; call < limit.perMinute * 3; call += 1) {
          await send(0, { callClass: 'progress' });
          if (call % 20 !== 19) continue;
          for (let failed = 0; failed < 5; failed += 1) budgets[0]?.noteOutcome('failed');
          await time.clock.sleep(50);
          budgets[0]?.noteOutcome('answered');
          await time.clock.sleep(50);
        }
      });
      expect(busiestMinute(sent)).toBeLessThanOrEqual(limit.perMinute);
    },
  );

  it('a refusal in the calm does not teach a limit of a few calls', async () => {
    const time = virtualTime();
    const { budgets, sent, send } = processesIn(time, 1, {});
    await time.run(async () => {
      for (let call = 0; call < 600; call += 1) {
        await send(0, { callClass: 'progress' });
        await time.clock.sleep(100);
      }
      budgets[0]?.pushBack(31_000);
      await time.clock.sleep(31_000);
      for (let call = 0; call < 3; call += 1) await send(0, { callClass: 'manual' });
      budgets[0]?.pushBack(1_000);
      await time.clock.sleep(61_000);
      sent.length = 0;
      const fromMs = time.clock.nowMs();
      for (let call = 0; call < 600; call += 1) await send(0, { callClass: 'manual' });
      expect(time.clock.nowMs() - fromMs).toBeLessThan(3 * 60_000);
      expect(time.clock.nowMs()).toBeLessThan(HOUR_MS);
    });
  });
});
