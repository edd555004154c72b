/** `feedback: link`: feedback linked to a handed-over item is passed on once, and never stops the item. */
import { afterEach, describe, expect, it } from 'vitest';
import type { ItemLink } from '../../../domain/link.js';
import type { FaultRule } from '../../../sandbox/http/faults.js';
import type { Feedback } from '../../../sandbox/kitemaker/model.js';
import {
  eventually,
  startDeployment,
  type ConfigurationChanges,
  type TestDeployment,
} from '../../harness/deployment/deployment.js';
import { quick, sweepDrift, sweepReady } from '../../harness/deployment/followed.js';
import type { Program } from '../../harness/servers/program.js';
import { craftnoteParts } from '../../harness/deployment/tools/craftnote.js';
import { toRedmine } from '../../harness/deployment/tools/redmine.js';

let deployment: TestDeployment | null = null;
afterEach(async () => {
  await deployment?.close();
  deployment = null;
}, 60_000);

const POST: Omit<FaultRule, 'fault'> = { mounts: ['kitemaker-rest'], methods: ['POST'], routes: ['/feedback'] };

interface HandedOver {
  readonly deployed: TestDeployment;
  readonly worker: Program;
  /** The items that feedback is linked to. */
  readonly linked: readonly ItemLink[];
}

async function handOver(...rules: FaultRule[]): Promise<HandedOver> {
  return handOverTo(() => ({}), rules);
}

async function handOverTo(
  tool: (sandbox: TestDeployment['sandbox']) => ConfigurationChanges,
  rules: readonly FaultRule[],
): Promise<HandedOver> {
  const deployed = await startDeployment({ items: 12, faults: { rules } });
  deployment = deployed;
  const changes = tool(deployed.sandbox);
  await deployed.configure(quick({ ...changes, pipeline: { ...changes.pipeline, feedback: 'link' } }));
  const worker = await deployed.startWorker();
  await sweepReady(deployed);
  const { craft } = deployed.sandbox.world;
  const ready = craft.statusNamed('In Development')?.id;
  const linkedIds = [...craft.feedback.items.values()].flatMap(({ linkedItemIds }) => linkedItemIds);
  const linked = await eventually(async () => {
    const links = await deployed.ledger.links.list({ pipeline: 'mobile', phases: ['following'] });
    const having = links.filter(({ craftItemId }) => linkedIds.includes(craftItemId));
    const wanted = linkedIds.filter((id) => craft.items.get(id)?.statusId === ready);
    return having.length === wanted.length && having.length >= 3 && having;
  }, 'the items with feedback are followed');
  return { deployed, worker, linked };
}

const inKitemaker = ({ sandbox }: TestDeployment, link: ItemLink | undefined): readonly Feedback[] =>
  [...sandbox.world.tools.kitemaker.world.feedback.values()].filter(({ entityIds }) =>
    entityIds.includes(link?.devItemId ?? ''),
  );

async function each(deployed: TestDeployment, links: readonly ItemLink[], count: number): Promise<void> {
  const all = (): boolean => links.every((link) => inKitemaker(deployed, link).length === count);
  await eventually(() => Promise.resolve(all()), `each item has ${count} feedback`, 30_000);
}

/** Runs drift sweeps until the one feedback of each item is dealt with. */
async function dealtWith(deployed: TestDeployment, links: readonly ItemLink[]): Promise<void> {
  const isDone = async (): Promise<boolean> => {
    await sweepDrift(deployed);
    const settled = await deployed.ledger.itemFeedback.settled('mobile');
    return links.every(({ craftItemId }) => settled.get(craftItemId)?.size === 1);
  };
  await eventually(isDone, 'all feedback is dealt with', 60_000);
}

describe('integration/feedback/feedbackLink: feedback: link', { timeout: 120_000 }, () => {
  it('passes feedback on after the lock, and feedback that is linked later with the next drift sweep', async () => {
    const { deployed, linked } = await handOver();
    await each(deployed, linked, 1);
    const { craft } = deployed.sandbox.world;
    const [first] = linked;
    const [made] = inKitemaker(deployed, first);
    const original = craft.feedback.linkedTo(first?.craftItemId ?? '')[0];
    expect(made).toMatchObject({ title: original?.title, personEmail: original?.submitter });
    const later = [...craft.feedback.items.values()].find(({ linkedItemIds }) => linkedItemIds.length === 0);
    craft.feedback.update(later?.id ?? '', { linkedItemIds: [first?.craftItemId ?? ''] }, 'product-manager');
    expect((await sweepDrift(deployed)).differing).toBe(1);
    await each(deployed, [first as ItemLink], 2);
    expect((await sweepDrift(deployed)).differing).toBe(0);
  });

  it('passes nothing on twice when the answer is lost', async () => {
    const { deployed, linked } = await handOver({
      ...POST,
      fault: { kind: 'lose-answer', applied: true, silence: 'reset' },
    });
    await each(deployed, linked, 1);
    deployed.sandbox.faults.clear();
    await dealtWith(deployed, linked);
    await each(deployed, linked, 1);
  });

  it('passes nothing on twice when the worker is killed while it waits for the answer', async () => {
    const { deployed, worker, linked } = await handOver({
      ...POST,
      fault: { kind: 'lose-answer', applied: true, silence: 'hang' },
    });
    await eventually(
      () => Promise.resolve(deployed.sandbox.world.tools.kitemaker.world.feedback.size > 0),
      'one has arrived',
    );
    await worker.kill();
    deployed.sandbox.faults.clear();
    await deployed.startWorker();
    await dealtWith(deployed, linked);
    await each(deployed, linked, 1);
  });

  it('writes one comment where the tool takes no feedback, even when answers are lost', async () => {
    const lost = { kind: 'lose-answer', applied: true, silence: 'reset' } as const;
    const rule: FaultRule = { mounts: ['redmine'], methods: ['PUT'], next: 2, fault: lost };
    const { deployed, linked } = await handOverTo(toRedmine, [rule]);
    const { side } = deployed.sandbox.world.tools.redmine;
    const comments = (link: ItemLink): readonly string[] =>
      (side.card(link.devItemId ?? '')?.comments ?? []).map(({ text }) => text);
    await dealtWith(deployed, linked);
    expect(deployed.sandbox.records.list({ mount: 'redmine' }).filter(({ fault }) => fault !== null)).toHaveLength(2);
    for (const link of linked) {
      const [feedback] = deployed.sandbox.world.craft.feedback.linkedTo(link.craftItemId);
      const [comment, ...more] = comments(link);
      expect(more).toEqual([]);
      expect(comment).toContain(`Feedback from ${feedback?.submitter ?? ''} in Craft.io:`);
      expect(comment).toContain(feedback?.title);
    }
  });

  it('lets the item go on when its feedback is refused', async () => {
    const { deployed, linked } = await handOver({ ...POST, fault: { kind: 'status', status: 400 } });
    expect(linked.every(({ phase, lastError }) => phase === 'following' && lastError === null)).toBe(true);
    const { stdout } = await deployed.run('log', 'mobile');
    expect(stdout).toContain('feedback-refused');
  });

  it('does not say that feedback was passed on where the tool takes no comments on such items', async () => {
    const toTasks = (sandbox: TestDeployment['sandbox']): ConfigurationChanges => {
      const { devTools, tasks } = craftnoteParts(sandbox);
      return { devTools, pipeline: tasks };
    };
    const { deployed, linked } = await handOverTo(toTasks, []);
    const logged = async (link: ItemLink) => (await deployed.run('log', 'mobile', link.craftItemId)).stdout;
    for (const link of linked) {
      await eventually(async () => (await logged(link)).includes('feedback-'), 'the feedback is dealt with');
      expect(await logged(link)).toMatch(/feedback-not-possible +\d+: .*a Craftnote task has none/);
    }
    expect((await deployed.run('log', 'mobile')).stdout).not.toContain('feedback-comment');
  });
});
