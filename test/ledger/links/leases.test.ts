/** Leases: only the newest token may write, and a process's right to send never outlasts the database's. */
import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Ledger } from '../../../ledger/ledger.js';
import { CREATE, freshItem, type LedgerFixture, openLedger, PIPELINE } from '../../fixtures/ledger.js';

describe('ledger/links/leases', () => {
  let db: LedgerFixture;
  let ledger: Ledger;

  beforeAll(async () => {
    db = await openLedger();
    ledger = db.ledger;
  });
  afterAll(() => db.close());

  const fresh = () => freshItem(ledger);

  it('the newer of two takers holds the token, and the older one can note nothing', async () => {
    const item = await fresh();
    const older = await ledger.leases.take(item, 5_000);
    const newer = await ledger.leases.take(item, 5_000);
    expect(newer.before.claimToken).toBe(older.token);
    expect(await ledger.leases.holdsToken(item, older.token)).toBe(false);
    expect(await ledger.leases.holdsToken(item, newer.token)).toBe(true);
    expect(await ledger.leases.noteSent(item, older.token, CREATE)).toBe(false);
    expect((await ledger.links.get(item))?.sentAt).toBeNull();
    expect(await ledger.leases.noteSent(item, newer.token, CREATE)).toBe(true);
  });

  it.each([
    ['a doubt was raised', `insert into ledger_doubt (why) values ('a test')`, 'truncate ledger_doubt'],
    [
      'the server is on another timeline',
      `insert into ledger_life (alive_at, timeline) values (clock_timestamp(), 'FFFFFFFF')`,
      'truncate ledger_life',
    ],
  ])('no create is noted once %s, however late that comes to be', async (_when, comes, goes) => {
    const item = await fresh();
    const { token } = await ledger.leases.take(item, 5_000);
    await db.sql(comes);
    expect(await ledger.leases.noteSent(item, token, CREATE)).toBe(false);
    await db.sql(goes);
    expect(await ledger.leases.noteSent(item, token, CREATE)).toBe(true);
  });

  it('shows the row as it was before, with what earlier attempts left in it', async () => {
    const item = await fresh();
    const first = await ledger.leases.take(item, 5_000);
    expect(first.before).toMatchObject({ claimToken: null, sendBefore: null, sentAt: null });
    await ledger.leases.noteSent(item, first.token, CREATE);
    const left = await ledger.links.get(item);
    const second = await ledger.leases.take(item, 60_000);
    expect(second.before).toMatchObject({
      sentAt: left?.sentAt,
      sendBefore: left?.sendBefore,
      claimToken: first.token,
    });
  });

  it('each of many takers at once sees the token of the one before it: none is lost', async () => {
    const item = await fresh();
    const leases = await Promise.all(Array.from({ length: 20 }, () => ledger.leases.take(item, 5_000)));
    const tokens = new Set(leases.map((lease) => lease.token));
    const before = new Set(leases.map((lease) => lease.before.claimToken));
    const last = (await ledger.links.get(item))?.claimToken;
    expect(tokens.size).toBe(20);
    expect(before).toEqual(new Set([null, ...[...tokens].filter((token) => token !== last)]));
  });

  it('each of many takers at once sees the unanswered write of the one before it', async () => {
    const item = await fresh();
    const takers = Array.from({ length: 20 }, (_, n) =>
      ledger.leases.take(item, 5_000, { unanswered: { customFields: { n }, status: null }, lateMs: 1_000 }),
    );
    const seen = (await Promise.all(takers)).map((lease) => lease.before.unanswered?.customFields['n'] ?? null);
    expect(new Set(seen).size).toBe(20);
    expect(seen.filter((n) => n === null)).toHaveLength(1);
  });

  it("the process's deadline passes before the database's `send_before`, even when the query was slow", async () => {
    const item = await fresh();
    const holder = db.sql(
      `with held as (select * from item_link where pipeline_id = $1 and craft_item_id = $2 for update)
       select pg_sleep(2) from held`,
      [item.pipeline, item.craftItemId],
    );
    const sleeping = "select 1 from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'";
    await expect.poll(() => db.sql(sleeping)).toHaveLength(1);
    const { deadline } = await ledger.leases.take(item, 2_000);
    await holder;
    while (!deadline.passed()) await sleep(5);
    const rows = await db.sql<{ early: boolean }>(
      'select clock_timestamp() < send_before as early from item_link where pipeline_id = $1 and craft_item_id = $2',
      [item.pipeline, item.craftItemId],
    );
    expect(rows).toEqual([{ early: true }]);
  });

  it('`sent_at` keeps its first value until it is cleared under the newest token', async () => {
    const item = await fresh();
    const first = await ledger.leases.take(item, 5_000);
    await ledger.leases.noteSent(item, first.token, CREATE);
    const sentAt = (await ledger.links.get(item))?.sentAt;
    const second = await ledger.leases.take(item, 5_000);
    await ledger.leases.noteSent(item, second.token, CREATE);
    expect((await ledger.links.get(item))?.sentAt).toBe(sentAt);
    await ledger.leases.clearSent(item, first.token);
    expect((await ledger.links.get(item))?.sentAt).toBe(sentAt);
    await ledger.leases.clearSent(item, second.token);
    expect((await ledger.links.get(item))?.sentAt).toBeNull();
  });

  it('records an unanswered write with the lease, and keeps it when a later lease writes elsewhere', async () => {
    const item = await fresh();
    const write = { unanswered: { customFields: { dev_status: 'Done' }, status: 'Closed' }, lateMs: 60_000 };
    await ledger.leases.take(item, 5_000, write);
    const link = await ledger.links.get(item);
    expect(link?.unanswered).toMatchObject(write.unanswered);
    expect(Date.parse(link?.unanswered?.until ?? '') - Date.parse(link?.sendBefore ?? '')).toBe(60_000);
    await ledger.leases.take(item, 5_000);
    expect((await ledger.links.get(item))?.unanswered).toEqual(link?.unanswered);
  });

  it('records an unanswered write only after the token that was known, so that what a rival recorded stays', async () => {
    const item = await fresh();
    const write = (n: number) => ({ unanswered: { customFields: { n }, status: null }, lateMs: 60_000 });
    const noted = async () => (await ledger.links.get(item))?.unanswered?.customFields['n'];
    const first = await ledger.leases.take(item, 5_000, { ...write(1), after: null });
    expect(await noted()).toBe(1);
    const rival = await ledger.leases.take(item, 5_000, { ...write(2), after: first.token });
    expect(await noted()).toBe(2);
    const late = await ledger.leases.take(item, 5_000, { ...write(3), after: first.token });
    expect(late.before.claimToken).toBe(rival.token);
    expect(await noted()).toBe(2);
  });

  it('refuses a lease for an item without a row, and says which', async () => {
    const item = { pipeline: PIPELINE, craftItemId: 'nobody' };
    await expect(ledger.leases.take(item, 5_000)).rejects.toThrow('item nobody of pipeline mobile has no row');
  });
});
