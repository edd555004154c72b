/**
 * `maxNewPerSweep` keeps a first run or a wrong rule from flooding the dev tool (design 4): what is said, and what is
 * done.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedReadyItems } from '../../../sandbox/seeding/seedWorld.js';
import { eventually, startDeployment, type TestDeployment } from '../../harness/deployment/deployment.js';
import * as after from '../../harness/deployment/followed.js';
import { handOverFacts } from '../../harness/deployment/handOverCheck.js';
import { wordsOf } from '../../harness/words.js';

const SELDOM = { sweepEvery: '100 hours', driftEvery: '200 hours' };

let deployment: TestDeployment;

beforeAll(async () => {
  deployment = await startDeployment({ items: 0, configuration: { pipeline: SELDOM } });
  await deployment.startWorker();
  expect(await deployment.run('apply')).toMatchObject({ exitCode: 0 });
}, 240_000);
afterAll(async () => {
  await deployment.close();
}, 120_000);

/** Triggers the schedule; resolves when the run that it started has ended. */
async function scheduledSweep(): Promise<void> {
  const lastEnd = async (): Promise<string | null> => {
    const sweeps = await deployment.ledger.connections.sweeps();
    return sweeps.find(({ scheduleId }) => scheduleId === 'ready-sweep:mobile')?.endedAt ?? null;
  };
  const before = await lastEnd();
  await deployment.temporal.client.schedule.getHandle('ready-sweep:mobile').trigger();
  await eventually(async () => (await lastEnd()) !== before, 'the scheduled sweep has ended');
}

function heldBack(found: number, maxNew: number): string {
  return (
    `mass-creation: ${found} new items are more than maxNewPerSweep (${maxNew}); none was started. ` +
    'Check them with craftsync preview mobile, then run craftsync sweep mobile --all'
  );
}

async function expectNothingStarted(): Promise<void> {
  expect(await handOverFacts(deployment)).toMatchObject({ devItems: 0, locked: 0, links: [] });
}

describe('integration/handOver/massCreation: mass creation', () => {
  it('starts none of 1,001 ready items by schedule or by hand, and says why and what to do', async () => {
    seedReadyItems(deployment.sandbox.world, 1_001);
    await scheduledSweep();
    await expectNothingStarted();
    const status = await deployment.run('status');
    expect(status.stdout).toContain('Held-back sweeps');
    expect(wordsOf(status.stdout)).toContain(heldBack(1_001, 1_000));

    expect(await deployment.run('sweep', 'mobile')).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `craftsync: ${heldBack(1_001, 1_000)}\n`,
    });
    const json = await deployment.run('sweep', 'mobile', '--json');
    expect(json.exitCode).toBe(1);
    expect(JSON.parse(json.stdout)).toEqual({
      found: 1_001,
      started: 0,
      known: 1_001,
      failed: 0,
      heldBack: heldBack(1_001, 1_000),
    });
    await expectNothingStarted();

    const preview = await deployment.run('preview', 'mobile');
    expect(preview.stdout).toContain(
      '1,001 items ready in mobile: 1,001 would be created, 0 blocked. Nothing was written.',
    );
    expect(preview.stdout).toContain('A sweep would start none of them: they are more than maxNewPerSweep (1,000).');
  }, 120_000);

  it('starts them all with --all, and then by schedule as many as are allowed', async () => {
    const { craft } = deployment.sandbox.world;
    const surplus = [...craft.items.values()].slice(12);
    for (const { id } of surplus) after.act(deployment, { as: 'product-manager', action: 'delete', id });
    await deployment.configure(after.quick({ pipeline: { ...SELDOM, maxNewPerSweep: 11 } }));
    await after.sweepReady(deployment);
    await expectNothingStarted();

    const all = await deployment.run('sweep', 'mobile', '--all', '--json');
    expect(all).toMatchObject({ exitCode: 0, stderr: '' });
    expect(JSON.parse(all.stdout)).toEqual({ found: 12, started: 12, known: 0, failed: 0 });
    await followed(12);

    seedReadyItems(deployment.sandbox.world, 3);
    await scheduledSweep();
    await followed(15);
    const status = await deployment.run('status');
    expect(status.stdout).not.toContain('Held-back sweeps');
  }, 120_000);
});

async function followed(count: number): Promise<void> {
  await eventually(async () => {
    const { links } = await handOverFacts(deployment);
    return links.length === count && links.every(({ phase }) => phase === 'following');
  }, `${count} items are followed`);
  expect(await handOverFacts(deployment)).toMatchObject({ devItems: count, locked: count, broken: [] });
}
