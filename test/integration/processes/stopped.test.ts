/** A worker that is stopped (SIGSTOP) in the middle of a workflow's code, as by a paused container or machine. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedReadyItems } from '../../../sandbox/seeding/seedWorld.js';
import { startDeployment, type TestDeployment } from '../../harness/deployment/deployment.js';
import { quick, sweepReady } from '../../harness/deployment/followed.js';

/** Longer than the SDK lets a workflow's code run by default, which is five seconds. */
const STOPPED_MS = 5_500;
const STOPS = 6;

let deployment: TestDeployment;
beforeAll(async () => {
  deployment = await startDeployment({ items: 0, configuration: quick({}) });
}, 120_000);
afterAll(() => deployment.close(), 60_000);

describe('integration/processes/stopped: a worker that is stopped and woken', () => {
  it('goes on, wherever it was', async () => {
    const worker = await deployment.startWorker();
    let ending: string | null = null;
    void worker.ended.then(({ words }) => (ending = words));
    for (let stop = 0; stop < STOPS; stop += 1) {
      seedReadyItems(deployment.sandbox.world, 25);
      const swept = sweepReady(deployment).catch(() => undefined);
      await sleep(700 + stop * 130);
      worker.freeze();
      await sleep(STOPPED_MS);
      worker.thaw();
      await Promise.race([swept, sleep(3_000)]);
      expect(ending, worker.lines.slice(-8).join('\n')).toBeNull();
    }
  }, 180_000);
});
