/** A changed configuration: schedules follow it, and the items of a pipeline that was taken out pause (design 7). */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ItemLink } from '../../../domain/link.js';
import { seedReadyItems } from '../../../sandbox/seeding/seedWorld.js';
import {
  eventually,
  startDeployment,
  type ConfigurationChanges,
  type TestDeployment,
} from '../../harness/deployment/deployment.js';
import * as after from '../../harness/deployment/followed.js';

/** Long intervals, so that no schedule fires during a test. */
const SELDOM = { sweepEvery: '100 hours', driftEvery: '200 hours' };

let deployment: TestDeployment;
let links: readonly ItemLink[] = [];

beforeAll(async () => {
  deployment = await startDeployment({ items: 0 });
  await configure({});
  seedReadyItems(deployment.sandbox.world, 2);
  await deployment.startWorker();
  await deployment.run('apply');
  await after.sweepReady(deployment);
  links = await eventually(async () => {
    const rows = await deployment.ledger.links.list({ pipeline: 'mobile', phases: ['following'] });
    return rows.length === 2 && rows;
  }, 'both items are followed');
}, 240_000);
afterAll(async () => {
  await deployment.close();
}, 120_000);

/** Besides `mobile` there is always `branch`, for another workspace. */
async function configure({ km, pipeline, pipelines }: ConfigurationChanges): Promise<void> {
  const other = [...deployment.sandbox.world.craft.workspaces.values()].at(-1)?.id ?? '';
  const { spaces } = deployment.sandbox.tools.kitemaker;
  const branch = { source: { workspace: other }, target: { spaceId: spaces.at(-1)?.id ?? '' } };
  const changes = {
    km: { progressEvery: '50 hours', ...km },
    pipeline: { ...SELDOM, ...pipeline },
    pipelines: { branch, ...pipelines },
  };
  await deployment.configure(after.quick(changes));
}

/** The schedules that Temporal has: id → interval in hours. */
async function schedules(): Promise<Readonly<Record<string, number>>> {
  const { client } = deployment.temporal;
  const found: Record<string, number> = {};
  for (const id of ['ready-sweep', 'drift-sweep'].flatMap((of) => [`${of}:mobile`, `${of}:branch`])) {
    await note(id);
  }
  await note('progress-sweep:km');
  return found;

  async function note(id: string): Promise<void> {
    const described = await client.schedule
      .getHandle(id)
      .describe()
      .catch(() => null);
    if (described !== null) found[id] = (described.spec.intervals?.[0]?.every ?? 0) / 3_600_000;
  }
}

async function apply(): Promise<readonly string[]> {
  const { exitCode, stdout, stderr } = await deployment.run('apply');
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return stdout.trimEnd().split('\n');
}

const ALL = {
  'drift-sweep:branch': 200,
  'drift-sweep:mobile': 200,
  'progress-sweep:km': 50,
  'ready-sweep:branch': 100,
  'ready-sweep:mobile': 100,
};

describe('integration/operator/configurationChanges: configuration changes', () => {
  it('lets the schedules follow changed intervals', async () => {
    expect(await schedules()).toEqual(ALL);
    await configure({ km: { progressEvery: '25 hours' }, pipelines: { mobile: { sweepEvery: '99 hours' } } });
    expect(await apply()).toEqual([
      'schedule: updated progress-sweep:km: every 25 hours, was 50 hours',
      'schedule: updated ready-sweep:mobile: every 99 hours, was 100 hours',
    ]);
    expect(await schedules()).toEqual({ ...ALL, 'progress-sweep:km': 25, 'ready-sweep:mobile': 99 });
    await configure({});
    await apply();
    expect(await schedules()).toEqual(ALL);
  }, 180_000);

  it('pauses the items of a pipeline that was taken out, says so on both sides, and writes no progress', async () => {
    await configure({ pipelines: { mobile: null } });
    expect(await apply()).toEqual([
      'schedule: deleted drift-sweep:mobile',
      'schedule: deleted ready-sweep:mobile',
      'removed: mobile is no longer configured; 2 live items woken, to pause as pipeline-removed',
    ]);
    expect(Object.keys(await schedules()).sort()).toEqual([
      'drift-sweep:branch',
      'progress-sweep:km',
      'ready-sweep:branch',
    ]);
    for (const link of links) {
      expect(await after.inPhase(deployment, link, 'paused')).toMatchObject({ blockedBy: 'pipeline-removed' });
      await after.craftFieldIs(deployment, link, 'dev_state', 'Paused: the pipeline mobile is no longer configured');
    }
    const status = await deployment.run('status', 'mobile');
    expect(status.stdout).toContain('paused (pipeline-removed)');
    expect(status.stdout).toContain('the pipeline mobile is no longer configured');
    expect(status.stdout).toContain('no longer configured: mobile');
    expect(await apply()).toEqual([expect.stringMatching(/^nothing to change: /) as string]);

    for (const link of links) after.move(deployment, link, 'In Progress');
    await after.sweepProgress(deployment);
    await sleep(1_500);
    for (const link of links) expect(after.craftField(deployment, link, 'dev_status')).toBe('To do');
  }, 180_000);

  it('goes on with them when the pipeline is put back', async () => {
    await configure({});
    expect(await apply()).toEqual([
      'schedule: created drift-sweep:mobile, every 200 hours',
      'schedule: created ready-sweep:mobile, every 100 hours',
      'restored: mobile is configured again; 2 items woken',
    ]);
    expect(await schedules()).toEqual(ALL);
    for (const link of links) {
      await after.craftFieldIs(deployment, link, 'dev_status', 'In development');
      await after.inPhase(deployment, link, 'following');
      await after.craftFieldIs(deployment, link, 'dev_state', `In sync with ${link.devItemKey ?? ''}.`);
      expect(after.devItemsOf(deployment, link)).toEqual([link.devItemId]);
    }
  }, 180_000);

  it('pauses an item during its hand-over with its next step, and finishes the hand-over when the pipeline is back', async () => {
    const { faults, world } = deployment.sandbox;
    faults.add({ rules: [{ mounts: ['craft-guide'], methods: ['PUT'], fault: { kind: 'status', status: 503 } }] });
    const [craftItemId = ''] = seedReadyItems(world, 1);
    await after.sweepReady(deployment);
    const link = await eventually(async () => {
      const row = await deployment.ledger.links.get({ pipeline: 'mobile', craftItemId });
      return row?.phase === 'locking' && row.blockedBy === 'tool-down' && row;
    }, 'the lock is refused');
    await configure({ pipelines: { mobile: null } });
    expect(await after.inPhase(deployment, link, 'paused')).toMatchObject({ blockedBy: 'pipeline-removed' });
    faults.clear();
    await configure({});
    await apply();
    await after.inPhase(deployment, link, 'following');
    expect(after.devItemsOf(deployment, link)).toEqual([link.devItemId]);
  }, 180_000);
});
