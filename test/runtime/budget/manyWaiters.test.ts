/** What ten thousand who wait cost, and what becomes of them when processes are killed or the ledger is away. */
import { describe, expect, it } from 'vitest';
import { createBudget } from '../../../runtime/budget/budget.js';
import { createProcessStore } from '../../../runtime/budget/processStore.js';
import { busiestMinute, goodput, processesIn, type Sent } from './processes.js';
import { virtualTime } from './virtualTime.js';

const MANY = Array.from({ length: 10_000 }, (_, item) => item);

describe('runtime/budget/manyWaiters', () => {
  it('ten thousand who wait cost no statement and no question while they wait: each asks about twice, with two statements', async () => {
    const time = virtualTime();
    const { count, sent, untilSent } = processesIn(time, 2, { perMinute: 2_000 });
    const cpuBefore = process.cpuUsage();
    const asks = await time.run(() => Promise.all(MANY.map((item) => untilSent('hand-over', `item ${item}`, item))));
    const cpu = process.cpuUsage(cpuBefore);
    const cpuMs = (cpu.user + cpu.system) / 1_000;
    expect(Math.max(...asks)).toBeLessThanOrEqual(4);
    expect(asks.reduce((sum, asked) => sum + asked, 0) / MANY.length).toBeLessThan(2.3);
    expect(count.statements / MANY.length).toBeLessThan(3);
    expect(goodput(sent) / 2_000).toBeGreaterThan(0.95);
    expect(cpuMs / MANY.length).toBeLessThan(10);
  }, 120_000);

  it('while ten thousand wait for a slow connection, statements are those of its calls alone', async () => {
    const time = virtualTime();
    const { count, untilSent } = processesIn(time, 2, { perMinute: 60 });
    const perMinute: number[] = [];
    await time.run(async () => {
      for (const item of MANY) void untilSent('hand-over', `item ${item}`, item);
      await time.clock.sleep(120_000);
      for (let minute = 0; minute < 3; minute += 1) {
        const before = count.statements;
        await time.clock.sleep(60_000);
        perMinute.push(count.statements - before);
      }
    });
    expect(Math.max(...perMinute)).toBeLessThan(60 * 15);
  }, 120_000);

  it('after all processes were killed with ten thousand waiting, calls go out within two seconds, and at the full pace', async () => {
    const time = virtualTime();
    const killed = processesIn(time, 3, { perMinute: 60 });
    const after: Sent[] = [];
    let killedMs = 0;
    await time.run(async () => {
      for (const item of MANY) void killed.untilSent('hand-over', `item ${item}`, item);
      await time.clock.sleep(60_000);
      killed.fault.isDead = true;
      killedMs = time.clock.nowMs();
      const anew = processesIn(time, 3, { perMinute: 60 }, { store: killed.common, name: 'new process' });
      await anew.send(0, { callClass: 'hand-over' });
      // Temporal notices by heartbeats that their activities are gone.
      await time.clock.sleep(15_000);
      const gone = new Set(killed.sent.map(({ name }) => name));
      const next = MANY.filter((item) => !gone.has(`item ${item}`)).slice(0, 120);
      for (const item of next) void anew.untilSent('hand-over', `item ${item}`, item);
      await time.clock.sleep(80_000);
      after.push(...anew.sent);
    });
    expect((after[0]?.atMs ?? Infinity) - killedMs).toBeLessThan(2_000);
    expect(after.filter(({ atMs }) => atMs > killedMs + 20_000 && atMs < killedMs + 80_000).length).toBeGreaterThan(52);
    const before = killed.sent.filter(({ atMs }) => atMs <= killedMs);
    expect(busiestMinute([...before, ...after])).toBeLessThanOrEqual(60);
  }, 120_000);

  it('a ledger that is away for a minute fails those who ask, costs no more than that, and lets nobody out too early', async () => {
    const time = virtualTime();
    const { fault, send, sent } = processesIn(time, 2, { perMinute: 60 });
    let failed = 0;
    await time.run(async () => {
      const item = async (process: number): Promise<void> => {
        while (time.clock.nowMs() < 240_000) {
          await send(process, { callClass: 'progress', waiter: `item ${process}` }).catch(async () => {
            failed += 1;
            await time.clock.sleep(1_000);
          });
        }
      };
      const all = Promise.all([item(0), item(1), item(0), item(1)]);
      await time.clock.sleep(60_000);
      fault.isAway = true;
      await time.clock.sleep(60_000);
      fault.isAway = false;
      await all;
    });
    expect(failed).toBeGreaterThan(20);
    expect(busiestMinute(sent)).toBeLessThanOrEqual(60);
    expect(sent.filter(({ atMs }) => atMs > 61_500 && atMs < 120_000)).toEqual([]);
    expect(sent.filter(({ atMs }) => atMs > 122_000 && atMs < 182_000).length).toBeGreaterThan(55);
  });

  it('calls of a connection without a limit cost one statement in two seconds, however many they are', async () => {
    const time = virtualTime();
    const { count, send } = processesIn(time, 1, {});
    await time.run(async () => {
      for (let call = 0; call < 6_000; call += 1) {
        await send(0, { callClass: 'progress' });
        if (call % 100 === 0) await time.clock.sleep(1_000);
      }
    });
    expect(count.statements).toBeLessThanOrEqual(31);
  });

  it('a ledger that hangs holds up calls of a connection without a limit for half a second in two', async () => {
    const time = virtualTime();
    const store = createProcessStore(time.clock);
    const never = () => new Promise<never>(() => undefined);
    const rateLimit = { perMinute: null, burst: 1, perMonth: null };
    const budget = createBudget({
      connection: 'km',
      rateLimit,
      store: { ...store, load: never, save: never },
      process: 'one',
      clock: time.clock,
    });
    let made = 0;
    await time.run(async () => {
      while (time.clock.nowMs() < 20_000) {
        await budget.ask({ callClass: 'progress' });
        made += 1;
        await time.clock.sleep(100);
      }
    });
    expect(made).toBeGreaterThan(130);
  });

  it('a long read leaves three of four slots to others of its class, in other processes, too', async () => {
    const time = virtualTime();
    const { send, sent, untilSent } = processesIn(time, 2, { perMinute: 60 });
    await time.run(async () => {
      const read = async (): Promise<void> => {
        for (let page = 0; page < 60; page += 1) await send(0, { callClass: 'sweep', waiter: 'a long read' });
      };
      const reading = read();
      await time.clock.sleep(10_000);
      const others = MANY.slice(0, 20).map((item) => untilSent('sweep', `item ${item}`, item));
      await Promise.all([reading, ...others]);
    });
    const from = sent.findIndex(({ name }) => name !== 'a long read');
    const others = sent.slice(from, from + 20).filter(({ name }) => name !== 'a long read');
    expect(others.length).toBeGreaterThanOrEqual(14);
    expect(sent).toHaveLength(80);
  });

  it('a call that is not made gives its slot to the next, once', async () => {
    const time = virtualTime();
    const { budgets } = processesIn(time, 1, { perMinute: 6 });
    const ask = () => budgets[0]?.ask({ callClass: 'progress' });
    const atMs = () => time.clock.nowMs();
    await time.run(async () => {
      const notMade = await ask();
      const [second, third] = [ask()?.then(atMs), ask()?.then(atMs)];
      await time.clock.sleep(50);
      notMade?.();
      notMade?.();
      expect(await second).toBeLessThan(200);
      expect(await third).toBeGreaterThan(10_000);
    });
  });
});
