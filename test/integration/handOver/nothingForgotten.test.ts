/**
 * A run that was terminated by hand during a hand-over: its item is taken up again and gets one dev item (design 4).
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ItemLink } from '../../../domain/link.js';
import type { FaultRule } from '../../../sandbox/http/faults.js';
import { seedReadyItems } from '../../../sandbox/seeding/seedWorld.js';
import { eventually, startDeployment, type TestDeployment } from '../../harness/deployment/deployment.js';
import * as after from '../../harness/deployment/followed.js';
import { handOverFacts, isLocked } from '../../harness/deployment/handOverCheck.js';
import { isRunning, letPass, terminateRun } from '../../harness/deployment/lostRuns.js';

let deployment: TestDeployment;

beforeAll(async () => {
  deployment = await startDeployment({
    items: 0,
    // Schedules that `apply` makes must not come first.
    configuration: after.quick({ pipeline: { sweepEvery: '7 days', driftEvery: '31 days' } }),
  });
  await deployment.startWorker();
}, 240_000);
afterEach(() => {
  deployment.sandbox.faults.clear();
});
afterAll(async () => {
  await deployment.close();
}, 120_000);

/** Sweeps one new ready item under the rule until its row is as wanted, then terminates its run. */
async function lostWhen(rule: FaultRule, isThere: (link: ItemLink) => boolean): Promise<ItemLink> {
  deployment.sandbox.faults.add({ rules: [rule] });
  const [craftItemId = ''] = seedReadyItems(deployment.sandbox.world, 1);
  await after.sweepReady(deployment);
  const link = await eventually(async () => {
    const row = await deployment.ledger.links.get({ pipeline: 'mobile', craftItemId });
    return row !== null && isThere(row) && row;
  }, 'the hand-over is where its run is to be lost');
  await terminateRun(deployment, link);
  deployment.sandbox.faults.clear();
  return link;
}

async function expectHandedOverOnce(link: ItemLink): Promise<void> {
  const row = await after.inPhase(deployment, link, 'following');
  expect(after.devItemsOf(deployment, link)).toEqual([row.devItemId]);
  expect(isLocked(deployment.sandbox, link.craftItemId)).toBe(true);
  expect((await handOverFacts(deployment)).broken).toEqual([]);
}

function creates(): number {
  return deployment.sandbox.records.counters().find(({ route }) => route === '/workitem')?.applied ?? 0;
}

/** For the lock of the item. */
const REFUSED_PUT: FaultRule = { mounts: ['craft-guide'], methods: ['PUT'], fault: { kind: 'status', status: 503 } };
/** For what the create has to read of the tool: a new ledger is compared with it first. */
const REFUSED_LOOK_UP: FaultRule = { mounts: ['kitemaker-graphql'], fault: { kind: 'status', status: 503 } };
const LOST_CREATE: FaultRule = {
  mounts: ['kitemaker-rest'],
  methods: ['POST'],
  routes: ['/workitem'],
  fault: { kind: 'lose-answer', applied: true, silence: 'hang' },
};

describe('integration/handOver/nothingForgotten: nothing is forgotten', () => {
  it('a run lost before the create: apply starts it again once its row is untouched for ten minutes', async () => {
    const link = await lostWhen(REFUSED_LOOK_UP, ({ phase, blockedBy }) => phase === 'creating' && blockedBy !== null);
    expect(link).toMatchObject({ sentAt: null, devItemId: null });
    await letPass(deployment, link, 9);
    expect((await deployment.run('apply')).stdout).not.toContain('started again');
    expect(await isRunning(deployment, link)).toBe(false);

    await letPass(deployment, link, 2);
    const applied = await deployment.run('apply');
    expect(applied.exitCode).toBe(0);
    // What the last try before the loss has left, true until the next one.
    expect(applied.stderr).toMatch(
      /^mobile: nothing is created, because the markers in km cannot be compared .*503.*\n$/,
    );
    expect(applied.stdout).toBe('started again: 1 item of mobile whose workflow was not running\n');
    await expectHandedOverOnce(link);
  }, 180_000);

  it('a run lost between create and lock, its item no longer ready: the ready sweep starts it again after ten minutes', async () => {
    const before = creates();
    const link = await lostWhen(REFUSED_PUT, ({ phase, blockedBy }) => phase === 'locking' && blockedBy !== null);
    expect(link.devItemId).not.toBeNull();
    after.act(deployment, { as: 'product-manager', action: 'unready', id: link.craftItemId });
    await after.sweepReady(deployment);
    expect(await isRunning(deployment, link)).toBe(false);
    expect(isLocked(deployment.sandbox, link.craftItemId)).toBe(false);

    await letPass(deployment, link, 11);
    await after.sweepReady(deployment);
    await expectHandedOverOnce(link);
    expect(creates() - before).toBe(1);
  }, 180_000);

  it('a run lost together with the answer to its create, its item still ready: the next ready sweep starts it again at once', async () => {
    const before = creates();
    const link = await lostWhen(LOST_CREATE, ({ sentAt, uncertainCreates }) => sentAt !== null && uncertainCreates > 0);
    expect(link.devItemId).toBeNull();
    await after.sweepReady(deployment);
    await expectHandedOverOnce(link);
    expect(creates() - before).toBe(1);
  }, 180_000);
});
