import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createLedger } from '../../../ledger/index.js';
import { openLedger, type LedgerFixture } from '../../fixtures/ledger.js';

describe('ledger/continuity/life', () => {
  let db: LedgerFixture;
  beforeAll(async () => {
    db = await openLedger();
  });
  afterAll(() => db.close());
  beforeEach(async () => {
    await db.sql('truncate ledger_life, ledger_doubt, marker_comparison');
  });

  /** What a process sees that has not used the ledger before. */
  const asNewProcess = async <T>(look: (ledger: LedgerFixture['ledger']) => Promise<T>): Promise<T> => {
    const ledger = createLedger({ databaseUrl: db.url, applicationName: 'test' });
    try {
      return await look(ledger);
    } finally {
      await ledger.close();
    }
  };
  const doubt = () => asNewProcess((ledger) => ledger.continuity.doubt('mobile', 'km'));
  const settle = () => db.ledger.continuity.dismiss('mobile', 'km');
  const age = (by: string) => db.sql(`update ledger_life set alive_at = alive_at + $1::interval`, [by]);

  it('a new ledger is in doubt until the pipeline was compared, and then no more while it is in use', async () => {
    expect(await doubt()).toMatchObject({ isFirst: true, knownUntil: null });
    await settle();
    expect(await doubt()).toBeNull();
    await age('-90 seconds');
    expect(await doubt()).toBeNull();
    expect(await db.sql('select 1 from ledger_doubt')).toHaveLength(1);
  });

  it('a pipeline that is new to a ledger in use knows none of its dev items', async () => {
    await doubt();
    await settle();
    expect(await db.ledger.continuity.doubt('other', 'km')).toMatchObject({ isFirst: true, knownUntil: null });
  });

  it.each([
    ['nobody used it for three minutes', '-3 minutes'],
    ['its times are of a clock that was ahead', '3 minutes'],
  ])('is in doubt once %s, with what was known a minute before', async (_, by) => {
    await doubt();
    await settle();
    await age(by);
    const [life] = await db.sql<{ alive_at: Date }>('select alive_at from ledger_life');
    const found = await doubt();
    expect(found).toMatchObject({ isFirst: false });
    expect(Date.parse(found?.knownUntil ?? '')).toBeCloseTo((life?.alive_at.getTime() ?? 0) - 60_000, -2);
    await settle();
    expect(await doubt()).toBeNull();
  });

  it('several doubts are settled by one comparison, which reaches back to the oldest', async () => {
    await doubt();
    await settle();
    for (const by of ['-2 hours', '-3 minutes']) {
      await age(by);
      await asNewProcess((ledger) => ledger.continuity.beat());
    }
    const found = await doubt();
    expect(Date.now() - Date.parse(found?.knownUntil ?? '')).toBeGreaterThan(2 * 3_600_000);
    await settle();
    expect(await doubt()).toBeNull();
  });

  it('a doubt that one raises is noted once, until a pipeline was compared', async () => {
    await doubt();
    await settle();
    await db.ledger.continuity.raise('a row vanished');
    await db.ledger.continuity.raise('another row vanished');
    expect(await db.sql('select 1 from ledger_doubt')).toHaveLength(2);
    expect(await doubt()).toMatchObject({ isFirst: false, knownUntil: null, why: 'a row vanished' });
  });

  it('a server that was restored or failed over is noticed, whoever says meanwhile that the ledger is in use', async () => {
    await doubt();
    await settle();
    const [known] = await db.sql<{ is_known: boolean }>(
      `select timeline = lpad(upper(to_hex(timeline_id)), 8, '0') as is_known from ledger_life, pg_control_checkpoint()`,
    );
    expect(known?.is_known).toBe(true);
    // As a worker of the release before says so.
    await db.sql(`update ledger_life set timeline = '0000000A', alive_at = clock_timestamp()`);
    expect(await doubt()).toMatchObject({
      isNew: false,
      why: expect.stringMatching(/restored or failed over/) as string,
    });
    await settle();
    expect(await doubt()).toBeNull();
  });

  it('where the timeline is not known, nothing is doubted for that', async () => {
    await doubt();
    await settle();
    await db.sql('update ledger_life set timeline = null');
    expect(await doubt()).toBeNull();
    await asNewProcess((ledger) => ledger.continuity.beat());
    expect(await doubt()).toBeNull();
    expect(await db.sql('select 1 from ledger_life where timeline is not null')).toHaveLength(1);
  });

  it('an empty ledger is new to a process that knew none, and lost to one that did', async () => {
    expect(await doubt()).toMatchObject({ isFirst: true, isNew: true });
    await age('-3 minutes');
    expect(await doubt()).toMatchObject({ isFirst: true, isNew: true, why: expect.any(String) as string });
    await db.ledger.continuity.beat();
    await db.sql('truncate ledger_life, ledger_doubt, marker_comparison');
    expect(await db.ledger.continuity.doubt('mobile', 'km')).toMatchObject({ isFirst: true, isNew: false });
  });

  it('a pipeline that is new to a ledger which was just put back waits like the others', async () => {
    await doubt();
    await settle();
    await age('-3 minutes');
    await asNewProcess((ledger) => ledger.continuity.beat());
    expect(await db.ledger.continuity.doubt('other', 'km')).toMatchObject({ isFirst: true, isNew: false });
  });
});
