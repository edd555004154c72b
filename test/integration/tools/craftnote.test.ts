/**
 * Craftnote end to end: real worker, Temporal and Postgres. One connection feeds two pipelines, whose items become
 * projects and tasks.
 */
import { afterEach, describe, expect, it } from 'vitest';
import type { ItemLink } from '../../../domain/link.js';
import { eventually, startDeployment, type TestDeployment } from '../../harness/deployment/deployment.js';
import { signal, update, valuesWritten } from '../../harness/deployment/followed.js';
import { handOverFacts, isLocked, readyCount } from '../../harness/deployment/handOverCheck.js';
import { craftnoteConfiguration, inCraftnote, sideOf } from '../../harness/deployment/tools/craftnote.js';

const SEED = Number(process.env['CRAFTSYNC_TEST_SEED'] ?? 7);

let deployment: TestDeployment | null = null;
afterEach(async () => {
  await deployment?.close();
  deployment = null;
}, 60_000);

async function start(items: number): Promise<TestDeployment> {
  deployment = await startDeployment({ items, seed: SEED, configuration: craftnoteConfiguration });
  await deployment.startWorker();
  return deployment;
}

/** Runs both ready sweeps and waits until all they started is followed or set aside for good. */
async function handOverAll(deployed: TestDeployment, timeoutMs: number): Promise<readonly ItemLink[]> {
  const ready = readyCount(deployed);
  let found = 0;
  for (const pipeline of ['mobile', 'tasks']) {
    const sweep = await deployed.run('sweep', pipeline, '--json');
    expect(sweep.stderr).toBe('');
    found += (JSON.parse(sweep.stdout) as { found: number }).found;
  }
  expect(found).toBe(ready);
  return eventually(
    async () => {
      const { links } = await handOverFacts(deployed);
      const isSettled = ({ phase, blockedBy }: ItemLink) =>
        phase === 'following' || (phase === 'blocked' && blockedBy === 'missing-field');
      return links.length === ready && links.every(isSettled) && links;
    },
    `all ${ready} ready items are followed (seed ${SEED})`,
    timeoutMs,
  );
}

async function progress(deployed: TestDeployment): Promise<{ read: number; changed: number; signalled: number }> {
  const { stdout, stderr } = await deployed.run('progress', 'cn', '--json');
  expect(stderr).toBe('');
  return JSON.parse(stdout) as { read: number; changed: number; signalled: number };
}

function craftValue({ sandbox }: TestDeployment, link: ItemLink, field: string): unknown {
  const item = sandbox.world.craft.items.get(link.craftItemId);
  return item === undefined ? undefined : sandbox.world.craft.valueOf(item, field);
}

async function craftShows(deployed: TestDeployment, link: ItemLink, value: string): Promise<void> {
  const look = () => Promise.resolve(craftValue(deployed, link, 'dev_status') === value);
  await eventually(look, `${link.craftShortId ?? ''} shows ${value}`);
}

const requests = ({ sandbox }: TestDeployment): number => sandbox.records.total('craftnote');

describe('integration/tools/craftnote: Craftnote', () => {
  it('follows projects and tasks from ready to done', async () => {
    const deployed = await start(30);
    const { sandbox, ledger } = deployed;
    const links = await handOverAll(deployed, 60_000);
    const facts = await handOverFacts(deployed);
    expect(facts.broken).toEqual([]);
    const followed = links.filter(({ phase }) => phase === 'following');
    expect({ devItems: facts.devItems, locked: facts.locked }).toEqual({
      devItems: followed.length,
      locked: followed.length,
    });
    const [project] = followed.filter(({ pipeline }) => pipeline === 'mobile');
    const tasks = followed.filter(({ pipeline }) => pipeline === 'tasks');
    const [task, twice, deleted] = tasks;
    if (!project || !task || !twice || !deleted) throw new Error('too few items were handed over');
    expect(sideOf(sandbox).card(project.devItemId ?? '')).toMatchObject({ place: 'projects', status: 'To Do' });
    expect(task.devItemId).toMatch(/^[^/]+\/[^/]+$/);
    expect(craftValue(deployed, project, 'dev_link')).toBe(
      `https://app.mycraftnote.de/#/project?id=${project.devItemId ?? ''}`,
    );

    await progress(deployed);
    inCraftnote(sandbox, { action: 'move', id: project.devItemId ?? '', status: 'In Progress' });
    inCraftnote(sandbox, { action: 'move', id: task.devItemId ?? '', status: 'done' });
    expect(await progress(deployed)).toMatchObject({ changed: 2, signalled: 2 });
    await craftShows(deployed, project, 'In development');
    await craftShows(deployed, task, 'Done');
    await eventually(async () => (await ledger.links.get(task))?.phase === 'settling', 'the task settles');
    expect(isLocked(sandbox, project.craftItemId)).toBe(true);

    // Two changes within one second of Craftnote's clock, with a sweep in between.
    inCraftnote(sandbox, { action: 'move', id: twice.devItemId ?? '', status: 'done' });
    await craftShowsAfterSweeps(deployed, twice, 'Done');
    const { lastEditedTimestamp } = taskIn(deployed, twice);
    inCraftnote(sandbox, { action: 'move', id: twice.devItemId ?? '', status: 'open' });
    setEdited(deployed, twice, lastEditedTimestamp);
    await craftShowsAfterSweeps(deployed, twice, 'To do');

    // `archived` has a word of its own, and a deleted task is gone.
    inCraftnote(sandbox, { action: 'move', id: project.devItemId ?? '', status: 'archived' });
    inCraftnote(sandbox, { action: 'delete', id: deleted.devItemId ?? '' });
    await craftShowsAfterSweeps(deployed, project, 'Dropped');
    await eventually(async () => (await ledger.links.get(deleted))?.phase === 'orphaned', 'the deleted task is gone');
    expect(
      sandbox.records.list({ mount: 'craftnote' }).some(({ method }) => method === 'PUT' || method === 'PATCH'),
    ).toBe(false);
  }, 180_000);

  it('creates each project and each task once when a fifth of the answers is lost after the commit', async () => {
    const deployed = await start(30);
    deployed.sandbox.faults.addRule({
      mounts: ['craftnote'],
      methods: ['POST'],
      share: 0.2,
      fault: { kind: 'lose-answer', applied: true, silence: 'reset' },
    });
    await handOverAll(deployed, 180_000);
    const facts = await handOverFacts(deployed);
    expect(facts.broken, `seed ${SEED}`).toEqual([]);
    expect(facts.devItems).toBeGreaterThan(14);
    const lost = deployed.sandbox.records.list({ mount: 'craftnote' }).filter(({ fault }) => fault === 'lose-answer');
    expect(lost.length).toBeGreaterThan(1);
  }, 300_000);

  it('reads 5,000 projects in 51 pages and wakes nobody while nothing changes', async () => {
    const deployed = await start(30);
    const { sandbox } = deployed;
    const links = await handOverAll(deployed, 60_000);
    const [project] = links.filter(({ pipeline, phase }) => pipeline === 'mobile' && phase === 'following');
    if (project === undefined) throw new Error('no project was handed over');
    const before = sideOf(sandbox)
      .cards()
      .filter(({ place }) => place === 'projects').length;
    for (let n = before; n < 5_000; n += 1) {
      inCraftnote(sandbox, { action: 'create', place: 'projects', edit: { title: `Site ${n}` } });
    }
    await progress(deployed);
    const requestsBefore = requests(deployed);
    expect(await progress(deployed)).toMatchObject({ changed: 0, signalled: 0 });
    // The pages, an empty one, the statuses, and one page of tasks.
    expect(requests(deployed) - requestsBefore).toBe(50 + 1 + 1 + 1);
    inCraftnote(sandbox, { action: 'move', id: project.devItemId ?? '', status: 'In Progress' });
    expect(await progress(deployed)).toMatchObject({ changed: 1, signalled: 1 });
    await craftShows(deployed, project, 'In development');
    await toldOfOldState(deployed, project);
    expect(valuesWritten(deployed, project, 'dev_status')).toEqual(['To do', 'In development']);
  }, 180_000);
});

/** Late news of an old state: projects have no time that would show its age. */
async function toldOfOldState(deployed: TestDeployment, project: ItemLink): Promise<void> {
  const { devItemId: id, devItemUrl: url, devScope: scope } = project;
  const snapshot = { id, key: null, url, scope, status: 'To Do', updatedAt: null };
  const readById = () => deployed.sandbox.records.list({ mount: 'craftnote', route: '/projects/:id' }).length;
  const before = readById();
  await signal(deployed, project, 'devItemChanged', { snapshot });
  await eventually(() => Promise.resolve(readById() > before), 'the project is read again');
  // By the time the next verb is answered, whatever the read led to is written.
  await update(deployed, project, 'resyncNow');
}

/** Sweeps until Craft.io shows the value: a run may still be busy with older news. */
async function craftShowsAfterSweeps(deployed: TestDeployment, link: ItemLink, value: string): Promise<void> {
  await eventually(
    async () => {
      await progress(deployed);
      return craftValue(deployed, link, 'dev_status') === value;
    },
    `${link.craftShortId ?? ''} shows ${value}`,
  );
}

interface TaskRow {
  readonly id: string;
  readonly lastEditedTimestamp: number;
}

function taskIn({ sandbox }: TestDeployment, { devItemId }: ItemLink): TaskRow {
  const table = sandbox.world.base.tables.get('craftnote.tasks');
  const row = table?.get(devItemId?.split('/')[1] ?? '');
  if (row === undefined) throw new Error(`no task ${devItemId ?? ''}`);
  return row as TaskRow;
}

/** As if the change had come within the given second. */
function setEdited(deployed: TestDeployment, link: ItemLink, lastEditedTimestamp: number): void {
  const row = taskIn(deployed, link);
  deployed.sandbox.world.base.tables.get('craftnote.tasks')?.put({ ...row, lastEditedTimestamp } as TaskRow);
}
