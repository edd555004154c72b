/** The sync log: read from its end or after an entry, pruned by age. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Ledger, LogEntry } from '../../ledger/ledger.js';
import { type LedgerFixture, openLedger } from '../fixtures/ledger.js';

describe('ledger/log', () => {
  let db: LedgerFixture;
  let ledger: Ledger;

  beforeAll(async () => {
    db = await openLedger();
    ledger = db.ledger;
  });
  afterAll(() => db.close());

  it('the log gives its last entries, or the first ones after an entry, oldest first', async () => {
    const entry = (detail: string, craftItemId: string | null = 'i'): Omit<LogEntry, 'at'> => ({
      ...{ pipeline: 'mobile', craftItemId, step: 'lock', outcome: 'ok', attempt: 1, detail },
      ...{ workflowId: 'w', runId: null },
    });
    for (const n of [1, 2, 3, 4, 5]) await ledger.log.append(entry(String(n), n === 3 ? null : 'i'));
    const details = async (filter: Partial<Parameters<Ledger['log']['read']>[0]>) =>
      (await ledger.log.read({ limit: 2, ...filter })).map((found) => found.detail);
    expect(await details({})).toEqual(['4', '5']);
    expect(await details({ craftItemId: 'i', limit: 3 })).toEqual(['2', '4', '5']);
    expect(await details({ pipeline: 'another' })).toEqual([]);
    const [first] = await ledger.log.read({ limit: 5 });
    expect(await details({ afterId: first?.id ?? '' })).toEqual(['2', '3']);
    expect(first).toMatchObject({ ...entry('1'), at: expect.stringMatching(/^\d{4}-.*Z$/) as string });
  });

  it('the log is pruned by age', async () => {
    await db.sql(`update sync_log set at = at - interval '2 days' where detail in ('1', '2')`);
    expect(await ledger.log.prune(86_400_000)).toBe(2);
    expect(await ledger.log.prune(86_400_000)).toBe(0);
  });
});
