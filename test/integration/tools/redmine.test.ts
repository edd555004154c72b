/** Redmine the whole way, through a real worker, Temporal and Postgres, over the sandbox's Redmine. */
import { afterEach, describe, expect, it } from 'vitest';
import type { SandboxOptions } from '../../../sandbox/sandbox.js';
import { eventually, startDeployment, type TestDeployment } from '../../harness/deployment/deployment.js';
import { craftField, rowOf } from '../../harness/deployment/followed.js';
import { allHandedOver, SEED, sweep } from '../../harness/deployment/handOver.js';
import { handOverFacts, isLocked, readyCount } from '../../harness/deployment/handOverCheck.js';
import { inRedmine, toRedmine } from '../../harness/deployment/tools/redmine.js';

let deployment: TestDeployment | null = null;
afterEach(async () => {
  await deployment?.close();
  deployment = null;
}, 60_000);

async function start(options: Partial<SandboxOptions> = {}, own: object = {}): Promise<TestDeployment> {
  const started = await startDeployment({ seed: SEED, ...options });
  deployment = started;
  await started.configure(toRedmine(started.sandbox, { ...own }));
  return started;
}

describe('integration/tools/redmine: Redmine', () => {
  it('ready, created, locked, progress back, done; moved to another project it is followed there', async () => {
    const deployed = await start({ items: 12 }, { inventoryEvery: '1 second' });
    const { sandbox } = deployed;
    await deployed.startWorker();
    const ready = readyCount(deployed);
    await sweep(deployed);
    await allHandedOver(deployed, ready);
    const [first, second] = (await handOverFacts(deployed)).links.filter(({ phase }) => phase === 'following');
    if (first === undefined || second === undefined) throw new Error('too few items are ready');
    const id = first.devItemId ?? '';
    expect(craftField(deployed, first, 'dev_link')).toBe(`${sandbox.tools.redmine.baseUrl}/issues/${id}`);
    expect(craftField(deployed, first, 'dev_key')).toBe(`#${id}`);
    expect(isLocked(sandbox, first.craftItemId)).toBe(true);

    const progressIs = async (status: string, words: string): Promise<void> => {
      inRedmine(sandbox, { action: 'move', id, status });
      await deployed.run('progress', 'rm', '--json');
      await eventually(() => Promise.resolve(craftField(deployed, first, 'dev_status') === words), words);
    };
    await progressIs('In Progress', 'In development');
    inRedmine(sandbox, { action: 'move-place', id, place: 'web' });
    // An issue that left the project is in none of its feeds; only an inventory misses it, and that comes with the
    // first sweep a second after the last inventory. A sweep before that sees no move and no deletion.
    await eventually(async () => {
      await deployed.run('progress', 'rm', '--json');
      return (await rowOf(deployed, first)).devScope === '2';
    }, 'its new project is known');
    await progressIs('Closed', 'Done');
    await eventually(async () => (await rowOf(deployed, first)).phase === 'settling', 'the first item settles');

    inRedmine(sandbox, { action: 'delete', id: second.devItemId ?? '' });
    await eventually(async () => {
      await deployed.run('progress', 'rm', '--json');
      return (await rowOf(deployed, second)).phase === 'orphaned';
    }, 'the second item is orphaned');
  }, 240_000);

  it('creates each item once when a fifth of the answers is lost', async () => {
    const fault = { kind: 'lose-answer', applied: true, silence: 'reset' } as const;
    const lost = { mounts: ['redmine' as const], methods: ['POST'], share: 0.2, fault };
    const deployed = await start({ items: 24, faults: { rules: [lost], listLagMs: { redmine: 800 } } });
    await deployed.startWorker();
    const ready = readyCount(deployed);
    await sweep(deployed);
    expect(await allHandedOver(deployed, ready)).toBeGreaterThan(10);
    const losses = deployed.sandbox.records.list({ mount: 'redmine' }).filter((record) => record.fault !== null);
    expect(losses.length).toBeGreaterThan(0);
  }, 240_000);
});
