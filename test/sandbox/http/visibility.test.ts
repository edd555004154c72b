/** What requests can see of the world: lists that lag behind, and keys that no longer see a part of it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { running, type Reply, type Running } from '../running.js';

describe('sandbox/http/visibility', () => {
  let box: Running;
  let aheadMs: number;
  beforeEach(async () => {
    aheadMs = 0;
    box = await running({ nowMs: () => Date.now() + aheadMs });
  });
  afterEach(() => box.close());

  const create = (): Promise<Reply> =>
    box.rest('POST', '/workitem', { title: 'A', statusId: box.mobile.status('To do') });

  describe('lists that lag', () => {
    const inLists = async (id: string): Promise<boolean[]> => {
      const recent = await box.rest('GET', `/recent/workitems?spaceId=${box.mobile.id}&count=50`);
      const all = await box.rest('GET', `/metadata/workitems?spaceId=${box.mobile.id}`);
      const pages = await box.graphql(`{ workItems(spaceId: "${box.mobile.id}") { workItems { id } } }`);
      return [recent.body, all.body, pages.body.data.workItems.workItems].map((list) =>
        list.some((item) => item.id === id),
      );
    };

    it('show a created item only after the lag, while reading it by id finds it at once', async () => {
      box.faults.add({ listLagMs: { kitemaker: 10_000 } });
      const id = (await create()).body.id;
      expect(await inLists(id)).toEqual([false, false, false]);
      expect((await box.graphql(`{ workItem(id: "${id}") { id } }`)).body.data.workItem.id).toBe(id);
      aheadMs = 10_001;
      expect(await inLists(id)).toEqual([true, true, true]);
    });

    it('show an update only after the lag', async () => {
      const id = (await create()).body.id;
      box.faults.add({ listLagMs: { kitemaker: 10_000 } });
      await box.rest('PUT', '/workitem', { id, statusId: box.mobile.status('Done') });
      const statusNow = async (): Promise<string> => {
        const { body } = await box.rest('GET', `/recent/workitems?spaceId=${box.mobile.id}&count=50`);
        return body.find((item) => item.id === id)?.status.name ?? 'not listed';
      };
      expect(await statusNow()).toBe('To do');
      aheadMs = 10_001;
      expect(await statusNow()).toBe('Done');
    });

    it('lag in Craft.io too, without the other system', async () => {
      box.faults.add({ listLagMs: { craft: 10_000 } });
      const outcome = box.act({
        as: 'product-manager',
        action: 'create',
        edit: { title: 'Fresh', status: 'Ready for Development' },
      });
      const listed = await box.guide('GET', `/workspace/${box.craft.workspaceId}/items?keyword=Fresh`);
      expect([outcome.status, listed.body.items]).toEqual(['done', []]);
      expect((await box.guide('GET', `/item/${outcome.status === 'done' ? outcome.id : ''}`)).status).toBe(200);
      expect(await inLists((await create()).body.id)).toEqual([true, true, true]);
      box.faults.clear();
      expect(
        (await box.guide('GET', `/workspace/${box.craft.workspaceId}/items?keyword=Fresh`)).body.items,
      ).toHaveLength(1);
    });
  });

  describe('a key that sees less', () => {
    it('finds a space missing, and nothing in it by id', async () => {
      const id = (await create()).body.id;
      box.faults.add({ lostSight: { kitemaker: { scopes: [box.mobile.id], as: 'missing' } } });
      expect((await box.rest('GET', `/recent/workitems?spaceId=${box.mobile.id}&count=50`)).status).toBe(404);
      expect((await box.rest('GET', '/metadata/spaces')).body).toHaveLength(1);
      expect((await box.graphql(`{ workItem(id: "${id}") { id } }`)).body.data).toBeNull();
      box.faults.clear();
      expect((await box.graphql(`{ workItem(id: "${id}") { id } }`)).body.data.workItem.id).toBe(id);
    });

    it('finds a workspace empty with 200, as anonymous readers do', async () => {
      const item = (await box.guide('GET', `/workspace/${box.craft.workspaceId}/items?limit=1`)).body.items[0].id;
      box.faults.add({ lostSight: { craft: { scopes: [box.craft.workspaceId], as: 'empty' } } });
      const { status, body } = await box.guide('GET', `/workspace/${box.craft.workspaceId}/items`);
      expect([status, body.items]).toEqual([200, []]);
      expect((await box.guide('GET', `/item/${item}`)).status).toBe(404);
    });
  });
});
