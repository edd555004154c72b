/**
 * Workers of two builds side by side over running items (I9, decision 39): an upgrade, a way back, and what a change
 * of the order of commands without `patched` would do, so that the judge is seen to fail.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually, type TestDeployment } from '../../harness/deployment/deployment.js';
import * as after from '../../harness/deployment/followed.js';
import { letPass, terminateRun } from '../../harness/deployment/lostRuns.js';
import {
  allIn,
  judge,
  linksOf,
  moveAll,
  runOf,
  runsWithPatch,
  startSideBySide,
  startWorkerOf,
  sweepNew,
  taskFailures,
  type Main,
} from '../../harness/deployment/sideBySide.js';
import {
  buildOf,
  changedBuild,
  lastRelease,
  type Change,
  type OtherBuild,
} from '../../harness/deployment/otherBuilds.js';
import type { Program } from '../../harness/servers/program.js';

const CASE_MS = 1_200_000;
const PATCH = 'first-attempt-in-task';
/** Stands for it, and all others, in runs that this build began. */
const ALL_PATCHES = 'patches-from-the-start';

/** What the newest patch of `itemSync` changed is taken out: the code as the build before it ran. */
const WITHOUT_PATCH: readonly Change[] = [
  { file: 'workflows/itemSync/display.js', find: `return isPatched('${PATCH}');`, put: 'return false;' },
  { file: 'workflows/patches.js', find: `patched('${ALL_PATCHES}')`, put: 'false' },
];
/** The same change, made by somebody who did not know of `patched`. */
const PATCH_FORGOTTEN: readonly Change[] = [
  { file: 'workflows/itemSync/display.js', find: `return isPatched('${PATCH}');`, put: 'return true;' },
];

const builds: OtherBuild[] = [];
let deployment: TestDeployment | null = null;
let workers: Program[] = [];

async function kept(build: Promise<OtherBuild>): Promise<string> {
  const made = await build;
  builds.push(made);
  return made.main;
}

async function start(main: Main): Promise<Program> {
  const worker = await startWorkerOf(deployment ?? after.never('no deployment'), main);
  workers.push(worker);
  return worker;
}

afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.kill()));
  workers = [];
  await deployment?.close();
  deployment = null;
}, 120_000);
afterAll(async () => {
  await Promise.all(builds.map((build) => build.remove()));
});

/** The old build alone, both, the new one alone; items are created, followed, paused, moved and closed meanwhile. */
async function upgrade(deployed: TestDeployment, old: Main): Promise<readonly string[]> {
  const before = await start(old);
  const first = await sweepNew(deployed, 4);
  await allIn(deployed, first, 'following');
  const [pausedId = ''] = first;
  const [paused = after.never('no item')] = await linksOf(deployed, [pausedId]);
  await after.signal(deployed, paused, 'pause');
  await allIn(deployed, [pausedId], 'paused');
  await start(undefined);
  const second = await sweepNew(deployed, 4);
  await moveAll(deployed, first, 'In Progress');
  // As a rollout does: told to stop, while creates are under way.
  await before.stop();
  await allIn(deployed, second, 'following');
  await after.signal(deployed, paused, 'resume');
  const all = [...first, ...second];
  await moveAll(deployed, all, 'In Progress');
  await moveAll(deployed, all, 'Done');
  await allIn(deployed, all, 'done');
  return all;
}

/** The new build at first; then the old one alone, which hands over and closes its own; those of the new one wait. */
async function goBack(deployed: TestDeployment, old: Main) {
  const newer = await start(undefined);
  const advanced = await sweepNew(deployed, 3);
  await allIn(deployed, advanced, 'following');
  await start(old);
  await newer.stop();
  const own = await sweepNew(deployed, 3);
  await allIn(deployed, own, 'following');
  await moveAll(deployed, [...advanced, ...own], 'Done');
  await allIn(deployed, own, 'done');
  const waits = async (): Promise<boolean> => (await taskFailures(deployed)).waiting.length === advanced.length;
  await eventually(waits, 'the runs that the newer build advanced wait', 60_000);
  return { advanced, own };
}

/** Counted in any case, since it is what an operator sees of it. */
async function shown(what: string, deployed: TestDeployment): Promise<number> {
  const { noted, waiting, words } = await taskFailures(deployed);
  console.info(
    `${what}: ${noted} workflow tasks failed, ${waiting.length} runs wait; ${words.join('; ') || 'none failed'}`,
  );
  expect(words.filter((one) => !/Nondeterminism/.test(one))).toEqual([]);
  return noted;
}

describe('integration/processes/twoBuilds', { timeout: CASE_MS }, () => {
  let older: string;
  beforeAll(async () => {
    older = await kept(changedBuild(WITHOUT_PATCH));
  }, CASE_MS);

  it('an upgrade under running items: nothing twice, nothing lost, no run failed, all reach their end', async () => {
    deployment = await startSideBySide();
    const ids = await upgrade(deployment, older);
    expect(await judge(deployment, ids)).toEqual([]);
    await shown('an upgrade', deployment);
    expect((await taskFailures(deployment)).waiting).toEqual([]);
  });

  it('a way back: what the newer build advanced waits and is listed, and goes on with the newer build', async () => {
    deployment = await startSideBySide();
    const { advanced, own } = await goBack(deployment, older);
    expect([...(await runsWithPatch(deployment, ALL_PATCHES, PATCH))].sort()).toEqual(advanced.map(runOf).sort());
    expect(await shown('a way back', deployment)).toBeGreaterThanOrEqual(advanced.length);
    await start(undefined);
    await allIn(deployment, advanced, 'done');
    expect(await judge(deployment, [...advanced, ...own])).toEqual([]);
  });

  it('a way back that is to last: the waiting runs are terminated, and go on from their rows in the older build', async () => {
    deployment = await startSideBySide();
    const { advanced, own } = await goBack(deployment, older);
    for (const link of await linksOf(deployment, advanced)) {
      await terminateRun(deployment, link);
      await letPass(deployment, link, 11);
    }
    await after.sweepReady(deployment);
    await allIn(deployment, advanced, 'done');
    expect(await judge(deployment, [...advanced, ...own])).toEqual([]);
  });

  it('the judge fails where commands come in another order without `patched`', async () => {
    const forgetful = await kept(changedBuild(PATCH_FORGOTTEN));
    deployment = await startSideBySide();
    const before = await start(older);
    const ids = await sweepNew(deployment, 3);
    await allIn(deployment, ids, 'following');
    await start(forgetful);
    await before.stop();
    await moveAll(deployment, ids, 'Done');
    const stuck = deployment;
    await eventually(async () => (await taskFailures(stuck)).waiting.length === ids.length, 'the runs wait', 120_000);
    expect(await shown('without patched', deployment)).toBe(ids.length);
    const found = await judge(deployment, ids);
    expect(found.filter((words) => words.includes('not done'))).toHaveLength(ids.length);
  });

  it('the last release beside this build: an upgrade, where its commit is at hand', async (context) => {
    const release = await lastRelease();
    if ('missing' in release) return context.skip(release.missing);
    const old = await kept(buildOf(release.commit));
    deployment = await startSideBySide();
    const ids = await upgrade(deployment, old);
    expect(await judge(deployment, ids)).toEqual([]);
    await shown(`an upgrade from ${release.version}`, deployment);
  });
});
