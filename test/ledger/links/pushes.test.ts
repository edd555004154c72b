/** What was written to Craft.io is stored only under the newest token, and never goes back. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Ledger } from '../../../ledger/ledger.js';
import { devItem, following, freshItem, linked, type LedgerFixture, openLedger } from '../../fixtures/ledger.js';

describe('ledger/links/pushes', () => {
  let db: LedgerFixture;
  let ledger: Ledger;

  beforeAll(async () => {
    db = await openLedger();
    ledger = db.ledger;
  });
  afterAll(() => db.close());

  const fresh = () => freshItem(ledger);

  it('restores what was unanswered before a write that did not happen, but only under the newest token', async () => {
    const item = await fresh();
    const write = (n: number) => ({ unanswered: { customFields: { n }, status: null }, lateMs: 60_000 });
    const older = await ledger.leases.take(item, 5_000, write(1));
    const newer = await ledger.leases.take(item, 5_000, write(2));
    await ledger.pushes.restoreUnanswered(item, older.token, null);
    expect((await ledger.links.get(item))?.unanswered?.customFields).toEqual({ n: 2 });
    await ledger.pushes.restoreUnanswered(item, newer.token, newer.before.unanswered);
    expect((await ledger.links.get(item))?.unanswered).toEqual(newer.before.unanswered);
  });

  it('does not restore over what a rival records while it waits for the row', async () => {
    const item = await fresh();
    const write = (n: number) => ({ unanswered: { customFields: { n }, status: null }, lateMs: 60_000 });
    const { token } = await ledger.leases.take(item, 5_000, write(1));
    const holder = db.sql(
      `with held as (select * from item_detail where pipeline_id = $1 and craft_item_id = $2 for update)
       select pg_sleep(3) from held`,
      [item.pipeline, item.craftItemId],
    );
    const waiting = (what: string) => async () =>
      db.sql(`select 1 from pg_stat_activity where datname = current_database() and ${what}`);
    await expect.poll(waiting("wait_event = 'PgSleep'")).toHaveLength(1);
    const rival = ledger.leases.take(item, 5_000, write(2));
    await expect.poll(waiting("wait_event_type = 'Lock'")).toHaveLength(1);
    const restored = ledger.pushes.restoreUnanswered(item, token, null);
    await expect.poll(waiting("wait_event_type = 'Lock'")).toHaveLength(2);
    await Promise.all([holder, rival, restored]);
    expect((await ledger.links.get(item))?.unanswered?.customFields).toEqual({ n: 2 });
  });

  it('stores lock, push and what may still be applied in one statement', async () => {
    const { item, token } = await linked(ledger, 'lease-one');
    const open = { customFields: { dev_status: 'To do' }, status: null, until: '2099-01-01T00:00:00.000Z' };
    const lock = { handedOver: { values: {}, lockField: 'View only', lockStatus: null }, fingerprint: 'f' };
    const lastProgress = { dev_status: 'Doing' };
    const newer = devItem({
      id: 'dev-lease-one',
      key: 'WEB-7',
      status: 'Doing',
      updatedAt: '2026-01-02T00:00:00.000Z',
    });
    expect(await ledger.pushes.storeLock(item, token, { ...lock, lastProgress, devItem: newer, open })).not.toBeNull();
    expect(await ledger.links.get(item)).toMatchObject({
      phase: 'following',
      lastProgress,
      devItemKey: 'WEB-7',
      devStatus: 'Doing',
      devUpdatedAt: newer.updatedAt,
      unanswered: open,
    });
    expect(await ledger.pushes.storePushed(item, token, { lastProgress })).not.toBeNull();
    expect((await ledger.links.get(item))?.unanswered).toBeNull();
  });

  it('stores lock and push only under the newest token, and clears what was unanswered', async () => {
    const { item } = await linked(ledger, 'lease-lock');
    const write = { unanswered: { customFields: {}, status: null }, lateMs: 1 };
    const older = await ledger.leases.take(item, 5_000, write);
    const newer = await ledger.leases.take(item, 5_000, write);
    const handedOver = { values: { title: 'a' }, lockField: 'View only', lockStatus: null };
    const lock = { handedOver, fingerprint: 'f', lastProgress: { dev_status: 'To do' } };
    expect(await ledger.pushes.storeLock(item, older.token, lock)).toBeNull();
    expect((await ledger.links.get(item))?.lockedAt).toBeNull();
    expect(await ledger.pushes.storeLock(item, newer.token, lock)).not.toBeNull();
    const locked = await ledger.links.get(item);
    expect(locked).toMatchObject({
      phase: 'following',
      handedOver,
      fingerprint: 'f',
      unanswered: null,
      blockedBy: null,
    });
    expect(await ledger.pushes.storeLock(item, newer.token, lock)).not.toBeNull();
    expect((await ledger.links.get(item))?.lockedAt).toBe(locked?.lockedAt);
    expect(await ledger.pushes.storePushed(item, older.token, { lastProgress: { dev_status: 'Done' } })).toBeNull();
    expect((await ledger.links.get(item))?.lastProgress).toEqual({ dev_status: 'To do' });
  });

  it('a push of an older dev item changes neither `dev_updated_at` nor the dev item’s place and status', async () => {
    const { item, token } = await following(ledger, 'lease-push', {
      status: 'Backlog',
      updatedAt: '2026-01-01T10:00:00Z',
    });
    const newer = devItem({
      id: 'dev-lease-push',
      key: 'WEB-9',
      url: null,
      scope: 'space-2',
      status: 'Done',
      updatedAt: '2026-01-01T12:00:00Z',
    });
    await ledger.pushes.storePushed(item, token, { lastProgress: { dev_status: 'Done' }, devItem: newer });
    const moved = { devItemKey: 'WEB-9', devItemUrl: null, devScope: 'space-2', devStatus: 'Done' };
    expect(await ledger.links.get(item)).toMatchObject({ ...moved, devUpdatedAt: '2026-01-01T12:00:00.000Z' });
    const stale = {
      ...newer,
      key: 'OLD-1',
      scope: 'space-1',
      status: 'Backlog',
      updatedAt: '2026-01-01T11:59:59.999Z',
    };
    const pushed = { lastProgress: { dev_status: 'Done' }, devItem: stale };
    expect(await ledger.pushes.storePushed(item, token, pushed)).not.toBeNull();
    expect(await ledger.links.get(item)).toMatchObject({ ...moved, devUpdatedAt: '2026-01-01T12:00:00.000Z' });
  });

  it('a push of a dev item without a time changes its status and keeps `dev_updated_at`', async () => {
    const { item, token } = await following(ledger, 'lease-timeless', { updatedAt: '2026-01-01T10:00:00Z' });
    const timeless = devItem({ id: 'dev-lease-timeless', status: 'Doing' });
    await ledger.pushes.storePushed(item, token, { lastProgress: { dev_status: 'Doing' }, devItem: timeless });
    expect(await ledger.links.get(item)).toMatchObject({
      devStatus: 'Doing',
      devUpdatedAt: '2026-01-01T10:00:00.000Z',
    });
  });
});
