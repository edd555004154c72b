import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { wakePending } from '../../../activities/sweeps/progressSweep.js';
import { wakeEach } from '../../../runtime/itemSyncs.js';
import { wakeItems } from '../../../webhooks/wakeItems.js';
import { devItem, following, openLedger, type LedgerFixture } from '../../fixtures/ledger.js';
import { memorySystems } from '../../fixtures/memorySystems.js';

const AT = '2026-11-21T10:00:00.000Z';
const snapshot = { id: 'X', key: 'MOB-1', url: null, status: 'Done', updatedAt: AT, scope: 'space-1' };

describe('activities/sweeps/pendingChanges: news of a dev item that one row released and another follows', () => {
  let db: LedgerFixture;

  beforeEach(async () => {
    db = await openLedger();
    const { pairings, phases } = db.ledger;
    const { item: released } = await following(db.ledger, 'a', { id: 'X' });
    await phases.set(released, { phase: 'released' });
    const { item: live } = await following(db.ledger, 'b', { id: 'other' });
    expect((await pairings.relink(live, 'km', devItem({ id: 'X' }))).status).toBe('stored');
    await phases.set(live, { phase: 'following' });
  });
  afterEach(() => db.close());

  it('a pending change reaches the live row, and only then is it forgotten', async () => {
    const { feeds } = db.ledger;
    const move = { fromVersion: 0, to: AT, woken: [], keepPairsSince: AT };
    await feeds.advance('km', 'space-1', { ...move, pending: [{ devTool: 'km', devItemId: 'X', snapshot }] });
    const { deps } = memorySystems(db);
    const run = (wake: (id: string) => Promise<void>): Promise<number> => {
      const itemSyncs = { ...deps.itemSyncs, wake: wakeEach(({ item }) => wake(item.craftItemId)) };
      return new MockActivityEnvironment().run((): Promise<number> => wakePending({ ...deps, itemSyncs }, 'km'));
    };
    expect(await run(() => Promise.reject(new Error('no server')))).toBe(0);
    expect(await feeds.pending('km')).toHaveLength(1);
    const woken: string[] = [];
    expect(await run((id) => Promise.resolve(void woken.push(id)))).toBe(1);
    expect(woken).toEqual(['b']);
    expect(await feeds.pending('km')).toEqual([]);
  });

  it('a webhook reaches the live row', async () => {
    const stored = await db.ledger.inbox.store({ devTool: 'km', deliveryId: '1', devItemIds: ['X'] });
    if (stored === null) throw new Error('it was not stored');
    const woken: string[] = [];
    const deps = {
      ledger: db.ledger,
      wake: (links: readonly { craftItemId: string }[]) => {
        woken.push(...links.map(({ craftItemId }) => craftItemId));
        return Promise.resolve([]);
      },
    };
    expect(await wakeItems(deps, 'km', [stored], () => Promise.resolve(true))).toMatchObject({ marked: 1, woken: 1 });
    expect(woken).toEqual(['b']);
  });
});
