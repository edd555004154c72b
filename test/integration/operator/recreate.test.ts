/** `recreate`, from the command line and as an update of the run: its visible result (design 3, Verbs). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestDeployment } from '../../harness/deployment/deployment.js';
import * as after from '../../harness/deployment/followed.js';
import * as verbs from '../../harness/deployment/verbs.js';

let started: after.Followed;
let deployment: TestDeployment;

beforeAll(async () => {
  started = await verbs.startFollowed();
  ({ deployment } = started);
}, 240_000);
afterAll(async () => {
  await deployment.close();
}, 120_000);

describe('integration/operator/recreate', () => {
  it('makes a new dev item of the next generation for a released item, and locks again', async () => {
    const link = started.take();
    await after.order(deployment, 'release', link);
    const recreated = await after.order(deployment, 'recreate', link);
    expect(recreated).toMatchObject({ outcome: 'recreated', status: { phase: 'following' } });
    const row = await verbs.expectFollowed(deployment, link, 2);
    expect(after.devItemsOf(deployment, link)).toEqual([link.devItemId, row.devItemId]);
    expect(row.devItemId).not.toBe(link.devItemId);
  }, 120_000);

  it('says that nothing was made where Craft.io no longer has the item', async () => {
    const link = started.take();
    await after.order(deployment, 'release', link);
    after.act(deployment, { as: 'product-manager', action: 'delete', id: link.craftItemId });
    const recreated = await after.order(deployment, 'recreate', link);
    expect(recreated).toMatchObject({ outcome: 'waiting', status: { devItem: null } });
    const row = await after.inPhase(deployment, link, 'not-ready');
    expect(row).toMatchObject({ lastError: 'the item does not exist in Craft.io' });
    expect(after.devItemsOf(deployment, link)).toEqual([link.devItemId]);
  }, 120_000);

  it('is refused in other phases, and the refusal names the phase', async () => {
    const link = started.take();
    expect(await verbs.refusal(deployment, 'recreate', 'mobile', after.nameOf(link))).toContain('is following');
    await expect(after.update(deployment, link, 'recreate')).rejects.toMatchObject({
      cause: { message: expect.stringContaining('this item is following') as string },
    });
    expect(after.devItemsOf(deployment, link)).toEqual([link.devItemId]);
    expect((await after.rowOf(deployment, link)).generation).toBe(1);
  }, 120_000);

  it('in the end no item has two dev items of one generation, and every followed one is locked', async () => {
    await verbs.expectInvariants(deployment);
  });
});
