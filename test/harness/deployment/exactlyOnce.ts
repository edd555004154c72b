/**
 * Exactly once under faults (design 10, I1 and I2): many ready items are handed over while something goes wrong, and
 * the invariants hold at the end. The seed is printed with each failure and replays the faults.
 *
 * The gate runs it small. In full: CRAFTSYNC_TEST_ITEMS=200 CRAFTSYNC_TEST_KILLS=100 CRAFTSYNC_TEST_LIST_LAG_MS=5000
 * CRAFTSYNC_TEST_LATE_COMMIT_MS=20000.
 */
import { expect } from 'vitest';
import type { FaultPlan } from '../../../sandbox/http/faults.js';
import { eventually, startDeployment, type ConfigurationChanges, type TestDeployment } from './deployment.js';
import { handOverFacts, readyCount } from './handOverCheck.js';

const ITEMS = Number(process.env['CRAFTSYNC_TEST_ITEMS'] ?? 60);
export const SEED = Number(process.env['CRAFTSYNC_TEST_SEED'] ?? 7);
/** How long a create stays invisible to the tool's lists. */
export const LIST_LAG_MS = Number(process.env['CRAFTSYNC_TEST_LIST_LAG_MS'] ?? 800);
/** How long after the client gave up the tool commits. */
export const LATE_COMMIT_MS = Number(process.env['CRAFTSYNC_TEST_LATE_COMMIT_MS'] ?? 1_500);

/** The configuration promises no more than these faults keep. */
const TIMING: ConfigurationChanges = {
  km: { readAfterWrite: `${LIST_LAG_MS + 200} ms`, lateWrite: `${LATE_COMMIT_MS + 500} ms` },
};
/** Lost creates wait for their time, and are lost again. */
const WITHIN_MS = 240_000 + ITEMS * 1_000 + 20 * (LIST_LAG_MS + LATE_COMMIT_MS);
export const CASE_MS = WITHIN_MS + 60_000;

export interface FaultyDeployment extends TestDeployment {
  /** How many items were ready at first. */
  readonly ready: number;
}

export async function startFaulty(faults: FaultPlan = {}): Promise<FaultyDeployment> {
  const deployment = await startDeployment({ items: ITEMS, seed: SEED, faults, configuration: TIMING });
  return { ...deployment, ready: readyCount(deployment) };
}

/** Whether every item that was ready is followed or set aside for good. */
export async function isDone(deployed: FaultyDeployment): Promise<boolean> {
  const { links } = await handOverFacts(deployed);
  const settled = links.filter(
    (link) => link.phase === 'following' || (link.phase === 'blocked' && link.blockedBy === 'missing-field'),
  );
  return settled.length === deployed.ready;
}

/** Waits until all is done; then the invariants. */
export async function expectAllHandedOver(deployed: FaultyDeployment): Promise<void> {
  const what = `all ${deployed.ready} ready items are followed (seed ${SEED})`;
  await eventually(() => isDone(deployed), what, WITHIN_MS);
  const facts = await handOverFacts(deployed);
  expect(facts.broken, `seed ${SEED}`).toEqual([]);
  const followed = facts.links.filter((link) => link.phase === 'following').length;
  expect({ devItems: facts.devItems, locked: facts.locked }).toEqual({ devItems: followed, locked: followed });
  expect(followed).toBeGreaterThan(ITEMS / 2);
}

export async function sweepInBackground(deployed: TestDeployment): Promise<void> {
  await deployed.temporal.client.workflow.start('readySweep', {
    taskQueue: 'craftsync',
    workflowId: 'ready-sweep:mobile:now',
    args: [{ pipeline: 'mobile' }],
  });
}

/** A rule for this share of the creates, without its fault. */
export function creates(share: number): {
  mounts: ['kitemaker-rest'];
  methods: ['POST'];
  routes: ['/workitem'];
  share: number;
} {
  return { mounts: ['kitemaker-rest'], methods: ['POST'], routes: ['/workitem'], share };
}
