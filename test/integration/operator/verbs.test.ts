/** Each operator verb with its visible result, from the command line and as a signal or an update (design 3, Verbs). */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { itemSyncWorkflowId } from '../../../domain/ids.js';
import type { ItemLink } from '../../../domain/link.js';
import { eventually, type TestDeployment } from '../../harness/deployment/deployment.js';
import * as after from '../../harness/deployment/followed.js';
import { handOverFacts, isLocked } from '../../harness/deployment/handOverCheck.js';

let started: after.Followed;
let deployment: TestDeployment;

beforeAll(async () => {
  // Nothing that a sweep read counts as fresh, so that each look at an item is a request.
  started = await after.startFollowed(32, { craft: { freshFor: '0 seconds' } });
  ({ deployment } = started);
}, 240_000);
afterAll(async () => {
  await deployment.close();
}, 120_000);

function putsOf(link: ItemLink): number {
  return deployment.sandbox.records.putsOf(link.craftItemId).length;
}

async function historyLength(link: ItemLink): Promise<number> {
  const handle = deployment.temporal.client.workflow.getHandle(itemSyncWorkflowId(link));
  return (await handle.describe()).historyLength;
}

async function refusal(...args: string[]): Promise<string> {
  const { exitCode, stderr, stdout } = await deployment.run(...args);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  return stderr;
}

/** Craft.io shows the lock, and the row says which dev item stands behind it. */
async function expectFollowed(link: ItemLink, generation: number): Promise<ItemLink> {
  const row = await after.inPhase(deployment, link, 'following');
  expect(row.generation).toBe(generation);
  expect(isLocked(deployment.sandbox, link.craftItemId)).toBe(true);
  expect(after.craftField(deployment, link, 'dev_key')).toBe(row.devItemKey);
  return row;
}

function act(
  what: { action: 'edit'; id: string; edit: { title: string } } | { action: 'mark-ready'; id: string },
): void {
  after.act(deployment, { as: 'product-manager', ...what });
}

describe('integration/operator/verbs', () => {
  describe('pause and resume', () => {
    const ways = [
      {
        way: 'from the command line',
        pause: (link: ItemLink) => after.order(deployment, 'pause', link, '--reason', 'a workshop'),
        resume: (link: ItemLink) => after.order(deployment, 'resume', link),
      },
      {
        way: 'as signals',
        pause: (link: ItemLink) => after.signal(deployment, link, 'pause', { reason: 'a workshop' }),
        resume: (link: ItemLink) => after.signal(deployment, link, 'resume'),
      },
    ];
    it.each(ways)(
      'write nothing while an item is paused, and then what happened meanwhile ($way)',
      async ({ pause, resume }) => {
        const link = started.take();
        await pause(link);
        const row = await after.inPhase(deployment, link, 'paused');
        expect(row.blockedBy).toBe('operator');
        await after.craftFieldIs(deployment, link, 'dev_state', 'Paused: a workshop');
        const puts = putsOf(link);
        after.move(deployment, link, 'In Progress');
        act({ action: 'edit', id: link.craftItemId, edit: { title: 'Edited during the workshop' } });
        await after.sweepProgress(deployment);
        await after.sweepDrift(deployment);
        await sleep(1_500);
        expect(putsOf(link)).toBe(puts);
        expect((await after.rowOf(deployment, link)).phase).toBe('paused');

        await resume(link);
        await after.craftFieldIs(deployment, link, 'dev_status', 'In development');
        await after.craftFieldIs(deployment, link, 'dev_state', /^In sync with .*Changed in Craft.io.*title/);
        expect((await after.rowOf(deployment, link)).phase).toBe('following');
      },
      120_000,
    );

    it('of a blocked item make no requests without end', async () => {
      const { blocked } = started;
      await after.signal(deployment, blocked, 'pause');
      await after.inPhase(deployment, blocked, 'paused');
      await after.signal(deployment, blocked, 'resume');
      await after.inPhase(deployment, blocked, 'blocked');
      await sleep(1_000);
      const before = { requests: deployment.sandbox.records.total(), events: await historyLength(blocked) };
      await sleep(3_000);
      expect(deployment.sandbox.records.total() - before.requests).toBeLessThanOrEqual(2);
      expect((await historyLength(blocked)) - before.events).toBeLessThanOrEqual(20);
      expect((await after.rowOf(deployment, blocked)).blockedBy).toBe('missing-field');
    }, 120_000);
  });

  describe('resync', () => {
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
      act({ action: 'edit', id: link.craftItemId, edit: { title: 'A better title' } });
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
      expect(await refusal('resync', 'mobile', shortId)).toContain('is not ready');
      act({ action: 'mark-ready', id: shortId });
      const { exitCode } = await deployment.run('resync', 'mobile', shortId);
      expect(exitCode).toBe(0);
      const row = await deployment.ledger.links.find('mobile', shortId);
      await expectFollowed(row ?? after.never('no row'), 1);
    }, 120_000);
  });

  describe('release', () => {
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
        const puts = putsOf(link);
        act({ action: 'mark-ready', id: link.craftItemId });
        await after.sweepReady(deployment);
        after.move(deployment, link, 'In Progress');
        await after.sweepProgress(deployment);
        await sleep(1_000);
        expect((await after.rowOf(deployment, link)).phase).toBe('released');
        expect(after.devItemsOf(deployment, link)).toEqual([link.devItemId]);
        expect(putsOf(link)).toBe(puts);
      },
      120_000,
    );

    it('of an item whose create was lost ends with its dev item linked, and makes no second one', async () => {
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
  });

  describe('relink', () => {
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
      const row = await expectFollowed(link, 1);
      expect(row.devItemId).toBe(other);
      await after.craftFieldIs(deployment, link, 'dev_link', row.devItemUrl ?? '');
      await after.craftFieldIs(deployment, link, 'dev_status', 'In development');

      after.act(deployment, { as: 'developer', action: 'move', id: other, status: 'To do' });
      await after.sweepProgress(deployment);
      await after.craftFieldIs(deployment, link, 'dev_status', 'To do');
    }, 120_000);

    it('takes a released item up again and locks it anew', async () => {
      const link = started.take();
      await after.order(deployment, 'release', link);
      await after.order(deployment, 'relink', link, link.devItemId ?? '');
      const row = await expectFollowed(link, 1);
      expect(row.devItemId).toBe(link.devItemId);
      expect(after.devItemsOf(deployment, link)).toEqual([link.devItemId]);
    }, 120_000);

    it('says that the item is released where Craft.io has it no longer', async () => {
      const link = started.take();
      await after.order(deployment, 'release', link);
      after.act(deployment, { as: 'product-manager', action: 'delete', id: link.craftItemId });
      expect(await after.order(deployment, 'relink', link, link.devItemId ?? '')).toMatchObject({
        outcome: 'released',
        status: { phase: 'released', lastError: 'the Craft.io item was deleted' },
      });
    }, 120_000);

    it('refuses a dev item that another Craft item holds, and names that one', async () => {
      const [link, holder] = [started.take(), started.take()];
      const said = await refusal('relink', 'mobile', after.nameOf(link), holder.devItemId ?? '');
      expect(said).toContain(`mobile/${holder.craftItemId}`);
      await expect(after.update(deployment, link, 'relink', { devItemId: holder.devItemId })).rejects.toMatchObject({
        cause: { message: expect.stringContaining(holder.craftItemId) as string },
      });
      expect(await expectFollowed(link, 1)).toMatchObject({ devItemId: link.devItemId, lockedAt: link.lockedAt });
      expect((await after.rowOf(deployment, holder)).devItemId).toBe(holder.devItemId);
    }, 120_000);

    it('refuses an id that the tool does not know, and leaves the item as it was', async () => {
      const link = started.take();
      const puts = putsOf(link);
      expect(await refusal('relink', 'mobile', after.nameOf(link), 'ffffffffffffffff')).toContain('ffffffffffffffff');
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
      expect(putsOf(link)).toBe(puts + 1);
    }, 120_000);
  });

  describe('recreate', () => {
    it('from released makes a new dev item of the next generation and locks anew', async () => {
      const link = started.take();
      await after.order(deployment, 'release', link);
      const recreated = await after.order(deployment, 'recreate', link);
      expect(recreated).toMatchObject({ outcome: 'recreated', status: { phase: 'following' } });
      const row = await expectFollowed(link, 2);
      expect(after.devItemsOf(deployment, link)).toEqual([link.devItemId, row.devItemId]);
      expect(row.devItemId).not.toBe(link.devItemId);
    }, 120_000);

    it('says that nothing was made where Craft.io has the item no longer', async () => {
      const link = started.take();
      await after.order(deployment, 'release', link);
      after.act(deployment, { as: 'product-manager', action: 'delete', id: link.craftItemId });
      expect(await after.order(deployment, 'recreate', link)).toMatchObject({
        outcome: 'unchanged',
        status: { phase: 'not-ready', devItem: null, lastError: 'the item does not exist in Craft.io' },
      });
      expect(after.devItemsOf(deployment, link)).toEqual([link.devItemId]);
    }, 120_000);

    it('is refused elsewhere and names the phase', async () => {
      const link = started.take();
      expect(await refusal('recreate', 'mobile', after.nameOf(link))).toContain('is following');
      await expect(after.update(deployment, link, 'recreate')).rejects.toMatchObject({
        cause: { message: expect.stringContaining('this item is following') as string },
      });
      expect(after.devItemsOf(deployment, link)).toEqual([link.devItemId]);
      expect((await after.rowOf(deployment, link)).generation).toBe(1);
    }, 120_000);
  });

  describe('after all verbs', () => {
    it('no item has two dev items of one generation, and every followed one is locked', async () => {
      expect((await handOverFacts(deployment)).broken.filter((line) => line.startsWith('I1'))).toEqual([]);
      const { links } = await handOverFacts(deployment);
      const unlocked = links.filter(
        ({ phase, craftItemId }) => phase === 'following' && !isLocked(deployment.sandbox, craftItemId),
      );
      expect(unlocked.map(after.nameOf)).toEqual([]);
    });
  });
});
