/** What the ledger shows of the budgets, and what is made of it for people. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { budgetLines } from '../../../clients/budgets.js';
import { createBudget } from '../../../runtime/budget/budget.js';
import { readBudgets } from '../../../runtime/budget/view.js';
import { openLedger, type LedgerFixture } from '../../fixtures/ledger.js';
import { pipelineOf, settingsOf } from '../../fixtures/settings.js';

describe('ledger/budgets/list', () => {
  let fixture: LedgerFixture;
  beforeAll(async () => {
    fixture = await openLedger();
  });
  afterAll(() => fixture.close());

  // So often that they are stretched on every day of a month.
  const settings = settingsOf([{ ...pipelineOf('mobile'), sweepEveryMs: 1, driftEveryMs: 1 }]);
  const limited = {
    ...settings,
    craft: { ...settings.craft, rateLimit: { perMinute: 60, burst: 1, perMonth: 500 } },
  };

  it('has the time of the database where nothing is known yet, so that a stretched sweep is not told a time of old', async () => {
    const { nowMs, known } = await fixture.ledger.budgets.list();
    expect(known).toEqual([]);
    expect(Math.abs(nowMs - Date.now())).toBeLessThan(60_000);
    const [craft, km] = await readBudgets(fixture.ledger.budgets, limited);
    expect(craft?.stretched.map(({ scheduleId }) => scheduleId)).toEqual(['ready-sweep:mobile', 'drift-sweep:mobile']);
    for (const { next } of craft?.stretched ?? []) expect(Date.parse(next)).toBeGreaterThan(nowMs);
    expect(km).toMatchObject({ connection: 'km', month: { limit: null, used: 0 }, stretched: [] });
  });

  it('shows what each connection used and has left, who waits, and when calls go on', async () => {
    const { ledger, sql } = fixture;
    const budget = createBudget({
      connection: 'craft',
      rateLimit: limited.craft.rateLimit,
      store: ledger.budgets,
      process: 'one',
    });
    await budget.ask({ callClass: 'hand-over' });
    await budget.ask({ callClass: 'sweep', sweep: 'ready-sweep:mobile' });
    const { nowMs } = await ledger.budgets.list();
    const away = (waiter: string, callClass: string, inMs: number) =>
      sql('insert into budget_waiter values ($1, $2, $3, $4, $5)', ['craft', waiter, callClass, nowMs, nowMs + inMs]);
    await away('a', 'hand-over', 60_000);
    await away('b', 'hand-over', 61_000);
    await away('c', 'sweep', 62_000);
    // It is on its way back, and counted where it sleeps.
    await away('d', 'sweep', 5_000);
    const [craft] = await readBudgets(ledger.budgets, limited);
    expect(craft).toMatchObject({
      limit: { perMinute: 60, burst: 1, learned: false },
      month: { limit: 500, used: 2, left: 498, sweeps: { used: 1, share: 250 }, spentUntil: null },
      closedUntil: null,
    });
    expect(craft?.minute.used).toBeLessThanOrEqual(2);
    const counts = craft?.waiting.map(({ callClass, count }) => [callClass, count]);
    expect(counts).toEqual([
      ['manual', 0],
      ['hand-over', 2],
      ['progress', 0],
      ['sweep', 1],
    ]);
    const oneMore = craft?.waiting.find(({ callClass }) => callClass === 'hand-over')?.oneMoreMs ?? 0;
    expect(oneMore).toBeGreaterThan(2_000);
    expect(oneMore).toBeLessThan(6_000);
    const [line = ''] = budgetLines(craft === undefined ? [] : [craft]);
    expect(line).toMatch(
      /^craft: 60 a minute: one call every 1\.02 s; this minute \d used, \d\d left; this month 2 of 500 used \(sweeps 1 of 250\), 498 left; waiting: hand-over 2 \(one more: about \d(\.\d)? s\), sweep 1 \(one more: /,
    );

    const until = new Date(nowMs + 7_200_000);
    budget.pushBack(7_200_000, until);
    await expect
      .poll(async () => (await readBudgets(ledger.budgets, limited))[0]?.month.spentUntil)
      .toBe(until.toISOString());
    const [closed] = await readBudgets(ledger.budgets, limited);
    expect(Math.abs(Date.parse(closed?.closedUntil ?? '') - until.getTime())).toBeLessThan(2_000);
    const [said = ''] = budgetLines(closed === undefined ? [] : [closed]);
    expect(said).toContain(`the month's calls are spent, goes on ${until.toISOString().slice(0, 10)} `);
  });
});
