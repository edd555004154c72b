/** What sweeps read for links that are closed, and that their dev items are noticed when they come back (design 3). */
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { takeInventory, wakeToLook } from '../../../activities/sweeps/inventory.js';
import { readFeed, type SweptFeed } from '../../../activities/sweeps/progressSweep.js';
import { wakeEach } from '../../../runtime/itemSyncs.js';
import { devItem } from '../../fixtures/ledger.js';
import { followedSpace, type FollowedSpace } from '../../fixtures/followedSpace.js';

describe('activities/sweeps/inventory', { timeout: 60_000 }, () => {
  let space: FollowedSpace;
  beforeEach(async () => {
    space = await followedSpace(20_000);
    await space.follow(3);
    await space.sweep();
  });
  afterEach(() => space.close());

  const refOf = (id: string) => ({ pipeline: 'mobile', craftItemId: `craft-${id}` });
  const closed = async (count: number, phase: 'done' | 'orphaned'): Promise<readonly string[]> => {
    const ids = await space.follow(count);
    await space.sweep();
    for (const id of ids) await space.db.ledger.phases.set(refOf(id), { phase });
    return ids;
  };
  const workItems = () => space.sandbox.world.tools.kitemaker.world.workItems;
  /** Deletes dev items; the result puts them back as they were. */
  const remove = (ids: readonly string[]): (() => void) => {
    const removed = ids.flatMap((id) => workItems().get(id) ?? []);
    for (const { id } of removed) workItems().remove(id);
    return () => removed.forEach((item) => workItems().put(item));
  };
  const inventory = async (): Promise<number> => {
    const before = space.sandbox.records.total();
    const take = (): Promise<number> => takeInventory(space.deps, { devTool: 'km', scope: space.scope });
    await new MockActivityEnvironment().run(take);
    return space.sandbox.records.total() - before;
  };

  it.each(['done', 'orphaned'] as const)(
    'ten inventories cost ten calls, however many %s items have lost their dev items',
    async (phase) => {
      remove(await closed(40, phase));
      await inventory();
      const calls = [];
      for (let n = 0; n < 10; n += 1) calls.push(await inventory());
      expect(calls).toEqual(Array.from({ length: 10 }, () => 1));
      expect([space.toLook, space.heard]).toEqual([[], []]);
    },
  );

  it('a run that pushes while it is told to look is told again the next time', async () => {
    const [id = ''] = await space.follow(1);
    const item = refOf(id);
    const told: string[] = [];
    const wakeOne = async (): Promise<void> => {
      told.push(id);
      const { token } = await space.db.ledger.leases.take(item, 5_000);
      const pushed = { lastProgress: { dev_status: 'Done' }, devItem: devItem({ id, status: 'Done' }) };
      await space.db.ledger.pushes.storePushed(item, token, pushed);
    };
    const deps = { ...space.deps, itemSyncs: { ...space.deps.itemSyncs, wake: wakeEach(wakeOne) } };
    for (let n = 0; n < 2; n += 1) {
      await new MockActivityEnvironment().run((): Promise<unknown> => wakeToLook(deps, 'km', [id]));
    }
    expect(told).toEqual([id, id]);
  });

  it('an orphaned item whose dev item comes back is told, though no feed shows it', async () => {
    const ids = await closed(2, 'orphaned');
    const restore = remove(ids);
    await inventory();
    await inventory();
    restore();
    await inventory();
    expect(space.heard.map(({ devItemId }) => devItemId).sort()).toEqual([...ids].sort());
  });

  it('a done item whose dev item comes back reopened is told, and one that is still closed is not', async () => {
    const [reopened = '', still = ''] = await closed(2, 'done');
    await space.db.sql(`update item_link set last_progress = '{"dev_status":"Done"}' where phase = 'done'`);
    space.move([reopened, still], 'Done');
    const restore = remove([reopened, still]);
    await inventory();
    restore();
    space.move([reopened], 'In Progress');
    await inventory();
    expect(space.heard).toEqual([{ devItemId: reopened, status: 'In Progress' }]);
    expect(await inventory()).toBe(1);
  });

  it('a done item that was moved to another space belongs to that one from then on', async () => {
    const [moved = ''] = await closed(1, 'done');
    const other = space.sandbox.tools.kitemaker.spaces.find(({ id }) => id !== space.scope)?.id ?? '';
    space.sandbox.act({ as: 'developer', action: 'move-place', id: moved, place: other });
    await inventory();
    expect(await space.db.ledger.links.get(refOf(moved))).toMatchObject({ devScope: other, phase: 'done' });
    expect(await inventory()).toBe(1);
  });

  it('a scope that is gone with nothing but closed items in it is read once more, then no longer', async () => {
    const [id = ''] = await closed(1, 'done');
    await space.db.sql(`update item_link set dev_scope = 'gone' where dev_item_id = $1`, [id]);
    remove([id]);
    const read = (): Promise<SweptFeed> => readFeed(space.deps, { devTool: 'km', scope: 'gone' });
    expect(await space.db.ledger.live.liveScopes('km')).toContain('gone');
    await expect(new MockActivityEnvironment().run(read)).rejects.toThrow();
    expect(await space.db.ledger.live.liveScopes('km')).not.toContain('gone');
  });
});
