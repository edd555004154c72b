/** What a pipeline's policies do about drift, deletions and moves on either side (design 3, Gone; design 3, Drift). */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ItemLink } from '../../../domain/link.js';
import type { CraftEdit } from '../../../sandbox/people/act.js';
import { eventually, type ConfigurationChanges, type TestDeployment } from '../../harness/deployment/deployment.js';
import * as after from '../../harness/deployment/followed.js';
import { isLocked } from '../../harness/deployment/handOverCheck.js';

type Section = NonNullable<ConfigurationChanges['pipeline']>;

const QUICK: ConfigurationChanges = { km: { inventoryEvery: '1 second' }, pipeline: { settleFor: '3 seconds' } };

let started: after.Followed;
let deployment: TestDeployment;
let isConfigured = false;

beforeAll(async () => {
  started = await after.startFollowed(43, QUICK);
  ({ deployment } = started);
}, 240_000);
afterEach(async () => {
  if (isConfigured) await configure({});
  isConfigured = false;
});
afterAll(async () => {
  await deployment.close();
}, 120_000);

/** Until the end of the test. */
async function configure(pipeline: Section): Promise<void> {
  isConfigured = true;
  await deployment.configure(after.quick({ ...QUICK, pipeline: { ...QUICK.pipeline, ...pipeline } }));
}

function edit(link: ItemLink, what: CraftEdit): void {
  after.act(deployment, { as: 'product-manager', action: 'edit', id: link.craftItemId, edit: what });
}

function deleteDevItem(link: ItemLink): void {
  after.act(deployment, { as: 'developer', action: 'delete', id: link.devItemId ?? '' });
}

function titleOf(link: ItemLink): string | undefined {
  return deployment.sandbox.world.craft.items.get(link.craftItemId)?.title;
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  await eventually(async () => (await holds()) && true, what);
}

describe('integration/follow/policies', () => {
  describe('onDrift', () => {
    it('flag: shows what differs, in the row and in Craft.io, until the values agree again', async () => {
      const link = started.take();
      const title = titleOf(link) ?? '';
      edit(link, { title: 'Another title', customFields: { dev_lock: null } });
      await after.sweepDrift(deployment);
      await after.craftFieldIs(
        deployment,
        link,
        'dev_state',
        /Changed in Craft.io since the hand-over: .*title.*dev_lock/,
      );
      expect(await after.rowOf(deployment, link)).toMatchObject({ phase: 'following', drift: true });
      expect(titleOf(link)).toBe('Another title');
      expect(await after.sweepDrift(deployment)).toMatchObject({ differing: 0 });

      edit(link, { title, customFields: { dev_lock: 'View only' } });
      await after.sweepDrift(deployment);
      await until('the drift is over', async () => !(await after.rowOf(deployment, link)).drift);
      await after.craftFieldIs(deployment, link, 'dev_state', `In sync with ${link.devItemKey ?? ''}.`);
    }, 120_000);

    it('revert: writes the handed-over values and the lock back', async () => {
      await configure({ lock: { onDrift: 'revert' } });
      const [edited, unlocked] = [started.take(), started.take()];
      const title = titleOf(edited);
      edit(edited, { title: 'Another title', description: 'Another description' });
      edit(unlocked, { status: 'In Definition', customFields: { dev_lock: null } });
      await after.sweepDrift(deployment);
      await until('the title is back', () => titleOf(edited) === title);
      await until('the lock is back', () => isLocked(deployment.sandbox, unlocked.craftItemId));
      for (const link of [edited, unlocked]) {
        await until('no drift is shown', async () => !(await after.rowOf(deployment, link)).drift);
      }
      expect(await after.sweepDrift(deployment)).toMatchObject({ differing: 0 });
    }, 120_000);

    it('forward: tells the dev item once, and takes the new values over', async () => {
      await configure({ lock: { onDrift: 'forward' } });
      const link = started.take();
      edit(link, { title: 'A title to be forwarded' });
      await after.sweepDrift(deployment);
      await until('the dev item is told', () => after.commentsOf(deployment, link).length > 0);
      const takenOver = async (): Promise<boolean> =>
        (await after.rowOf(deployment, link)).handedOver?.values['title'] === 'A title to be forwarded';
      await until('the new title counts as handed over', takenOver);
      expect(await after.sweepDrift(deployment)).toMatchObject({ differing: 0 });
      expect(after.commentsOf(deployment, link)).toEqual([
        expect.stringContaining('title: A title to be forwarded') as string,
      ]);
      expect((await after.rowOf(deployment, link)).drift).toBe(false);
    }, 120_000);

    it('whatever it says, writes progress, key and link again where somebody changed them', async () => {
      const link = started.take();
      edit(link, { customFields: { dev_status: 'my own words', dev_key: null } });
      await after.sweepDrift(deployment);
      await after.craftFieldIs(deployment, link, 'dev_status', 'To do');
      await after.craftFieldIs(deployment, link, 'dev_key', link.devItemKey ?? '');
      expect((await after.rowOf(deployment, link)).drift).toBe(false);
    }, 120_000);
  });

  describe('onDevItemDeleted', () => {
    it('flag: the item is orphaned, stays locked, and Craft.io says what to do', async () => {
      const link = started.take();
      deleteDevItem(link);
      await after.sweepProgress(deployment);
      await after.inPhase(deployment, link, 'orphaned');
      await after.craftFieldIs(deployment, link, 'dev_state', /no longer exists in km: recreate it, relink/);
      expect(isLocked(deployment.sandbox, link.craftItemId)).toBe(true);
      expect(after.devItemsOf(deployment, link)).toEqual([]);
      expect(await after.order(deployment, 'recreate', link)).toMatchObject({ outcome: 'recreated' });
      expect(await after.inPhase(deployment, link, 'following')).toMatchObject({ generation: 2 });
    }, 120_000);

    it('release: the lock is taken away', async () => {
      await configure({ onDevItemDeleted: 'release' });
      const link = started.take();
      deleteDevItem(link);
      await after.sweepProgress(deployment);
      await after.inPhase(deployment, link, 'released');
      expect(after.craftField(deployment, link, 'dev_lock') ?? '').toBe('');
    }, 120_000);

    it('recreate: a dev item of the next generation takes its place', async () => {
      await configure({ onDevItemDeleted: 'recreate' });
      const link = started.take();
      deleteDevItem(link);
      await after.sweepProgress(deployment);
      await until('there is a new dev item', () => after.devItemsOf(deployment, link).length === 1);
      const row = await after.inPhase(deployment, link, 'following');
      expect(row).toMatchObject({ generation: 2, devItemId: after.devItemsOf(deployment, link)[0] });
      expect(after.craftField(deployment, link, 'dev_key')).toBe(row.devItemKey);
      expect(isLocked(deployment.sandbox, link.craftItemId)).toBe(true);
    }, 120_000);
  });

  it('a Craft item deleted after its hand-over: the dev item is told once, and the item is released', async () => {
    const link = started.take();
    after.act(deployment, { as: 'product-manager', action: 'delete', id: link.craftItemId });
    await after.sweepDrift(deployment);
    await after.inPhase(deployment, link, 'released');
    await after.sweepDrift(deployment);
    expect(after.commentsOf(deployment, link)).toEqual([
      expect.stringContaining('The Craft.io item was deleted') as string,
    ]);
  }, 120_000);

  it('a Craft item moved to another workspace is not taken for deleted, and is still written', async () => {
    const link = started.take();
    const other = [...deployment.sandbox.world.craft.workspaces.values()].at(-1)?.id ?? '';
    edit(link, { workspaceId: other });
    await after.sweepDrift(deployment);
    await sleep(1_000);
    expect((await after.rowOf(deployment, link)).phase).toBe('following');
    expect(after.commentsOf(deployment, link)).toEqual([]);
    after.move(deployment, link, 'In Progress');
    await after.sweepProgress(deployment);
    await after.craftFieldIs(deployment, link, 'dev_status', 'In development');
  }, 120_000);

  it('a dev item moved to another space: its new key and link reach Craft.io, and so does what follows there', async () => {
    const link = started.take();
    after.act(deployment, { as: 'developer', action: 'move-place', id: link.devItemId ?? '', place: 'WEB' });
    await after.sweepProgress(deployment);
    await after.craftFieldIs(deployment, link, 'dev_key', /^WEB-\d+$/);
    expect(after.craftField(deployment, link, 'dev_link')).toMatch(/\/kitemaker\/WEB\/\d+$/);
    const key = after.craftField(deployment, link, 'dev_key');
    await until('the row has the new key', async () => (await after.rowOf(deployment, link)).devItemKey === key);
    expect(await after.inPhase(deployment, link, 'following')).toMatchObject({ devItemId: link.devItemId });
    after.move(deployment, link, 'In Progress');
    await after.sweepProgress(deployment);
    await after.craftFieldIs(deployment, link, 'dev_status', 'In development');
  }, 120_000);

  it('unmapped: block sets an item aside at a status without an entry, until it leaves that status', async () => {
    await configure({ progress: { unmapped: 'block' } });
    const link = started.take();
    after.move(deployment, link, 'In Review');
    await after.sweepProgress(deployment);
    expect(await after.inPhase(deployment, link, 'blocked')).toMatchObject({ blockedBy: 'status-unmapped' });
    await after.craftFieldIs(deployment, link, 'dev_state', /^Blocked: .*In Review/);
    expect(after.valuesWritten(deployment, link, 'dev_status')).toEqual(['To do']);
    after.move(deployment, link, 'In Progress');
    await after.sweepProgress(deployment);
    await after.craftFieldIs(deployment, link, 'dev_status', 'In development');
    await after.inPhase(deployment, link, 'following');
    await after.craftFieldIs(deployment, link, 'dev_state', /^In sync with /);
  }, 120_000);

  it("unmapped: keep pushes the tool's own word, ignore leaves the old word and follows on", async () => {
    const [kept, ignored] = [started.take(), started.take()];
    after.move(deployment, kept, 'In Review');
    await after.sweepProgress(deployment);
    await after.craftFieldIs(deployment, kept, 'dev_status', 'In Review');

    await configure({ progress: { unmapped: 'ignore' } });
    after.move(deployment, ignored, 'In Review');
    await after.sweepProgress(deployment);
    const hasSeen = async (): Promise<boolean> => (await after.rowOf(deployment, ignored)).devStatus === 'In Review';
    await until('the row knows the word', hasSeen);
    after.move(deployment, ignored, 'In Progress');
    await after.sweepProgress(deployment);
    await after.craftFieldIs(deployment, ignored, 'dev_status', 'In development');
    expect(after.valuesWritten(deployment, ignored, 'dev_status')).toEqual(['To do', 'In development']);
    expect((await after.inPhase(deployment, ignored, 'following')).lastError).toBeNull();
  }, 40_000);

  it('onDropped: flag pushes the word and leaves the rest to a person; release takes the lock away', async () => {
    const [flagged, released] = [started.take(), started.take()];
    after.move(deployment, flagged, 'Dropped');
    await after.sweepProgress(deployment);
    await after.craftFieldIs(deployment, flagged, 'dev_status', 'Dropped');
    await after.craftFieldIs(deployment, flagged, 'dev_state', /dropped in km: a person decides/);
    expect(await after.rowOf(deployment, flagged)).toMatchObject({ phase: 'following' });

    await configure({ progress: { onDropped: 'release' } });
    after.move(deployment, released, 'Dropped');
    await after.sweepProgress(deployment);
    await after.inPhase(deployment, released, 'released');
    expect(after.craftField(deployment, released, 'dev_status')).toBe('Dropped');
    expect(after.craftField(deployment, released, 'dev_lock') ?? '').toBe('');
  }, 120_000);

  it('a closed item settles, is done, and is taken up again when it is reopened', async () => {
    const [early, late] = [started.take(), started.take()];
    for (const link of [early, late]) after.move(deployment, link, 'Done');
    await after.sweepProgress(deployment);
    await after.inPhase(deployment, early, 'settling');
    after.move(deployment, early, 'In Progress');
    await after.sweepProgress(deployment);
    expect(await after.inPhase(deployment, early, 'following')).toMatchObject({ settlingSince: null });

    await after.inPhase(deployment, late, 'done');
    expect(isLocked(deployment.sandbox, late.craftItemId)).toBe(true);
    await after.craftFieldIs(deployment, late, 'dev_state', /^Done as /);
    after.move(deployment, late, 'In Progress');
    await after.sweepProgress(deployment);
    await after.craftFieldIs(deployment, late, 'dev_status', 'In development');
    await after.inPhase(deployment, late, 'following');
    await after.craftFieldIs(deployment, late, 'dev_state', /^In sync with /);
    expect(after.devItemsOf(deployment, late)).toEqual([late.devItemId]);
  }, 120_000);

  it('many dev items gone at once: nobody is orphaned, the connection pauses, and resume goes on', async () => {
    const gone = Array.from({ length: 8 }, () => started.take());
    for (const link of gone) deleteDevItem(link);
    await after.sweepProgress(deployment);
    const pausedBy = async (): Promise<string | undefined> =>
      (await deployment.ledger.connections.paused('km'))?.reason;
    await until('the connection is paused', async () => (await pausedBy()) === 'mass-deletion');
    await until('all of them say why', async () => {
      const rows = await Promise.all(gone.map((link) => after.rowOf(deployment, link)));
      return rows.every(({ blockedBy }) => blockedBy === 'mass-deletion');
    });
    const rows = await Promise.all(gone.map((link) => after.rowOf(deployment, link)));
    expect(rows.map(({ phase }) => phase)).toEqual(gone.map(() => 'following'));
    const status = await deployment.run('status');
    expect(status.stdout).toContain('mass-deletion');

    const resumed = await deployment.run('resume', 'km');
    expect(resumed).toMatchObject({ exitCode: 0, stderr: '' });
    expect(resumed.stdout).toContain('km is resumed');
    for (const link of gone) await after.inPhase(deployment, link, 'orphaned');
    expect(await pausedBy()).toBeUndefined();
  }, 120_000);
});
