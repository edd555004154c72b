/** The shared budgets in PostgreSQL: compare-and-set, places, and whose clock counts. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { BudgetPlace, Budgets } from '../../ledger/budgets/budgets.js';
import { createLedger } from '../../ledger/index.js';
import type { Ledger } from '../../ledger/ledger.js';
import { type LedgerFixture, openLedger } from '../fixtures/ledger.js';

const place = (waiter: string, askedMs: number, more: Partial<BudgetPlace> = {}): BudgetPlace => {
  return { waiter, callClass: 'hand-over', askedMs, ahead: 0, perCallMs: 1_000, atLeastMs: 0, ...more };
};

async function connected(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  return client;
}

describe('ledger/budgets', () => {
  let db: LedgerFixture;
  let budgets: Budgets;
  let second: Ledger;

  beforeAll(async () => {
    db = await openLedger();
    budgets = db.ledger.budgets;
    second = createLedger({ databaseUrl: db.url, applicationName: 'test, another process' });
  });
  afterAll(async () => {
    await second.close();
    await db.close();
  });

  it('a connection that nobody knows has an empty state, for all who ask for it at once', async () => {
    const loads = Array.from({ length: 8 }, (_, n) => (n % 2 === 0 ? budgets : second.budgets).load('new'));
    for (const loaded of await Promise.all(loads)) expect(loaded).toMatchObject({ state: {}, version: 0 });
    expect(await db.sql(`select 1 from rate_budget where connection = 'new'`)).toHaveLength(1);
  });

  it('a process that asks while another is the first to ask knows the time all the same', async () => {
    const first = await connected(db.url);
    await first.query('begin');
    await first.query(`insert into rate_budget (connection) values ('at once')`);
    const loading = budgets.load('at once');
    await sleep(300);
    await first.query('commit');
    await first.end();
    expect((await loading).nowMs).toBeGreaterThan(1_700_000_000_000);
    expect(await loading).toMatchObject({ state: {}, version: 0 });
  });

  it('of two processes that change the same state one is first, and the other changes nothing', async () => {
    const { version } = await budgets.load('two');
    const changes = [budgets, second.budgets].map((each, n) => each.save('two', { version, state: { n }, served: [] }));
    const saved = await Promise.all(changes);
    expect(saved.filter((one) => one !== null)).toHaveLength(1);
    const loaded = await second.budgets.load('two');
    expect(loaded).toMatchObject({ state: { n: saved[0] === null ? 1 : 0 }, version: version + 1 });
  });

  it('a hundred changes by two processes are a hundred versions, none is lost, and none waits for ever', async () => {
    const add = async (each: Budgets): Promise<void> => {
      for (;;) {
        const { state, version } = await each.load('many');
        const sum = ((state as { sum?: number }).sum ?? 0) + 1;
        if ((await each.save('many', { version, state: { sum }, served: [] })) !== null) return;
      }
    };
    await Promise.all(Array.from({ length: 100 }, (_, n) => add(n % 2 === 0 ? budgets : second.budgets)));
    expect(await budgets.load('many')).toMatchObject({ state: { sum: 100 }, version: 100 });
  });

  it('times are those of the database', async () => {
    const before = Date.parse(
      ((await db.sql<{ now: Date }>('select clock_timestamp() as now'))[0]?.now ?? 0).toString(),
    );
    const { nowMs, version } = await budgets.load('clock');
    const saved = await budgets.save('clock', { version, state: {}, served: [] });
    const [after] = await db.sql<{ ms: number }>('select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms');
    expect(nowMs).toBeGreaterThanOrEqual(before);
    expect(saved?.nowMs).toBeGreaterThan(nowMs);
    expect(after?.ms).toBeGreaterThan(saved?.nowMs ?? Infinity);
  });

  it('places are told by how many of their class asked before, whoever keeps them and in whatever order', async () => {
    expect(await budgets.keepPlaces('line', [place('c', 30), place('a', 10)])).toEqual([1_000, 0]);
    expect(await second.budgets.keepPlaces('line', [place('b', 20, { ahead: 3 })])).toEqual([4_000]);
    expect(await budgets.keepPlaces('line', [place('p', 40, { callClass: 'progress' })])).toEqual([0]);
    expect(await budgets.keepPlaces('line', [place('d', 40), place('e', 50, { atLeastMs: 60_000 })])).toEqual([
      3_000, 60_000,
    ]);
    expect(await budgets.keepPlaces('other line', [place('z', 99)])).toEqual([0]);
    expect(await second.budgets.placesOf('line', ['e', 'nobody', 'a'])).toEqual([50, null, 10]);
  });

  it('whoever keeps its place again is not counted twice, and those who are late are not counted', async () => {
    await budgets.keepPlaces('again', [place('a', 10), place('b', 20), place('c', 30)]);
    expect(await budgets.keepPlaces('again', [place('c', 30)])).toEqual([2_000]);
    await db.sql(`update budget_waiter set turn_ms = turn_ms - 40000 where connection = 'again' and waiter = 'a'`);
    expect(await budgets.keepPlaces('again', [place('c', 30)])).toEqual([1_000]);
    expect(await budgets.placesOf('again', ['a'])).toEqual([10]);
  });

  it('a turn that is fixed counts nobody, and is counted by others', async () => {
    const fixed = { perCallMs: 0, atLeastMs: 60_000 };
    expect(await budgets.keepPlaces('fixed', [place('a', 10, fixed), place('b', 20, fixed)])).toEqual([60_000, 60_000]);
    expect(await budgets.keepPlaces('fixed', [place('c', 30)])).toEqual([2_000]);
  });

  it('those who are served lose their places with the change, and only with it', async () => {
    await budgets.keepPlaces('served', [place('a', 10), place('b', 20)]);
    const { version } = await budgets.load('served');
    expect(await budgets.save('served', { version: version + 7, state: {}, served: ['a'] })).toBeNull();
    expect(await budgets.placesOf('served', ['a', 'b'])).toEqual([10, 20]);
    expect(await budgets.save('served', { version, state: {}, served: ['a', 'nobody'] })).not.toBeNull();
    expect(await budgets.placesOf('served', ['a', 'b'])).toEqual([null, 20]);
  });

  it('prunes places whose turn is over for a day, and no others', async () => {
    await budgets.keepPlaces('prune', [place('old', 10), place('new', 20)]);
    await db.sql(`update budget_waiter set turn_ms = turn_ms - 86500000 where connection = 'prune' and waiter = 'old'`);
    expect(await budgets.prune()).toBe(1);
    expect(await budgets.placesOf('prune', ['old', 'new'])).toEqual([null, 20]);
  });

  it('texts from outside are data, and cannot be SQL or break it', async () => {
    const odd = `'); drop table budget_waiter; -- "\\ {a,b} é`;
    await budgets.keepPlaces(odd, [place(odd, 10)]);
    const { version } = await budgets.load(odd);
    expect(await budgets.placesOf(odd, [odd])).toEqual([10]);
    expect(await budgets.save(odd, { version, state: { odd }, served: [odd] })).not.toBeNull();
    expect(await budgets.placesOf(odd, [odd])).toEqual([null]);
  });

  it('ten thousand who ask at once keep their places in seconds, and one more in milliseconds', async () => {
    const all = Array.from({ length: 10_000 }, (_, n) => place(`item ${n}`, n));
    const fromMs = performance.now();
    for (let n = 0; n < all.length; n += 1_000) await budgets.keepPlaces('big', all.slice(n, n + 1_000));
    const allMs = performance.now() - fromMs;
    const singleFromMs = performance.now();
    for (let n = 0; n < 20; n += 1) {
      expect(await budgets.keepPlaces('big', [place(`late ${n}`, 20_000 + n)])).toEqual([(10_000 + n) * 1_000]);
    }
    const oneMs = (performance.now() - singleFromMs) / 20;
    expect(allMs).toBeLessThan(8_000);
    expect(oneMs).toBeLessThan(150);
  });
});
