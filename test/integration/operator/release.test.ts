/** `release`, from the command line and as an update of the run: its visible result (design 3, Verbs). */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ItemLink } from '../../../domain/link.js';
import { eventually, type TestDeployment } from '../../harness/deployment/deployment.js';
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

describe('integration/operator/release', () => {
  const ways = [
    { way: 'from the command line', release: (link: ItemLink) => after.order(deployment, 'release', link) },
    {
      way: 'as an update',
      release: (link: ItemLink) => after.update(deployment, link, 'release', { reason: 'ours' }),
    },
  ];
  it.each(ways)(
    'empties the lock field, and the item stays released although it is ready again ($way)',
    async ({ release }) => {
      const link = started.take();
      expect(await release(link)).toMatchObject({ outcome: 'released', status: { phase: 'released' } });
      expect(after.craftField(deployment, link, 'dev_lock') ?? '').toBe('');
      expect(after.craftField(deployment, link, 'dev_key')).toBe(link.devItemKey);
      expect(after.craftField(deployment, link, 'dev_state')).toMatch(/^No longer synced since /);
      const puts = verbs.putsOf(deployment, link);
      after.act(deployment, { as: 'product-manager', action: 'mark-ready', id: link.craftItemId });
      await after.sweepReady(deployment);
      after.move(deployment, link, 'In Progress');
      await after.sweepProgress(deployment);
      await sleep(1_000);
      expect((await after.rowOf(deployment, link)).phase).toBe('released');
      expect(after.devItemsOf(deployment, link)).toEqual([link.devItemId]);
      expect(verbs.putsOf(deployment, link)).toBe(puts);
    },
    120_000,
  );

  it('releasing an item whose create was lost links its dev item, and makes no second one', async () => {
    const { sandbox } = deployment;
    const title = 'Released while its create is open';
    const craftItemId = after.act(deployment, {
      as: 'product-manager',
      action: 'create',
      edit: { title, description: 'Its create is applied and not answered.', status: 'Ready for Development' },
    });
    const [rule] = sandbox.faults.add({
      rules: [
        {
          mounts: ['kitemaker-rest'],
          methods: ['POST'],
          routes: ['/workitem'],
          mentions: title,
          next: 1,
          fault: { kind: 'lose-answer', applied: true, silence: 'reset' },
        },
      ],
    });
    await after.sweepReady(deployment);
    const struck = (): boolean => sandbox.faults.list().some(({ id, struck }) => id === rule && struck === 1);
    await eventually(() => Promise.resolve(struck()), 'the answer to the create is lost');
    const link = await after.rowOf(deployment, { craftItemId });
    await after.update(deployment, link, 'release', { reason: 'not ours' });
    const row = await after.inPhase(deployment, link, 'released');
    expect(after.devItemsOf(deployment, link)).toEqual([row.devItemId]);
    await sleep(1_000);
    expect(after.devItemsOf(deployment, link)).toHaveLength(1);
    expect(after.craftField(deployment, link, 'dev_lock') ?? '').toBe('');
  }, 120_000);

  it('in the end no item has two dev items of one generation, and every followed one is locked', async () => {
    await verbs.expectInvariants(deployment);
  });
});
