/** `resync`, from the command line and as an update of the run: its visible result (design 3, Verbs). */
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

describe('integration/operator/resync', () => {
  it('says unchanged where both sides agree, and pushed where the dev item had moved', async () => {
    const link = started.take();
    expect(await after.order(deployment, 'resync', link)).toMatchObject({ outcome: 'unchanged' });
    after.move(deployment, link, 'In Progress');
    const pushed = await after.update(deployment, link, 'resyncNow');
    expect(pushed).toMatchObject({ outcome: 'pushed', status: { phase: 'following', progress: 'In development' } });
    expect(after.craftField(deployment, link, 'dev_status')).toBe('In development');
  }, 120_000);

  it('finds drift, and with --accept-drift takes the Craft item as it is', async () => {
    const link = started.take();
    after.act(deployment, {
      as: 'product-manager',
      action: 'edit',
      id: link.craftItemId,
      edit: { title: 'A better title' },
    });
    const found = await after.order(deployment, 'resync', link);
    expect(found.status).toMatchObject({ phase: 'following', drift: true });
    const accepted = await after.order(deployment, 'resync', link, '--accept-drift');
    expect(accepted.status).toMatchObject({ phase: 'following', drift: false });
    const row = await after.rowOf(deployment, link);
    expect(row.handedOver?.values['title']).toBe('A better title');
    await after.craftFieldIs(deployment, link, 'dev_state', `In sync with ${row.devItemKey ?? ''}.`);
    expect((await after.order(deployment, 'resync', link)).status).toMatchObject({ drift: false });
  }, 120_000);

  it('starts an item that the ledger does not know if it is ready, and says why not where it is not', async () => {
    const { sandbox } = deployment;
    const unready = [...sandbox.world.craft.items.values()].find(
      (item) => item.statusId === sandbox.world.craft.statusNamed('In Definition')?.id,
    );
    const shortId = unready?.shortId ?? '';
    expect(await verbs.refusal(deployment, 'resync', 'mobile', shortId)).toContain('is not ready');
    after.act(deployment, { as: 'product-manager', action: 'mark-ready', id: shortId });
    const { exitCode } = await deployment.run('resync', 'mobile', shortId);
    expect(exitCode).toBe(0);
    const row = await deployment.ledger.links.find('mobile', shortId);
    await verbs.expectFollowed(deployment, row ?? after.never('no row'), 1);
  }, 120_000);

  it('in the end no item has two dev items of one generation, and every followed one is locked', async () => {
    await verbs.expectInvariants(deployment);
  });
});
