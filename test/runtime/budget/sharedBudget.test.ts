/** Several processes, one limit. */
import { describe, expect, it } from 'vitest';
import type { CallClass } from '../../../connectors/port/calls.js';
import type { ToolError } from '../../../domain/errors.js';
import { createProcessStore } from '../../../runtime/budget/processStore.js';
import { readState } from '../../../runtime/budget/state.js';
import { busiestMinute, goodput, HOUR_MS, processesIn } from './processes.js';
import { virtualTime } from './virtualTime.js';

describe('runtime/budget/sharedBudget', () => {
  it.each([
    { processes: 2, perMinute: 120, items: 600 },
    { processes: 4, perMinute: 10, items: 60 },
    { processes: 4, perMinute: 60, items: 300 },
    { processes: 4, perMinute: 1_000, items: 3_000 },
  ])(
    'lets $processes processes together use 95 % of $perMinute a minute and no more, in the order in which they asked',
    async ({ processes, perMinute, items }) => {
      const time = virtualTime();
      const { count, sent, untilSent } = processesIn(time, processes, { perMinute });
      // They ask twice as fast as the limit lets them.
      const ask = (item: number) =>
        time.clock.sleep((item * 30_000) / perMinute).then(() => untilSent('hand-over', `item ${item}`, item));
      const asks = await time.run(() => Promise.all(Array.from({ length: items }, (_, item) => ask(item))));
      expect(busiestMinute(sent)).toBeLessThanOrEqual(perMinute);
      expect(goodput(sent) / perMinute).toBeGreaterThan(0.95);
      expect(asks.reduce((sum, asked) => sum + asked, 0) / items).toBeLessThan(2.5);
      const outOfOrder = sent.map(({ name }, place) => Math.abs(Number(name.slice(5)) - place));
      // Processes hold the same place within five seconds.
      expect(Math.max(...outOfOrder)).toBeLessThan(Math.max(3, perMinute / 6 + 1));
      expect(count.statements / items).toBeLessThan(15);
    },
    120_000,
  );

  it.each([
    { processes: 2, perMinute: 120, items: 600 },
    { processes: 4, perMinute: 1_000, items: 3_000 },
  ])('$items that ask $processes processes in the same moment lose no slot of $perMinute a minute', async (given) => {
    const time = virtualTime();
    const { sent, untilSent } = processesIn(time, given.processes, { perMinute: given.perMinute });
    const all = Array.from({ length: given.items }, (_, item) => item);
    await time.run(() => Promise.all(all.map((item) => untilSent('hand-over', `item ${item}`, item))));
    expect(busiestMinute(sent)).toBeLessThanOrEqual(given.perMinute);
    expect(goodput(sent) / given.perMinute).toBeGreaterThan(0.95);
  });

  it('a process that is killed while it is first holds the others up for a moment only', async () => {
    const time = virtualTime();
    const { budgets, sent, send } = processesIn(time, 2, { perMinute: 60 });
    await time.run(async () => {
      await send(0, { callClass: 'hand-over' });
      const killed = new AbortController();
      // It has said that it waits, and nobody takes that back.
      void budgets[0]?.ask({ callClass: 'manual', waiter: 'killed', signal: killed.signal }).catch(() => undefined);
      await time.clock.sleep(100);
      killed.abort(new Error('killed'));
      for (let call = 0; call < 5; call += 1) await send(1, { callClass: 'hand-over', waiter: `item ${call}` });
    });
    expect(sent.at(-1)?.atMs).toBeLessThan(5 * 1_020 + 4_000);
  });

  it('a 429 that one process gets closes the connection for all, whatever their clocks say', async () => {
    const time = virtualTime();
    const { budgets, sent, send } = processesIn(time, 3, { perMinute: 600 });
    await time.run(async () => {
      await send(1, { callClass: 'progress' });
      budgets[0]?.pushBack(20_000);
      await time.clock.sleep(10);
      await Promise.all([send(1, { callClass: 'manual' }), send(2, { callClass: 'sweep' })]);
    });
    expect(sent.slice(1).every(({ atMs }) => atMs >= 20_000 && atMs < 22_500)).toBe(true);
  });

  it("a database's clock that is set back by an hour holds nobody up for longer than a minute", async () => {
    const time = virtualTime();
    let setBackMs = 0;
    const dbClock = { nowMs: () => time.clock.nowMs() + 10 * HOUR_MS - setBackMs };
    const { send, sent } = processesIn(time, 2, { perMinute: 60 }, { store: createProcessStore(dbClock), name: 'one' });
    const told: number[] = [];
    await time.run(async () => {
      const item = async (process: number, name: string): Promise<void> => {
        while (time.clock.nowMs() < 180_000) {
          await send(process, { callClass: 'hand-over', waiter: name }).catch(async (error: unknown) => {
            const { retryInMs = 0 } = (error as ToolError).details;
            told.push(retryInMs);
            await time.clock.sleep(retryInMs);
          });
        }
      };
      // Also where nobody else changes the state.
      const all = [item(0, 'a'), item(0, 'b'), item(0, 'c')];
      await time.clock.sleep(60_000);
      setBackMs = HOUR_MS;
      await Promise.all(all);
    });
    expect(Math.max(0, ...told)).toBeLessThan(60_000);
    expect(sent.filter(({ atMs }) => atMs > 60_000 && atMs < 120_000).length).toBeGreaterThan(50);
  });

  it('what one process was refused without a limit slows all of them down, and is forgotten in time', async () => {
    const time = virtualTime();
    const { budgets, sent, send } = processesIn(time, 2, {});
    await time.run(async () => {
      for (let call = 0; call < 120; call += 1) {
        await send(0, { callClass: 'progress' });
        await time.clock.sleep(250);
      }
      budgets[0]?.pushBack(1_000);
      await time.clock.sleep(1_500);
      // The first one looks up what others learned.
      await send(1, { callClass: 'progress' });
      await time.clock.sleep(100);
      sent.length = 0;
      const from = time.clock.nowMs();
      for (let call = 0; call < 50; call += 1) await send(1, { callClass: 'progress' });
      expect(time.clock.nowMs() - from).toBeGreaterThan(20_000);
      await time.clock.sleep(2 * HOUR_MS);
      const later = time.clock.nowMs();
      for (let call = 0; call < 50; call += 1) await send(1, { callClass: 'progress' });
      expect(time.clock.nowMs() - later).toBeLessThan(1_000);
    });
  });

  it('a refusal teaches what all processes sent together, not what one of them did', async () => {
    const time = virtualTime();
    const { budgets, common, send } = processesIn(time, 4, {});
    await time.run(async () => {
      const all = [0, 1, 2, 3].map(async (process) => {
        for (let call = 0; call < 300; call += 1) {
          await send(process, { callClass: 'progress' });
          await time.clock.sleep(400);
        }
      });
      await Promise.all(all);
      budgets[0]?.pushBack(1_000);
      await time.clock.sleep(100);
    });
    const { learned } = readState((await common.load('km')).state);
    // Four of 150 a minute.
    expect(learned?.perMinute).toBeGreaterThan(600 * 0.9 * 0.85);
    expect(learned?.perMinute).toBeLessThan(600 * 0.9 * 1.1);
  });

  it.each(['manual', 'progress'] as const)('%s is served while a thousand creates wait', async (callClass) => {
    const time = virtualTime();
    const { sent, untilSent } = processesIn(time, 2, { perMinute: 60 });
    const asked: number[] = [];
    await time.run(async () => {
      const creates = Array.from({ length: 300 }, (_, item) => untilSent('hand-over', `item ${item}`, item));
      for (let call = 0; call < 10; call += 1) {
        await time.clock.sleep(20_000);
        asked.push(time.clock.nowMs());
        await untilSent(callClass, `${callClass} ${call}`, call);
      }
      await Promise.all(creates);
    });
    const delays = asked.map((at, call) => (sent.find(({ name }) => name === `${callClass} ${call}`)?.atMs ?? 0) - at);
    expect(Math.max(...delays)).toBeLessThan(callClass === 'manual' ? 4_000 : 8_000);
  });

  it('keeps the last part of a month for what people do by hand, and half of it from sweeps', async () => {
    const time = virtualTime();
    const { sent, send } = processesIn(time, 2, { perMonth: 100 });
    const refused: string[] = [];
    const one = (callClass: CallClass, call: number) =>
      send(call % 2, {
        callClass,
        waiter: callClass,
        ...(callClass === 'sweep' && { sweep: 'ready-sweep:mobile' }),
      }).catch((error: unknown) => {
        expect(error).toMatchObject({ kind: 'rate-limited', details: { monthSpent: true } });
        refused.push(callClass);
      });
    await time.run(async () => {
      for (let call = 0; call < 60; call += 1) await one('sweep', call);
      for (let call = 0; call < 60; call += 1) await one('hand-over', call);
      for (let call = 0; call < 10; call += 1) await one('manual', call);
    });
    const used = (name: string) => sent.filter((call) => call.name === name).length;
    expect({ sweep: used('sweep'), handOver: used('hand-over'), manual: used('manual') }).toEqual({
      sweep: 50,
      handOver: 45,
      manual: 5,
    });
    expect(refused.filter((name) => name === 'manual')).toHaveLength(5);
  });
});
