/** The same news is told once, however often a feed shows it, to an item that cannot deal with it yet. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Wake } from '../../../activities/ports.js';
import { wakeChangedItems } from '../../../activities/sweeps/wakeChangedItems.js';
import type { DevItem } from '../../../domain/devItem.js';
import { wakeEach } from '../../../runtime/itemSyncs.js';
import { devItem, following, openLedger, type LedgerFixture } from '../../fixtures/ledger.js';
import { memorySystems } from '../../fixtures/memorySystems.js';

const DONE = { status: 'Done', updatedAt: '2026-11-21T11:00:00.000Z' };

describe('activities/sweeps/wakeChangedItems', () => {
  let db: LedgerFixture;
  let woken: string[];
  let unreachable: boolean;
  /** What its run does before the sweep goes on. */
  let whenWoken: () => Promise<unknown>;
  beforeEach(async () => {
    db = await openLedger();
    woken = [];
    unreachable = false;
    whenWoken = () => Promise.resolve();
  });
  afterEach(() => db.close());

  const wakeOne = async ({ item }: Wake): Promise<void> => {
    if (unreachable) throw new Error('no server');
    woken.push(item.craftItemId);
    await whenWoken();
  };

  async function read(...items: readonly DevItem[]) {
    const { deps } = memorySystems(db);
    const itemSyncs = { ...deps.itemSyncs, wake: wakeEach(wakeOne) };
    return new MockActivityEnvironment().run((): Promise<unknown> =>
      wakeChangedItems({ ...deps, itemSyncs }, 'km', items),
    );
  }

  const setAside = async (craftItemId: string, dev: Partial<DevItem> = {}) => {
    const followed = await following(db.ledger, craftItemId, { id: craftItemId, ...dev });
    await db.ledger.phases.set(followed.item, { phase: 'blocked', blockedBy: 'refused' });
    return followed;
  };

  it('tells an item whose progress Craft.io refuses of unchanged news once in twelve sweeps', async () => {
    await setAside('timed', { updatedAt: '2026-11-21T10:00:00.000Z' });
    await setAside('untimed');
    const news = [devItem({ id: 'timed', ...DONE }), devItem({ id: 'untimed', status: 'Done' })];
    for (let sweep = 0; sweep < 12; sweep += 1) await read(...news);
    expect(woken.sort()).toEqual(['timed', 'untimed']);
  });

  it('tells it of what has changed since, back to the old state too', async () => {
    await setAside('a', { status: 'To do' });
    for (const status of ['Done', 'Done', 'To do', 'To do', 'Done']) await read(devItem({ id: 'a', status }));
    expect(woken).toHaveLength(3);
  });

  it('tells it the same again after a day, and what could not be told at the next look', async () => {
    await setAside('a');
    unreachable = true;
    await read(devItem({ id: 'a', status: 'Done' }));
    unreachable = false;
    for (let sweep = 0; sweep < 2; sweep += 1) await read(devItem({ id: 'a', status: 'Done' }));
    expect(woken).toHaveLength(1);
    await db.sql(`update item_detail set told_at = told_at - interval '25 hours'`);
    await read(devItem({ id: 'a', status: 'Done' }));
    expect(woken).toHaveLength(2);
  });

  it('compares with the row again once something was pushed', async () => {
    const { item } = await setAside('a', { status: 'To do' });
    await read(devItem({ id: 'a', status: 'Done' }));
    const { token } = await db.ledger.leases.take(item, 5_000);
    const pushed = { lastProgress: { dev_status: 'Review' }, devItem: devItem({ id: 'a', status: 'Review' }) };
    await db.ledger.pushes.storePushed(item, token, pushed);
    await read(devItem({ id: 'a', status: 'Review' }));
    expect(woken).toEqual(['a']);
    await read(devItem({ id: 'a', status: 'Done' }));
    expect(woken).toEqual(['a', 'a']);
  });

  it('loses no news where the run pushes something newer before the sweep has noted what it told', async () => {
    const { item } = await setAside('a', { status: 'To do' });
    whenWoken = async () => {
      const { token } = await db.ledger.leases.take(item, 5_000);
      const pushed = { lastProgress: { dev_status: 'Done' }, devItem: devItem({ id: 'a', status: 'Done' }) };
      await db.ledger.pushes.storePushed(item, token, pushed);
    };
    await read(devItem({ id: 'a', status: 'Review' }));
    whenWoken = () => Promise.resolve();
    // It went back in the tool: Craft.io shows "Done" still.
    for (let sweep = 0; sweep < 3; sweep += 1) await read(devItem({ id: 'a', status: 'Review' }));
    expect(woken).toEqual(['a', 'a']);
  });

  it('tells nothing twice to a run that could push nothing meanwhile', async () => {
    const { item } = await setAside('a', { status: 'To do' });
    // It tries, and is refused.
    whenWoken = async () => {
      await db.ledger.leases.take(item, 5_000);
      await db.ledger.phases.set(item, { phase: 'blocked', blockedBy: 'refused' });
    };
    for (let sweep = 0; sweep < 3; sweep += 1) await read(devItem({ id: 'a', status: 'Done' }));
    expect(woken).toEqual(['a']);
  });

  it('tells a paused item nothing: it reads both sides when it is resumed', async () => {
    const { item } = await following(db.ledger, 'p', { id: 'p' });
    await db.ledger.phases.set(item, { phase: 'paused', blockedBy: 'operator' });
    expect(await read(devItem({ id: 'p', status: 'Done' }))).toMatchObject({ changed: 0, failed: [] });
    expect(woken).toEqual([]);
  });
});
