/** Cursors and pending changes: nothing is skipped (invariant I4). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Feeds, PendingChange } from '../../ledger/ledger.js';
import { type LedgerFixture, openLedger } from '../fixtures/ledger.js';

const T1 = '2026-01-01T10:00:00Z';
const T2 = '2026-01-01T11:00:00Z';
const T3 = '2026-01-01T12:00:00Z';

describe('ledger/feeds', () => {
  let db: LedgerFixture;
  let feeds: Feeds;

  beforeAll(async () => {
    db = await openLedger();
    feeds = db.ledger.feeds;
  });
  afterAll(() => db.close());

  const change = (devItemId: string, updatedAt: string | null, status = 'Doing'): PendingChange => ({
    devTool: 'km',
    devItemId,
    snapshot: { id: devItemId, key: null, url: null, status, updatedAt },
  });
  const move = (fromVersion: number, to: string | null, more: Partial<Parameters<Feeds['advance']>[2]> = {}) => ({
    fromVersion,
    to,
    woken: [],
    pending: [],
    keepPairsSince: T1,
    ...more,
  });

  it('begins at null, and moves by compare-and-set: the second of two moves from the same place changes nothing', async () => {
    expect(await feeds.cursor('km', 'cas')).toMatchObject({ value: null, version: 0 });
    const outcomes = await Promise.all([
      feeds.advance('km', 'cas', move(0, T1, { woken: [{ devItemId: 'a', updatedAt: T1 }] })),
      feeds.advance('km', 'cas', move(0, T2, { woken: [{ devItemId: 'b', updatedAt: T2 }] })),
    ]);
    expect([...outcomes].sort()).toEqual([false, true]);
    const won = outcomes[0] ? { at: T1, id: 'a' } : { at: T2, id: 'b' };
    expect(await feeds.cursor('km', 'cas')).toMatchObject({ value: won.at, version: 1 });
    expect(await feeds.woken('km', 'cas', T1)).toEqual([{ devItemId: won.id, updatedAt: won.at }]);
  });

  it('keeps the pending changes of the move that lost', async () => {
    await feeds.advance('km', 'lost', move(0, T2));
    expect(await feeds.advance('km', 'lost', move(0, T3, { pending: [change('kept', T3)] }))).toBe(false);
    expect((await feeds.pending('km')).map((pending) => pending.devItemId)).toContain('kept');
    expect((await feeds.cursor('km', 'lost')).value).toBe(T2);
  });

  it('does not move the cursor when the pending changes cannot be stored', async () => {
    const broken = change('broken', T1);
    const unstorable = { ...broken, devItemId: 'nul\u0000' };
    const moved = feeds.advance('km', 'atomic', move(0, T2, { pending: [broken, unstorable] }));
    await expect(moved).rejects.toMatchObject({ name: 'LedgerError' });
    expect(await feeds.cursor('km', 'atomic')).toMatchObject({ value: null, version: 0 });
    expect((await feeds.pending('km')).map((pending) => pending.devItemId)).not.toContain('broken');
  });

  it('never goes back, and stays where there is nothing new', async () => {
    await feeds.advance('km', 'forward', move(0, T2));
    expect(await feeds.advance('km', 'forward', move(1, T1))).toBe(true);
    expect(await feeds.cursor('km', 'forward')).toMatchObject({ value: T2, version: 2 });
    await feeds.advance('km', 'forward', move(2, null));
    expect(await feeds.cursor('km', 'forward')).toMatchObject({ value: T2, version: 3 });
    await feeds.advance('km', 'forward', move(3, '2026-01-01T13:00:00+01:00'));
    expect((await feeds.cursor('km', 'forward')).value).toBe('2026-01-01T13:00:00+01:00');
  });

  it('forgets pairs that are older than the start of the next read', async () => {
    const pair = (devItemId: string, updatedAt: string) => ({ devItemId, updatedAt });
    await feeds.advance('km', 'pairs', move(0, T1, { woken: [pair('a', T1)] }));
    await feeds.advance('km', 'pairs', move(1, T3, { woken: [pair('a', T2), pair('b', T3)], keepPairsSince: T2 }));
    expect(await feeds.woken('km', 'pairs', T1)).toEqual([pair('a', T2), pair('b', T3)]);
    expect(await feeds.woken('km', 'pairs', T3)).toEqual([pair('b', T3)]);
  });

  it('keeps the newest of two pending changes of an item, and clears only the one whose item was woken', async () => {
    const pending = async () =>
      (await feeds.pending('km')).find((found) => found.devItemId === 'x')?.snapshot.updatedAt;
    await feeds.advance('km', 'pend', move(0, null, { pending: [change('x', T2)] }));
    await feeds.advance('km', 'pend', move(1, null, { pending: [change('x', T1)] }));
    expect(await pending()).toBe(T2);
    await feeds.advance('km', 'pend', move(2, null, { pending: [change('x', T3)] }));
    await feeds.clearPending(change('x', T2));
    expect(await pending()).toBe(T3);
    await feeds.clearPending(change('x', T3));
    expect(await pending()).toBeUndefined();
  });

  it('keeps cursors of different scopes and dev tools apart', async () => {
    await feeds.advance('km', 'apart', move(0, T2));
    expect(await feeds.cursor('redmine', 'apart')).toMatchObject({ value: null, version: 0 });
    expect(await feeds.cursor('km', 'apart-too')).toMatchObject({ value: null, version: 0 });
  });

  it('an inventory is noted without moving the cursor', async () => {
    expect(await feeds.lastInventory('km', 'inventory')).toBeNull();
    await feeds.noteInventory('km', 'inventory');
    expect(Date.parse((await feeds.lastInventory('km', 'inventory')) ?? '')).toBeGreaterThan(Date.now() - 60_000);
    expect(await feeds.advance('km', 'inventory', move(0, T1))).toBe(true);
  });

  describe('how long a cursor has had its value', () => {
    const ageMs = async (scope: string) => (await feeds.cursor('km', scope)).standsForMs;
    const age = (scope: string) =>
      db.sql("update sweep_cursor set standing_since = standing_since - interval '1 hour' where scope = $1", [scope]);
    const HOUR_MS = 3_600_000;

    it('counts from when the cursor took its value, across moves that find nothing new', async () => {
      expect(await ageMs('aged')).toBe(0);
      await feeds.advance('km', 'aged', move(0, T2));
      await age('aged');
      await feeds.advance('km', 'aged', move(1, T2));
      await feeds.advance('km', 'aged', move(2, T1));
      await feeds.advance('km', 'aged', move(3, null));
      expect(await ageMs('aged')).toBeGreaterThanOrEqual(HOUR_MS);
      await feeds.advance('km', 'aged', move(4, T3));
      expect(await ageMs('aged')).toBeLessThan(HOUR_MS);
    });

    it('is unknown for a value that a worker of the last release has set', async () => {
      await feeds.advance('km', 'old-worker', move(0, T1));
      await age('old-worker');
      await db.sql("update sweep_cursor set value = $1, version = version + 1 where scope = 'old-worker'", [T2]);
      expect(await ageMs('old-worker')).toBe(0);
      await feeds.advance('km', 'old-worker', move(2, T2));
      expect(await ageMs('old-worker')).toBeLessThan(HOUR_MS);
    });

    it('the settled time is kept and only moves forward, whichever sweep moves the cursor', async () => {
      const settled = async () => (await feeds.cursor('km', 'settled')).settledTo;
      expect(await settled()).toBeNull();
      await feeds.advance('km', 'settled', move(0, T2, { settledTo: T2 }));
      expect(await feeds.advance('km', 'settled', move(0, T3, { settledTo: T3 }))).toBe(false);
      await feeds.advance('km', 'settled', move(1, T3, { settledTo: T1 }));
      await feeds.advance('km', 'settled', move(2, T3));
      expect(await settled()).toBe(T2);
      await feeds.advance('km', 'settled', move(3, T3, { settledTo: T3 }));
      expect(await settled()).toBe(T3);
    });
  });
});
