/**
 * Exactly once under faults (design 10, I1 and I2): real worker processes, a real Temporal and Postgres, and a sandbox
 * that records every request. The seed is printed with each failure and replays the faults.
 *
 * The gate runs it small. In full: CRAFTSYNC_TEST_ITEMS=200 CRAFTSYNC_TEST_KILLS=100 CRAFTSYNC_TEST_LIST_LAG_MS=5000
 * CRAFTSYNC_TEST_LATE_COMMIT_MS=20000.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { FaultPlan } from '../../../sandbox/http/faults.js';
import {
  eventually,
  startDeployment,
  type ConfigurationChanges,
  type TestDeployment,
} from '../../harness/deployment/deployment.js';
import { handOverFacts, readyCount } from '../../harness/deployment/handOverCheck.js';

const ITEMS = Number(process.env['CRAFTSYNC_TEST_ITEMS'] ?? 60);
const SEED = Number(process.env['CRAFTSYNC_TEST_SEED'] ?? 7);
/** The worker is killed this often, or until all is done. */
const KILLS = Number(process.env['CRAFTSYNC_TEST_KILLS'] ?? 5);
/** How long a create stays invisible to the tool's lists. */
const LIST_LAG_MS = Number(process.env['CRAFTSYNC_TEST_LIST_LAG_MS'] ?? 800);
/** How long after the client gave up the tool commits. */
const LATE_COMMIT_MS = Number(process.env['CRAFTSYNC_TEST_LATE_COMMIT_MS'] ?? 1_500);

/** The configuration promises no more than these faults keep. */
const TIMING: ConfigurationChanges = {
  km: { readAfterWrite: `${LIST_LAG_MS + 200} ms`, lateWrite: `${LATE_COMMIT_MS + 500} ms` },
};
/** Lost creates wait for their time, and are lost again. */
const WITHIN_MS = 240_000 + ITEMS * 1_000 + 20 * (LIST_LAG_MS + LATE_COMMIT_MS);
const CASE_MS = WITHIN_MS + 60_000;

let deployment: TestDeployment | null = null;
let readyAtFirst = 0;
afterEach(async () => {
  await deployment?.close();
  deployment = null;
}, 60_000);

async function start(faults: FaultPlan = {}): Promise<TestDeployment> {
  deployment = await startDeployment({ items: ITEMS, seed: SEED, faults, configuration: TIMING });
  readyAtFirst = readyCount(deployment);
  return deployment;
}

/** Whether every item that was ready is followed or set aside for good. */
async function isDone(deployed: TestDeployment): Promise<boolean> {
  const { links } = await handOverFacts(deployed);
  const settled = links.filter(
    (link) => link.phase === 'following' || (link.phase === 'blocked' && link.blockedBy === 'missing-field'),
  );
  return settled.length === readyAtFirst;
}

/** Runs until all is done; then the invariants. */
async function expectAllHandedOver(deployed: TestDeployment): Promise<void> {
  const what = `all ${readyAtFirst} ready items are followed (seed ${SEED})`;
  await eventually(() => isDone(deployed), what, WITHIN_MS);
  const facts = await handOverFacts(deployed);
  expect(facts.broken, `seed ${SEED}`).toEqual([]);
  const followed = facts.links.filter((link) => link.phase === 'following').length;
  expect({ devItems: facts.devItems, locked: facts.locked }).toEqual({ devItems: followed, locked: followed });
  expect(followed).toBeGreaterThan(ITEMS / 2);
}

async function sweepInBackground(deployed: TestDeployment): Promise<void> {
  await deployed.temporal.client.workflow.start('readySweep', {
    taskQueue: 'craftsync',
    workflowId: 'ready-sweep:mobile:now',
    args: [{ pipeline: 'mobile' }],
  });
}

describe('integration/handOver/exactlyOnce: exactly once', () => {
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

  it.each([
    ['a fifth of the answers to creates is lost after the commit', { rules: [lost(0.2, true)] }],
    ['a fifth of the creates is lost before the commit', { rules: [lost(0.2, false)] }],
    ['answers are lost and lists lag behind', { rules: [lost(0.2, true)], listLagMs: { kitemaker: LIST_LAG_MS } }],
    [
      'the tool commits after the client gave up',
      {
        rules: [
          {
            mounts: ['kitemaker-rest'],
            methods: ['POST'],
            routes: ['/workitem'],
            share: 0.2,
            fault: { kind: 'late-commit', afterMs: LATE_COMMIT_MS, from: 'client-gone', silence: 'hang' },
          },
        ],
      },
    ],
    [
      'creates are answered with 500 after the commit, and with HTML',
      {
        rules: [
          { ...create(0.1), fault: { kind: 'status', status: 500, applied: true } },
          { ...create(0.1), fault: { kind: 'html', applied: true } },
          { ...create(0.1), fault: { kind: 'truncated', applied: true } },
        ],
      },
    ],
    [
      'a fifth of the answers to PUTs to Craft.io is lost',
      {
        rules: [
          {
            mounts: ['craft-guide'],
            methods: ['PUT'],
            share: 0.2,
            fault: { kind: 'lose-answer', applied: true, silence: 'reset' },
          },
        ],
      },
    ],
  ] satisfies [string, FaultPlan][])(
    'creates and locks each item once when %s',
    async (_what, faults) => {
      const deployed = await start(faults);
      await deployed.startWorker();
      await sweepInBackground(deployed);
      await expectAllHandedOver(deployed);
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
      const deployed = await start({ rules: [{ ...create(0.3), fault: { kind: 'latency', ms: 400 } }] });
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

function create(share: number): {
  mounts: ['kitemaker-rest'];
  methods: ['POST'];
  routes: ['/workitem'];
  share: number;
} {
  return { mounts: ['kitemaker-rest'], methods: ['POST'], routes: ['/workitem'], share };
}

function lost(share: number, applied: boolean): NonNullable<FaultPlan['rules']>[number] {
  return { ...create(share), fault: { kind: 'lose-answer', applied, silence: 'reset' } };
}
