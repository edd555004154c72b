/** Dev items with a label become feedback in a Craft.io portal, each once, whatever is lost or killed. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { feedbackIntakeWorkflowId } from '../../../domain/ids.js';
import type { CraftFeedback } from '../../../sandbox/craft/model.js';
import type { WorkItem } from '../../../sandbox/kitemaker/model.js';
import type { FaultPlan } from '../../../sandbox/http/faults.js';
import { eventually, startDeployment, type TestDeployment } from '../../harness/deployment/deployment.js';
import { quick } from '../../harness/deployment/followed.js';

let deployment: TestDeployment | null = null;
afterEach(async () => {
  await deployment?.close();
  deployment = null;
}, 60_000);

interface Started {
  readonly deployed: TestDeployment;
  /** The labelled items. */
  readonly items: readonly WorkItem[];
}

async function start(count: number, intake: Record<string, unknown> = {}, faults: FaultPlan = {}): Promise<Started> {
  const deployed = await startDeployment({ items: 0, faults });
  deployment = deployed;
  await configure(deployed, intake);
  const kitemaker = deployed.sandbox.world.tools.kitemaker.world;
  const [space] = kitemaker.spaces.values();
  const [actor] = kitemaker.actors.values();
  if (space === undefined || actor === undefined) throw new Error('the sandbox has no space');
  const label = kitemaker.createLabel({ spaceId: space.id, name: 'feedback', color: '112233' }, 'developer');
  const statusId = space.statuses[0]?.id ?? '';
  const create = (n: number, labelIds: readonly string[]): WorkItem =>
    kitemaker.createWorkItem(
      { spaceId: space.id, statusId, actorId: actor.id, title: `Wish ${n}`, description: `Why ${n}`, labelIds },
      'developer',
    );
  create(99, []);
  return { deployed, items: Array.from({ length: count }, (_, n) => create(n, [label.id])) };
}

async function configure(deployed: TestDeployment, intake: Record<string, unknown>): Promise<void> {
  const { feedbackPortalId } = deployed.sandbox.craft;
  const section = {
    devTool: 'km',
    label: 'feedback',
    feedbackPortal: feedbackPortalId,
    category: 'Payments',
    submitter: 'support@example.com',
    ...intake,
  };
  await deployed.configure(quick({ intake: { 'from-support': section } }));
}

async function sweep({ temporal }: TestDeployment): Promise<Record<string, number>> {
  const options = { taskQueue: 'craftsync', workflowId: `intake:test-${randomUUID()}` };
  const args = [{ intake: 'from-support' }];
  return (await temporal.client.workflow.execute('intakeSweep', { ...options, args })) as Record<string, number>;
}

/** The portal's feedback that ends with the item's line. */
function submittedFor({ sandbox }: TestDeployment, item: WorkItem): readonly CraftFeedback[] {
  const line = `\nRef: km/${sandbox.world.tools.kitemaker.world.key(item)}`;
  return [...sandbox.world.craft.feedback.items.values()].filter(({ description }) => description.endsWith(line));
}

async function allDone(deployed: TestDeployment, items: readonly WorkItem[], timeoutMs: number): Promise<void> {
  const portal = deployed.sandbox.craft.feedbackPortalId;
  let seen = '';
  const look = async (): Promise<boolean> => {
    const refs = items.map(({ id }) => ({ portal, origin: 'km', reference: id }));
    const rows = await Promise.all(refs.map((ref) => deployed.ledger.submissions.get(ref)));
    seen = rows.map((row) => `${row?.phase ?? 'no row'} ${row?.blockedBy ?? ''} ${row?.lastError ?? ''}`).join('; ');
    return rows.every((row) => row?.phase === 'done');
  };
  await eventually(look, 'all submissions are done', timeoutMs).catch((error: unknown) => {
    throw new Error(`${String(error)}; they were: ${seen}`);
  });
}

function expectEachOnce(deployed: TestDeployment, items: readonly WorkItem[]): void {
  for (const item of items) {
    const [feedback, ...more] = submittedFor(deployed, item);
    expect(more).toEqual([]);
    expect(feedback?.title).toBe(item.title);
    const comments = deployed.sandbox.world.tools.kitemaker.world.commentsOf(item.id).map(({ body }) => body);
    expect(comments).toHaveLength(1);
    expect(comments[0]).toContain(feedback?.id);
  }
}

const POST = { mounts: ['craft-guide'], methods: ['POST'] } as const;

describe('integration/feedback/intake', () => {
  it('submits each labelled item once, keeps the reference, and tells the item', async () => {
    const { deployed, items } = await start(4);
    const seeded = deployed.sandbox.world.craft.feedback.items.size;
    await deployed.startWorker();
    expect(await sweep(deployed)).toMatchObject({ found: 4, started: 4, known: 0, failed: 0 });
    await allDone(deployed, items, 30_000);
    expectEachOnce(deployed, items);
    const { feedback } = deployed.sandbox.world.craft;
    const [first] = submittedFor(deployed, items[0] ?? never());
    expect(first?.submitter).toBe('support@example.com');
    expect(feedback.categories.get(first?.categoryId ?? '')?.name).toBe('Payments');
    expect(await sweep(deployed)).toMatchObject({ found: 4, started: 0, known: 4 });
    expect(feedback.items.size).toBe(seeded + 4);
    expect(await deployed.ledger.submissions.draft(refOf(deployed, items[0]))).toBeNull();
  }, 90_000);

  it('submits nothing twice when answers are lost and workers are killed', async () => {
    const faults: FaultPlan = {
      rules: [
        {
          ...POST,
          skip: 2,
          next: 2,
          fault: { kind: 'late-commit', afterMs: 8_000, from: 'client-gone', silence: 'hang' },
        },
        { ...POST, share: 0.3, fault: { kind: 'lose-answer', applied: true, silence: 'reset' } },
        { ...POST, share: 0.2, fault: { kind: 'lose-answer', applied: false, silence: 'hang' } },
      ],
    };
    const { deployed, items } = await start(10, {}, faults);
    const seeded = deployed.sandbox.world.craft.feedback.items.size;
    await deployed.temporal.client.workflow.start('intakeSweep', {
      taskQueue: 'craftsync',
      workflowId: 'intake:from-support:now',
      args: [{ intake: 'from-support' }],
    });
    for (let round = 0; round < 3; round += 1) {
      const worker = await deployed.startWorker();
      await sleep(900 + 700 * round);
      await worker.kill();
    }
    await deployed.startWorker();
    await sleep(20_000);
    deployed.sandbox.faults.clear();
    await allDone(deployed, items, 240_000);
    expectEachOnce(deployed, items);
    expect(deployed.sandbox.world.craft.feedback.items.size).toBe(seeded + items.length);
    const attempts = deployed.sandbox.records.list({ mount: 'craft-guide', method: 'POST' });
    const met = attempts.map(({ fault }) => fault);
    expect(met).toEqual(expect.arrayContaining(['late-commit', 'lose-answer']));
  }, 360_000);

  it('submits nothing again while a lost submission may still be applied', async () => {
    const fault = { kind: 'late-commit', afterMs: 8_000, from: 'client-gone', silence: 'hang' } as const;
    const { deployed, items } = await start(2, {}, { rules: [{ ...POST, next: 2, fault }] });
    await deployed.startWorker();
    await sweep(deployed);
    await allDone(deployed, items, 90_000);
    await sleep(10_000);
    expectEachOnce(deployed, items);
    expect(deployed.sandbox.records.list({ mount: 'craft-guide', method: 'POST' })).toHaveLength(2);
  }, 180_000);

  it('is blocked with a reason by a wrong configuration, and goes on when that is corrected', async () => {
    const { deployed, items } = await start(1, { category: 'Payment' });
    await deployed.startWorker();
    await sweep(deployed);
    const ref = refOf(deployed, items[0]);
    const row = await eventually(async () => {
      const seen = await deployed.ledger.submissions.get(ref);
      return seen?.blockedBy === 'refused' && seen;
    }, 'the submission is blocked');
    expect(row.lastError).toContain('the nearest is "Payments"');
    expect((await deployed.run('status')).stdout).toContain('the nearest is "Payments"');
    const handle = deployed.temporal.client.workflow.getHandle(
      feedbackIntakeWorkflowId(ref.portal, ref.origin, ref.reference),
    );
    expect((await handle.describe()).status.name).toBe('RUNNING');
    await configure(deployed, {});
    await sleep(2_000);
    await sweep(deployed);
    await handle.signal('resync');
    await allDone(deployed, items, 30_000);
    expectEachOnce(deployed, items);
  }, 120_000);

  it('names the nearest label where there is none of that name', async () => {
    const { deployed } = await start(1, { label: 'feedbck' });
    await deployed.startWorker();
    await expect(sweep(deployed)).rejects.toMatchObject({
      cause: { cause: { message: expect.stringContaining('the nearest is "feedback"') as string } },
    });
  }, 90_000);
});

function refOf({ sandbox }: TestDeployment, item: WorkItem | undefined) {
  return { portal: sandbox.craft.feedbackPortalId, origin: 'km', reference: item?.id ?? never() };
}

function never(): never {
  throw new Error('there is no such item');
}
