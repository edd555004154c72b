/** `relink`, from the command line and as an update of the run: its visible result (design 3, Verbs). */
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

describe('integration/operator/relink', () => {
  it('links an item with another dev item, whose key, link and progress reach Craft.io', async () => {
    const link = started.take();
    const other = after.act(deployment, {
      as: 'developer',
      action: 'create',
      place: 'MOB',
      edit: { title: 'Made by hand' },
    });
    after.act(deployment, { as: 'developer', action: 'move', id: other, status: 'In Progress' });
    const relinked = await after.order(deployment, 'relink', link, '--dev-item', other);
    expect(relinked).toMatchObject({ outcome: 'relinked', status: { devItem: { id: other } } });
    const row = await verbs.expectFollowed(deployment, link, 1);
    expect(row.devItemId).toBe(other);
    await after.craftFieldIs(deployment, link, 'dev_link', row.devItemUrl ?? '');
    await after.craftFieldIs(deployment, link, 'dev_status', 'In development');

    after.act(deployment, { as: 'developer', action: 'move', id: other, status: 'To do' });
    await after.sweepProgress(deployment);
    await after.craftFieldIs(deployment, link, 'dev_status', 'To do');
  }, 120_000);

  it('takes a released item up again and locks it again', async () => {
    const link = started.take();
    await after.order(deployment, 'release', link);
    await after.order(deployment, 'relink', link, link.devItemId ?? '');
    const row = await verbs.expectFollowed(deployment, link, 1);
    expect(row.devItemId).toBe(link.devItemId);
    expect(after.devItemsOf(deployment, link)).toEqual([link.devItemId]);
  }, 120_000);

  it('says that the item is released where Craft.io no longer has it', async () => {
    const link = started.take();
    await after.order(deployment, 'release', link);
    after.act(deployment, { as: 'product-manager', action: 'delete', id: link.craftItemId });
    expect(await after.order(deployment, 'relink', link, link.devItemId ?? '')).toMatchObject({ outcome: 'waiting' });
    const row = await after.inPhase(deployment, link, 'released');
    expect(row).toMatchObject({ lastError: 'the Craft.io item was deleted' });
  }, 120_000);

  it('refuses a dev item that another Craft item holds, and names that one', async () => {
    const [link, holder] = [started.take(), started.take()];
    const said = await verbs.refusal(deployment, 'relink', 'mobile', after.nameOf(link), holder.devItemId ?? '');
    expect(said).toContain(`mobile/${holder.craftItemId}`);
    await expect(after.update(deployment, link, 'relink', { devItemId: holder.devItemId })).rejects.toMatchObject({
      cause: { message: expect.stringContaining(holder.craftItemId) as string },
    });
    expect(await verbs.expectFollowed(deployment, link, 1)).toMatchObject({
      devItemId: link.devItemId,
      lockedAt: link.lockedAt,
    });
    expect((await after.rowOf(deployment, holder)).devItemId).toBe(holder.devItemId);
  }, 120_000);

  it('refuses an id that the tool does not know, and leaves the item as it was', async () => {
    const link = started.take();
    const puts = verbs.putsOf(deployment, link);
    expect(await verbs.refusal(deployment, 'relink', 'mobile', after.nameOf(link), 'ffffffffffffffff')).toContain(
      'ffffffffffffffff',
    );
    const { phase, devItemId, lockedAt, generation } = await after.rowOf(deployment, link);
    expect({ phase, devItemId, lockedAt, generation }).toEqual({
      phase: 'following',
      devItemId: link.devItemId,
      lockedAt: link.lockedAt,
      generation: 1,
    });
    after.move(deployment, link, 'In Progress');
    await after.sweepProgress(deployment);
    await after.craftFieldIs(deployment, link, 'dev_status', 'In development');
    expect(verbs.putsOf(deployment, link)).toBe(puts + 1);
  }, 120_000);

  it('in the end no item has two dev items of one generation, and every followed one is locked', async () => {
    await verbs.expectInvariants(deployment);
  });
});
