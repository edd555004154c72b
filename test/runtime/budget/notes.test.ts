import { describe, expect, it } from 'vitest';
import type { BudgetStore } from '../../../ledger/budgets/budgets.js';
import { createBudget } from '../../../runtime/budget/budget.js';
import { createProcessStore } from '../../../runtime/budget/processStore.js';
import { virtualTime, type VirtualTime } from './virtualTime.js';

const BEGIN_MS = Date.UTC(2026, 10, 1);

function unlimited(store: BudgetStore, time: VirtualTime) {
  const rateLimit = { perMinute: null, burst: 1, perMonth: null };
  return createBudget({ connection: 'craft', rateLimit, store, process: 'one', clock: time.clock });
}

describe('runtime/budget/notes', () => {
  it('counts the calls of a connection without a limit by one statement in five seconds', async () => {
    const time = virtualTime(BEGIN_MS);
    const store = createProcessStore(time.clock);
    let statements = 0;
    const counting: BudgetStore = {
      ...store,
      save: (...given) => ((statements += 1), store.save(...given)),
    };
    const budget = unlimited(counting, time);
    await time.run(async () => {
      for (let call = 0; call < 6_000; call += 1) {
        await budget.ask({ callClass: call % 2 === 0 ? 'progress' : 'hand-over' });
        await time.clock.sleep(10);
      }
      await time.clock.sleep(6_000);
    });
    // A minute of calls.
    expect(statements).toBeLessThanOrEqual(13);
    const { state } = await store.load('craft');
    expect(state).toMatchObject({ month: { used: { progress: 3_000, 'hand-over': 3_000 } } });
  });

  it('counts with the next ones what could not be stored', async () => {
    const time = virtualTime(BEGIN_MS);
    const store = createProcessStore(time.clock);
    let isAway = true;
    const away: BudgetStore = {
      ...store,
      save: (...given) => (isAway ? Promise.reject(new Error('away')) : store.save(...given)),
    };
    const budget = unlimited(away, time);
    await time.run(async () => {
      await budget.ask({ callClass: 'progress' });
      await time.clock.sleep(6_000);
      isAway = false;
      await budget.ask({ callClass: 'progress' });
      await time.clock.sleep(6_000);
    });
    expect((await store.load('craft')).state).toMatchObject({ month: { used: { progress: 2 } } });
  });
});
