/**
 * Craft.io's progress under reordering, failure and mass changes, and what it costs in calls (design 4; invariant I3).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ItemLink } from '../../../domain/link.js';
import { seedReadyItems } from '../../../sandbox/seeding/seedWorld.js';
import { eventually, type ConfigurationChanges, type TestDeployment } from '../../harness/deployment/deployment.js';
import * as after from '../../harness/deployment/followed.js';

/** Schedules made by `apply` must not come into the middle of a count. */
const SELDOM: ConfigurationChanges = {
  km: { progressEvery: '7 days' },
  pipeline: { sweepEvery: '7 days', driftEvery: '31 days' },
};
const FEW = 12;
const MANY = Number(process.env['CRAFTSYNC_TEST_ITEMS'] ?? 60);
/** A hand-over takes a fraction of a second. */
const MANY_MS = 90_000 + MANY * 500;

let started: after.Followed;
let deployment: TestDeployment;

beforeAll(async () => {
  started = await after.startFollowed(21, SELDOM);
  ({ deployment } = started);
}, 240_000);
afterAll(async () => {
  await deployment.close();
}, 120_000);

async function followed(): Promise<readonly ItemLink[]> {
  return deployment.ledger.links.list({ pipeline: 'mobile', phases: ['following'] });
}

/** What the tool says about a dev item now, as a feed reports it. */
function snapshotOf(link: ItemLink): { id: string; status: string; updatedAt: string } & Record<string, unknown> {
  const kitemaker = deployment.sandbox.world.tools.kitemaker.world;
  const item = kitemaker.workItems.get(link.devItemId ?? '') ?? after.never('the dev item is gone');
  const { devItemKey: key, devItemUrl: url } = link;
  return { id: item.id, key, url, status: kitemaker.statusOf(item).name, updatedAt: item.updatedAt };
}

function callsToTheTool(): number {
  const { records } = deployment.sandbox;
  return records.total('kitemaker-rest') + records.total('kitemaker-graphql');
}

/** HTTP calls, to both sides, of ten progress sweeps. */
async function callsOfTenSweeps(): Promise<number> {
  const before = deployment.sandbox.records.total();
  for (let sweep = 0; sweep < 10; sweep += 1) await after.sweepProgress(deployment);
  return deployment.sandbox.records.total() - before;
}

/** Until no request was made for a while. */
async function quiet(): Promise<void> {
  let seen = -1;
  await eventually(async () => {
    const before = seen;
    seen = deployment.sandbox.records.total();
    await sleep(1_500);
    return before === seen;
  }, 'nothing is written any more');
}

/**
 * Until nothing can become visible late (`readAfterWrite`, the feed's overlap and the clocks' difference), and a sweep
 * has seen that.
 */
async function settled(): Promise<void> {
  await quiet();
  await sleep(7_000);
  await after.sweepProgress(deployment);
}

describe('integration/follow/progress', () => {
  it('never puts an older state over a newer one when news comes in the wrong order', async () => {
    const link = started.take();
    await sleep(20);
    after.move(deployment, link, 'In Progress');
    const older = snapshotOf(link);
    await sleep(20);
    after.move(deployment, link, 'In Review');
    const newer = snapshotOf(link);
    await after.signal(deployment, link, 'devItemChanged', { snapshot: newer });
    await after.craftFieldIs(deployment, link, 'dev_status', 'In Review');
    await after.signal(deployment, link, 'devItemChanged', { snapshot: older });
    await after.update(deployment, link, 'resyncNow');
    await after.signal(deployment, link, 'devItemChanged', { snapshot: older });
    await after.signal(deployment, link, 'devItemChanged', { snapshot: newer });
    await after.update(deployment, link, 'resyncNow');
    expect(after.valuesWritten(deployment, link, 'dev_status')).toEqual(['To do', 'In Review']);
  }, 120_000);

  it('reads the dev item again when news has the time of what was pushed', async () => {
    const link = started.take();
    const { devUpdatedAt } = await after.rowOf(deployment, link);
    const reads = callsToTheTool();
    await after.signal(deployment, link, 'devItemChanged', {
      snapshot: { ...snapshotOf(link), status: 'Done', updatedAt: devUpdatedAt },
    });
    await eventually(() => Promise.resolve(callsToTheTool() > reads), 'the dev item is read');
    await after.update(deployment, link, 'resyncNow');
    expect(after.valuesWritten(deployment, link, 'dev_status')).toEqual(['To do']);
  }, 120_000);

  it('brings a changed mapping to all followed items by apply, without a call to the tool', async () => {
    const first = await deployment.run('apply');
    expect(first).toMatchObject({ exitCode: 0, stderr: '' });
    await quiet();
    const links = (await followed()).filter(({ devStatus }) => devStatus === 'To do');
    expect(links.length).toBeGreaterThan(5);
    const calls = callsToTheTool();
    const statuses = { 'To do': 'Planned' };
    await deployment.configure(after.quick({ ...SELDOM, pipeline: { ...SELDOM.pipeline, progress: { statuses } } }));
    // A running worker reads the file at most once a second.
    await sleep(1_200);
    expect(await deployment.run('apply')).toMatchObject({ exitCode: 0, stderr: '' });
    for (const link of links) await after.craftFieldIs(deployment, link, 'dev_status', 'Planned');
    await quiet();
    expect(callsToTheTool() - calls).toBe(0);
    const again = deployment.sandbox.records.total();
    expect(await deployment.run('apply')).toMatchObject({ exitCode: 0 });
    await quiet();
    expect(deployment.sandbox.records.total()).toBe(again);
  }, 120_000);

  it(
    'makes as many calls for many followed items as for few while nothing changes, and loses none of many changes',
    async () => {
      const few = await followed();
      expect(few.length).toBeGreaterThanOrEqual(FEW - 1);
      await after.sweepProgress(deployment);
      await quiet();
      const callsForFew = await callsOfTenSweeps();

      seedReadyItems(deployment.sandbox.world, MANY - few.length);
      await after.sweepReady(deployment);
      await eventually(async () => (await followed()).length === MANY, `${MANY} items are followed`, MANY_MS);
      await settled();
      expect(await callsOfTenSweeps()).toBe(callsForFew);

      const links = await followed();
      for (const link of links) after.move(deployment, link, 'In Review');
      await after.sweepProgress(deployment);
      for (const link of links) await after.craftFieldIs(deployment, link, 'dev_status', 'In Review');
      await settled();
      expect(await callsOfTenSweeps()).toBe(callsForFew);
      console.error(`${callsForFew} calls in ten sweeps, with ${few.length} followed items and with ${MANY}`);
    },
    120_000 + MANY_MS,
  );

  it('repeats a write that fails until it is in', async () => {
    const link = started.take();
    const { faults, records } = deployment.sandbox;
    const [rule] = faults.add({
      rules: [
        {
          mounts: ['craft-guide'],
          methods: ['PUT'],
          mentions: link.craftItemId,
          next: 2,
          fault: { kind: 'status', status: 503 },
        },
      ],
    });
    const since = records.list().at(-1)?.seq ?? 0;
    after.move(deployment, link, 'In Progress');
    await after.sweepProgress(deployment);
    await after.craftFieldIs(deployment, link, 'dev_status', 'In development');
    const puts = records
      .list({ mount: 'craft-guide', method: 'PUT', sinceSeq: since })
      .filter(({ path }) => path.includes(link.craftItemId));
    expect(puts.map(({ status }) => status)).toEqual([503, 503, 200]);
    faults.remove(rule ?? 0);
    const row = await after.inPhase(deployment, link, 'following');
    expect(row).toMatchObject({ blockedBy: null, lastError: null, devStatus: 'In Progress' });
  }, 120_000);
});
