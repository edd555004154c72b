/** Workers that lack the key of what Temporal keeps: commands say which key, and what to do, instead of waiting. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedReadyItems } from '../../../sandbox/seeding/seedWorld.js';
import { eventually, startDeployment, type TestDeployment } from '../../harness/deployment/deployment.js';
import type { Program } from '../../harness/servers/program.js';

const KEYS = { CRAFTSYNC_ENCRYPTION_KEYS: `k7:${randomBytes(32).toString('base64')}` };
const WHICH_KEY =
  /its worker \S+ fails: .*encrypted with the key k7, and CRAFTSYNC_ENCRYPTION_KEYS is not set here: set it to the keys .*; mend that at the workers/;

let deployment: TestDeployment;
let deaf: Program;

beforeAll(async () => {
  deployment = await startDeployment({ items: 0 });
  const worker = await deployment.startWorker(KEYS);
  seedReadyItems(deployment.sandbox.world, 1);
  await deployment.runWith(KEYS, 'sweep', 'mobile');
  const followed = () => deployment.ledger.links.list({ pipeline: 'mobile', phases: ['following'] });
  await eventually(async () => (await followed()).length > 0, 'an item is followed', 120_000);
  await worker.stop();
  deaf = await deployment.startWorker();
}, 360_000);
afterAll(() => deployment.close(), 120_000);

async function expectNamed(...args: string[]): Promise<void> {
  const startedAt = performance.now();
  const { exitCode, stderr } = await deployment.runWith(KEYS, ...args);
  expect([exitCode, stderr.trim().split('\n').length]).toEqual([1, 1]);
  expect(stderr).toMatch(WHICH_KEY);
  expect(performance.now() - startedAt).toBeLessThan(90_000);
}

describe('integration/access/missingKey', { timeout: 300_000 }, () => {
  it('a verb says which key the workers lack', async () => {
    const [link] = await deployment.ledger.links.list({ pipeline: 'mobile' });
    await expectNamed('resync', 'mobile', link?.craftShortId ?? '');
    await expectNamed('release', 'mobile', link?.craftShortId ?? '');
  });

  it('a sweep that no worker can begin says it, too, and goes on when one has the key', async () => {
    await expectNamed('progress', 'km');
    await deaf.stop();
    await deployment.startWorker(KEYS);
    await eventually(
      async () => (await deployment.runWith(KEYS, 'progress', 'km')).exitCode === 0,
      'the sweep ends',
      180_000,
    );
  });
});
