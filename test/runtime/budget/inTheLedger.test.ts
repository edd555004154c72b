/** Budgets of several pools on one PostgreSQL, in real time: what virtual time cannot show. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLedger } from '../../../ledger/index.js';
import type { Ledger } from '../../../ledger/ledger.js';
import { createBudget } from '../../../runtime/budget/budget.js';
import { type LedgerFixture, openLedger } from '../../fixtures/ledger.js';

const PROCESSES = 3;
const FOR_MS = 8_000;
const PER_MINUTE = 240;
/** Of `schedule.ts`: the interval is two percent longer, and a call may be late by this. */
const INTERVAL_MS = (60_000 / PER_MINUTE) * 1.02;
const LATE_MS = 600;

describe('runtime/budget/inTheLedger', () => {
  let db: LedgerFixture;
  const others: Ledger[] = [];

  beforeAll(async () => {
    db = await openLedger();
    for (let n = 1; n < PROCESSES; n += 1)
      others.push(createLedger({ databaseUrl: db.url, applicationName: `process ${n}`, maxConnections: 2 }));
  });
  afterAll(async () => {
    await Promise.all(others.map((ledger) => ledger.close()));
    await db.close();
  });

  it('three processes share one limit in PostgreSQL: no window holds more than it, and little of it is lost', async () => {
    const rateLimit = { perMinute: PER_MINUTE, burst: 1, perMonth: null };
    const budgets = [db.ledger, ...others].map(({ budgets: store }, n) =>
      createBudget({ connection: 'real', rateLimit, store, process: `process ${n}` }),
    );
    const over = new AbortController();
    const sent: { readonly atMs: number; readonly process: number }[] = [];
    const fromMs = performance.now();
    const item = async (n: number): Promise<void> => {
      const process = n % PROCESSES;
      while (!over.signal.aborted) {
        await budgets[process]?.ask({ callClass: 'progress', waiter: `item ${n}`, signal: over.signal });
        sent.push({ atMs: performance.now() - fromMs, process });
      }
    };
    const items = Array.from({ length: 30 }, (_, n) => item(n).catch((error: unknown) => error));
    await new Promise((resolve) => setTimeout(resolve, FOR_MS));
    over.abort(new Error('the test is over'));
    await Promise.all(items);

    for (const [first, { atMs }] of sent.entries()) {
      for (const [calls, later] of sent.slice(first).entries()) {
        expect(calls).toBeLessThanOrEqual((later.atMs - atMs + LATE_MS) / INTERVAL_MS);
      }
    }
    expect(sent.length).toBeGreaterThan((FOR_MS / INTERVAL_MS) * 0.7);
    expect(new Set(sent.map(({ process }) => process)).size).toBe(PROCESSES);
    // Whoever gave up left nothing behind: the next call comes at once.
    const nextFromMs = performance.now();
    await budgets[0]?.ask({ callClass: 'manual' });
    expect(performance.now() - nextFromMs).toBeLessThan(4_000);
  }, 30_000);
});
