/**
 * Exactly once while workers are killed, doubled or stopped (I1, I2). To run it in full:
 * harness/deployment/exactlyOnce.ts.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, it } from 'vitest';
import type { FaultPlan } from '../../../sandbox/http/faults.js';
import {
  CASE_MS,
  creates,
  expectAllHandedOver,
  isDone,
  SEED,
  startFaulty,
  sweepInBackground,
  type FaultyDeployment,
} from '../../harness/deployment/exactlyOnce.js';

/** The worker is killed this often, or until all is done. */
const KILLS = Number(process.env['CRAFTSYNC_TEST_KILLS'] ?? 5);

let deployment: FaultyDeployment | null = null;
afterEach(async () => {
  await deployment?.close();
  deployment = null;
}, 60_000);

async function start(faults: FaultPlan = {}): Promise<FaultyDeployment> {
  deployment = await startFaulty(faults);
  return deployment;
}

describe('integration/handOver/killedWorkers', () => {
  it(
    'survives kill -9 of the worker at random moments, again and again',
    async () => {
      const deployed = await start();
      await sweepInBackground(deployed);
      let kills = 0;
      for (; kills < KILLS && !(await isDone(deployed)); kills += 1) {
        const worker = await deployed.startWorker();
        await sleep(700 + ((SEED * 7919 * (kills + 1)) % 2_500));
        await worker.kill();
      }
      await deployed.startWorker();
      await expectAllHandedOver(deployed);
      console.error(`killed ${kills} times`);
    },
    CASE_MS,
  );

  it(
    'creates each item once with two workers and two sweeps at the same moment',
    async () => {
      const deployed = await start();
      await Promise.all([deployed.startWorker(), deployed.startWorker()]);
      await sweepInBackground(deployed);
      await deployed.temporal.client.workflow.start('readySweep', {
        taskQueue: 'craftsync',
        workflowId: 'ready-sweep:mobile-2026-11-21T10:00:00Z',
        args: [{ pipeline: 'mobile' }],
      });
      await expectAllHandedOver(deployed);
    },
    CASE_MS,
  );

  it(
    'sends nothing late from a worker that was stopped and woken after its successor',
    async () => {
      // Connections to the tool take longer than the lease, so that the stop falls between the lease and the request.
      const deployed = await start({ rules: [{ ...creates(0.3), fault: { kind: 'latency', ms: 400 } }] });
      const first = await deployed.startWorker();
      await sweepInBackground(deployed);
      await sleep(1_500);
      first.freeze();
      await deployed.startWorker();
      await sleep(25_000);
      first.thaw();
      await expectAllHandedOver(deployed);
    },
    CASE_MS,
  );
});
