/**
 * A worker that is stopped (SIGSTOP) right before it writes a request, and woken when its successor is done (I1, I3).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedReadyItems } from '../../../sandbox/seeding/seedWorld.js';
import { eventually, startDeployment, type TestDeployment } from '../../harness/deployment/deployment.js';
import * as after from '../../harness/deployment/followed.js';
import { handOverFacts } from '../../harness/deployment/handOverCheck.js';
import { leasesOfPuts, notesOfCreates, type HeldStatements } from '../../harness/deployment/heldStatements.js';
import type { Program } from '../../harness/servers/program.js';

/** Long enough for anything that the woken worker might still send. */
const LATE_MS = 4_000;

/**
 * Temporal gives tasks to the open polls of a stopped worker until these end, and takes them back only after missed
 * heartbeats.
 */
const SUCCEEDED_MS = 150_000;

let deployment: TestDeployment;
let first: Program;
let creates: HeldStatements;
let puts: HeldStatements;

beforeAll(async () => {
  deployment = await startDeployment({ items: 0, configuration: after.quick({}) });
  [creates, puts] = await Promise.all([notesOfCreates(deployment), leasesOfPuts(deployment)]);
  first = await deployment.startWorker();
}, 120_000);
afterAll(async () => {
  await Promise.all([creates.close(), puts.close()]);
  await deployment.close();
}, 120_000);

/** Sweeps one new ready item until the worker waits for the answer to the held statement. */
async function sweptUntil(held: HeldStatements): Promise<{ craftItemId: string; craftShortId: null }> {
  await held.hold();
  const [craftItemId = ''] = seedReadyItems(deployment.sandbox.world, 1);
  await after.sweepReady(deployment);
  await held.reached();
  return { craftItemId, craftShortId: null };
}

async function followed(craftItemId: string): Promise<void> {
  const isFollowed = async (): Promise<boolean> =>
    (await deployment.ledger.links.get({ pipeline: 'mobile', craftItemId }))?.phase === 'following';
  await eventually(isFollowed, `${craftItemId} is followed`, SUCCEEDED_MS);
}

/** Creates that reached the tool, applied or not. */
function createsFor(craftItemId: string): number {
  return deployment.sandbox.records
    .list({ mount: 'kitemaker-rest', method: 'POST' })
    .filter(({ body }) => JSON.stringify(body).includes(`craftsync:mobile/${craftItemId}/`)).length;
}

describe('integration/handOver/stoppedWorker: a stopped worker', () => {
  it('sends neither its create nor its PUT when it is woken after its successor', async () => {
    const locking = await sweptUntil(puts);
    const creating = await sweptUntil(creates);

    first.freeze();
    await Promise.all([puts.letGo(), creates.letGo()]);
    const isNoted = async (): Promise<boolean> => (await after.rowOf(deployment, creating)).sentAt !== null;
    await eventually(isNoted, 'the create is noted as sent');
    await deployment.startWorker();
    for (const { craftItemId } of [locking, creating]) await followed(craftItemId);
    const link = await after.rowOf(deployment, locking);
    after.move(deployment, link, 'In Progress');
    await after.sweepProgress(deployment);
    await after.craftFieldIs(deployment, link, 'dev_status', 'In development');

    first.thaw();
    await sleep(LATE_MS);
    expect(createsFor(creating.craftItemId)).toBe(1);
    expect(after.devItemsOf(deployment, creating)).toHaveLength(1);
    expect(after.valuesWritten(deployment, link, 'dev_status')).toEqual(['To do', 'In development']);
    expect((await handOverFacts(deployment)).broken).toEqual([]);
  }, 360_000);

  it('hands over with both workers afterwards', async () => {
    const ids = seedReadyItems(deployment.sandbox.world, 4);
    await after.sweepReady(deployment);
    await Promise.all(ids.map(followed));
    expect(ids.map(createsFor)).toEqual([1, 1, 1, 1]);
  }, 180_000);
});
