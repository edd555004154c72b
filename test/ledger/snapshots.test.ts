/** What a ready sweep has collected, started and still has in hand. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { ItemRef } from '../../domain/ids.js';
import type { Ledger } from '../../ledger/ledger.js';
import { begin, craftItem, following, type LedgerFixture, openLedger, PIPELINE } from '../fixtures/ledger.js';

describe('ledger/snapshots', () => {
  let db: LedgerFixture;
  let ledger: Ledger;
  let sweep: string;
  let count = 0;

  beforeAll(async () => {
    db = await openLedger();
    ledger = db.ledger;
  });
  beforeEach(() => {
    sweep = `sweep-${(count += 1)}`;
  });
  afterAll(() => db.close());

  const collect = (...ids: string[]) =>
    ledger.snapshots.collect(
      PIPELINE,
      sweep,
      ids.map((id) => craftItem(id)),
    );
  const next = async (after: string | null = null, limit = 100) =>
    (await ledger.snapshots.nextUnknown(PIPELINE, sweep, after, limit)).map((item) => item.craftItemId);

  it('counts what is new to the sweep, even on a page that is empty or has an item twice', async () => {
    expect(await collect('a1', 'a2')).toBe(2);
    expect(await collect('a2', 'a3', 'a3')).toBe(1);
    expect(await collect()).toBe(0);
    expect((await ledger.snapshots.counts(PIPELINE, sweep)).found).toBe(3);
  });

  it('keeps sweeps apart', async () => {
    await collect('b1');
    expect(await ledger.snapshots.counts(PIPELINE, 'another sweep')).toEqual({ found: 0, known: 0, unseen: 0 });
    expect(await ledger.snapshots.counts('another', sweep)).toEqual({ found: 0, known: 0, unseen: 0 });
  });

  it('counts followed items as known, and pages the others in the order of their ids', async () => {
    await following(ledger, 'c2');
    await begin(ledger, 'c3');
    await begin(ledger, 'c5');
    await ledger.phases.set({ pipeline: PIPELINE, craftItemId: 'c5' }, { phase: 'not-ready' });
    await collect('c4', 'c3', 'c1', 'c2', 'c5');
    expect(await ledger.snapshots.counts(PIPELINE, sweep)).toEqual({ found: 5, known: 1, unseen: 3 });
    expect(await next(null, 2)).toEqual(['c1', 'c3']);
    expect(await next('c3', 2)).toEqual(['c4', 'c5']);
    expect(await next('c5')).toEqual([]);
  });

  it('orders ids by their characters, whatever the collation of the database', async () => {
    await collect('10', '9', 'Z', 'a');
    expect(await next()).toEqual(['10', '9', 'Z', 'a']);
    expect(await next('9')).toEqual(['Z', 'a']);
  });

  it('an item that the sweep has started is neither next nor known, even once it is followed', async () => {
    await collect('d1', 'd2');
    await ledger.snapshots.markStarted(PIPELINE, sweep, ['d1']);
    expect(await next()).toEqual(['d2']);
    await following(ledger, 'd1');
    expect(await ledger.snapshots.counts(PIPELINE, sweep)).toEqual({ found: 2, known: 0, unseen: 1 });
  });

  it('an item is in hand from its start until it is locked, waits, or has ended', async () => {
    const inHand = () => ledger.snapshots.inHand(PIPELINE, sweep);
    const phase = (id: string, to: 'blocked' | 'not-ready') =>
      ledger.phases.set({ pipeline: PIPELINE, craftItemId: id }, { phase: to });
    await collect('e1', 'e2', 'e3', 'e4');
    expect(await inHand()).toBe(0);
    await ledger.snapshots.markStarted(PIPELINE, sweep, ['e1', 'e2', 'e3']);
    expect(await inHand()).toBe(3);
    for (const id of ['e1', 'e2', 'e3', 'e4']) await begin(ledger, id);
    expect(await inHand()).toBe(3);
    await following(ledger, 'e1');
    expect(await inHand()).toBe(2);
    await phase('e2', 'blocked');
    expect(await inHand()).toBe(1);
    await phase('e3', 'not-ready');
    expect(await inHand()).toBe(0);
  });

  it('an item that waits for budget is in hand, however long it waits', async () => {
    const item = { pipeline: PIPELINE, craftItemId: 'b1' };
    await collect('b1');
    await ledger.snapshots.markStarted(PIPELINE, sweep, ['b1']);
    await begin(ledger, 'b1');
    const until = new Date(Date.now() + 3_600_000).toISOString();
    await ledger.phases.set(item, { phase: 'creating', blockedBy: 'rate-limit', blockedUntil: until });
    await db.sql(`update sweep_item set started_at = started_at - interval '20 minutes' where craft_item_id = 'b1'`);
    await db.sql(`update item_link set updated_at = updated_at - interval '20 minutes' where craft_item_id = 'b1'`);
    expect(await ledger.snapshots.inHand(PIPELINE, sweep)).toBe(1);
  });

  it('an item that waits for the comparison of markers is in hand, whether or not that fails', async () => {
    const items = ['m1', 'm2'].map((craftItemId) => ({ pipeline: PIPELINE, craftItemId }));
    await collect('m1', 'm2');
    await ledger.snapshots.markStarted(PIPELINE, sweep, ['m1', 'm2']);
    for (const { craftItemId } of items) await begin(ledger, craftItemId);
    const blockedUntil = new Date(Date.now() + 60_000).toISOString();
    for (const item of items) await ledger.phases.set(item, { phase: 'creating', blockedUntil });
    expect(await ledger.snapshots.inHand(PIPELINE, sweep)).toBe(2);
    for (const item of items) {
      await ledger.phases.set(item, { phase: 'creating', blockedBy: 'bad-answer', blockedUntil });
    }
    const claiming = await ledger.continuity.claim(PIPELINE, 'km', 60_000);
    if (claiming.status !== 'claimed') throw new Error('somebody else compares');
    await ledger.continuity.fail(claiming.claim, 60_000, { reason: 'bad-answer', why: 'it cannot be read' });
    expect(await ledger.snapshots.inHand(PIPELINE, sweep)).toBe(2);
  });

  it('an item that waits for weeks, since the calls of the month are spent, is not in hand', async () => {
    const item = { pipeline: PIPELINE, craftItemId: 'n1' };
    await collect('n1');
    await ledger.snapshots.markStarted(PIPELINE, sweep, ['n1']);
    await begin(ledger, 'n1');
    const inHand = () => ledger.snapshots.inHand(PIPELINE, sweep);
    const waits = (ms: number, blockedBy: 'month-spent' | null) => {
      const blockedUntil = new Date(Date.now() + ms).toISOString();
      return ledger.phases.set(item, { phase: 'creating', blockedBy, blockedUntil });
    };
    await waits(20 * 86_400_000, null);
    expect(await inHand()).toBe(0);
    await waits(60_000, null);
    expect(await inHand()).toBe(1);
    await db.sql('update marker_comparison set claimed_until = null');
    const claiming = await ledger.continuity.claim(PIPELINE, 'km', 60_000);
    if (claiming.status !== 'claimed') throw new Error('somebody else compares');
    await ledger.continuity.postpone(claiming.claim, 60_000, { reason: 'month-spent', why: 'the month is spent' });
    await waits(60_000, 'month-spent');
    expect(await inHand()).toBe(0);
  });

  it('an item that waits for something else is not in hand until its wait is over', async () => {
    const item = { pipeline: PIPELINE, craftItemId: 'w1' };
    const inHand = () => ledger.snapshots.inHand(PIPELINE, sweep);
    await collect('w1');
    await ledger.snapshots.markStarted(PIPELINE, sweep, ['w1']);
    await begin(ledger, 'w1');
    const until = (fromNowMs: number) => new Date(Date.now() + fromNowMs).toISOString();
    await ledger.phases.set(item, { phase: 'creating', blockedBy: 'month-spent', blockedUntil: until(60_000) });
    expect(await inHand()).toBe(0);
    await ledger.phases.set(item, { phase: 'creating', blockedBy: 'month-spent', blockedUntil: until(-60_000) });
    expect(await inHand()).toBe(1);
  });

  it('a lost item does not hold up the sweep: without a sign of life it is no longer in hand', async () => {
    await collect('f1');
    await ledger.snapshots.markStarted(PIPELINE, sweep, ['f1']);
    await db.sql(`update sweep_item set started_at = started_at - interval '11 minutes' where sweep_id = $1`, [sweep]);
    expect(await ledger.snapshots.inHand(PIPELINE, sweep)).toBe(0);
    await begin(ledger, 'f1');
    expect(await ledger.snapshots.inHand(PIPELINE, sweep)).toBe(1);
  });

  const fresh = async (ref: ItemRef) => (await ledger.opening.read(ref, { freshForMs: 60_000 })).snapshot;

  it('keeps any text unchanged, and gives it back while it is fresh', async () => {
    const item = craftItem('g1', {
      title: 'NUL \u0000, half \ud800, quote \\u0000 "',
      properties: { b: 1, a: [null] },
    });
    await ledger.snapshots.collect(PIPELINE, sweep, [item]);
    const ref = { pipeline: PIPELINE, craftItemId: 'g1' };
    expect(await fresh(ref)).toMatchObject({ item, problem: null });
    await db.sql(`update item_snapshot set read_at = read_at - interval '2 minutes' where craft_item_id = 'g1'`);
    expect(await fresh(ref)).toBeNull();
    await collect('g1');
    expect((await fresh(ref))?.item?.title).toBe('Item g1');
    await ledger.snapshots.drop(ref);
    expect(await fresh(ref)).toBeNull();
    expect((await ledger.snapshots.counts(PIPELINE, sweep)).found).toBe(1);
  });

  it('collects malformed entries with what is wrong with them', async () => {
    const entries = [{ id: 'h1', shortId: null, problem: 'name is a number' }];
    expect(await ledger.snapshots.collectMalformed(PIPELINE, sweep, entries)).toBe(1);
    expect(await next()).toEqual(['h1']);
    expect(await fresh({ pipeline: PIPELINE, craftItemId: 'h1' })).toMatchObject({
      item: null,
      problem: 'name is a number',
    });
  });

  it('an item that cannot be stored never stops the others of its page', async () => {
    const unstorable = 'k2\u0000';
    expect(await collect('k1', unstorable, 'k3')).toBe(2);
    expect(await next()).toEqual(['k1', 'k3']);
    const shortId = { ...craftItem('k4'), shortId: 'MBK-\u00004' };
    expect(await ledger.snapshots.collect(PIPELINE, sweep, [craftItem('k5'), shortId])).toBe(2);
  });

  it('keeps an item with a value that the database cannot hold by its id alone, with the reason', async () => {
    // A database that is not in UTF-8 refuses so; the ledger is only kept in one that is.
    await db.sql('grant create on schema public to pg_database_owner');
    await db.sql(`create function refuse() returns trigger language plpgsql as $$
      begin
        raise exception 'character with byte sequence 0xe6 has no equivalent' using errcode = '22P05';
      end $$`);
    await db.sql(`create trigger refuse before insert on item_snapshot for each row
      when (new.craft_item_id = 'w1' and new.item is not null) execute function refuse()`);
    expect(await collect('w1', 'w2')).toBe(2);
    await db.sql('drop function refuse cascade');
    await db.sql('revoke create on schema public from pg_database_owner');
    expect(await next()).toEqual(['w1', 'w2']);
    const problem = 'a value of the item cannot be stored in the ledger';
    expect(await fresh({ pipeline: PIPELINE, craftItemId: 'w1' })).toMatchObject({
      item: null,
      problem,
    });
  });

  it('stores no text of an item that is locked, and none for longer than a day', async () => {
    await following(ledger, 'i1');
    await collect('i1', 'i2');
    expect(await fresh({ pipeline: PIPELINE, craftItemId: 'i1' })).toBeNull();
    await db.sql(`update item_snapshot set read_at = read_at - interval '25 hours' where craft_item_id = 'i2'`);
    await ledger.snapshots.prune();
    expect(await db.sql(`select 1 from item_snapshot where craft_item_id = 'i2'`)).toEqual([]);
  });

  it('keeps the collection of a sweep that takes longer than a week, and of no other', async () => {
    const { snapshots } = ledger;
    for (const name of ['slow', 'ended', 'lost']) {
      await snapshots.noteUnderWay(PIPELINE, `${sweep}-${name}`);
      await snapshots.collect(PIPELINE, `${sweep}-${name}`, [craftItem('k1')]);
    }
    await snapshots.noteEnded(PIPELINE, `${sweep}-ended`);
    await db.sql(`update sweep_item set collected_at = collected_at - interval '8 days' where craft_item_id = 'k1'`);
    await db.sql(`update ready_collection set seen_at = seen_at - interval '8 days' where sweep_id like '%-lost'`);
    await snapshots.prune();
    const left = await db.sql<{ sweep_id: string }>(`select sweep_id from sweep_item where craft_item_id = 'k1'`);
    expect(left.map((row) => row.sweep_id)).toEqual([`${sweep}-slow`]);
  });

  it('two sweeps that collect the same items at once do not hinder each other', async () => {
    const ids = Array.from({ length: 100 }, (_, n) => `j${n}`);
    const pages = Array.from({ length: 8 }, (_, n) =>
      ledger.snapshots.collect(PIPELINE, `${sweep}-${n}`, shuffled(ids, n)),
    );
    expect(await Promise.all(pages)).toEqual(Array(8).fill(100));
  });
});

function shuffled(ids: readonly string[], by: number) {
  return ids.map((_, n) => craftItem(ids[(n * 7 + by * 13) % ids.length] ?? ''));
}
