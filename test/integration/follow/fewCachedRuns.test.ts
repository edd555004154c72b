/** A worker that keeps almost no run in memory: each step begins with a run that is made again from its history. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ItemLink } from '../../../domain/link.js';
import { startDeployment, type TestDeployment } from '../../harness/deployment/deployment.js';
import * as after from '../../harness/deployment/followed.js';
import { allHandedOver } from '../../harness/deployment/handOver.js';
import { readyCount } from '../../harness/deployment/handOverCheck.js';

const KEPT = 2;

describe('integration/follow/fewCachedRuns', () => {
  let deployment: TestDeployment;
  let links: readonly ItemLink[];
  let readyLine: string;

  beforeAll(async () => {
    deployment = await startDeployment({ items: 12 });
    const worker = await deployment.startWorker({ CRAFTSYNC_WORKER_CACHED_RUNS: String(KEPT) });
    readyLine = await worker.waitForLine(/the worker is ready/);
    const ready = readyCount(deployment);
    await after.sweepReady(deployment);
    await allHandedOver(deployment, ready);
    links = await deployment.ledger.links.list({ pipeline: 'mobile', phases: ['following'] });
  }, 300_000);
  afterAll(() => deployment.close(), 60_000);

  it('keeps as many runs as it is told', () => {
    expect(JSON.parse(readyLine)).toMatchObject({ cachedRuns: KEPT });
  });

  it(
    'brings the progress of all items to Craft.io, and does what an operator orders',
    { timeout: 120_000 },
    async () => {
      expect(links.length).toBeGreaterThan(2 * KEPT);
      for (const link of links) after.move(deployment, link, 'In Progress');
      await after.sweepProgress(deployment);
      for (const link of links) await after.craftFieldIs(deployment, link, 'dev_status', 'In development');
      const { outcome } = await after.update(deployment, links[0] ?? after.never('no item'), 'resyncNow');
      expect(outcome).toBe('unchanged');
    },
  );
});
