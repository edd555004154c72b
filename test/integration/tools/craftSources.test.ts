/** Items of a portfolio and of a feedback portal, each the whole way from ready to done. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ItemLink } from '../../../domain/link.js';
import type { CraftItem } from '../../../sandbox/craft/model.js';
import {
  eventually,
  startDeployment,
  type ConfigurationChanges,
  type TestDeployment,
} from '../../harness/deployment/deployment.js';
import {
  act,
  inPhase,
  move,
  order,
  quick,
  rowOf,
  sweepDrift,
  sweepProgress,
  sweepReady,
} from '../../harness/deployment/followed.js';

type Section = Record<string, unknown>;

/** A deployment whose only pipeline has a source that is not a workspace. */
async function start(dialect: 'guide' | 'swagger', pipelineOf: (sandbox: TestDeployment['sandbox']) => Section) {
  const deployment = await startDeployment({ items: 21 });
  const { sandbox } = deployment;
  const changes: ConfigurationChanges = {
    craft: { dialect, baseUrl: dialect === 'guide' ? sandbox.craft.guideUrl : sandbox.craft.swaggerUrl },
    pipeline: { settleFor: '1 second', ...pipelineOf(sandbox) },
  };
  await deployment.configure(quick(changes));
  await deployment.startWorker();
  return deployment;
}

async function followed(deployment: TestDeployment, count: number): Promise<readonly ItemLink[]> {
  await sweepReady(deployment);
  return eventually(async () => {
    const links = await deployment.ledger.links.list({ pipeline: 'mobile', phases: ['following'] });
    return links.length === count && links;
  }, `${count} items are followed`);
}

describe.each(['guide', 'swagger'] as const)(
  'integration/tools/craftSources: a portfolio, in the dialect of the %s',
  (dialect) => {
    let deployment: TestDeployment;
    let links: readonly ItemLink[] = [];
    beforeAll(async () => {
      deployment = await start(dialect, ({ craft, world }) => ({
        source: { workspace: null, portfolio: craft.portfolioId },
        // No initiative has the status yet, and the Swagger writes it by id.
        lock: { status: dialect === 'guide' ? 'In Development' : world.craft.statusNamed('In Development')?.id },
      }));
    }, 120_000);
    afterAll(async () => {
      await deployment.close();
    }, 60_000);

    const initiative = (link: ItemLink | undefined): CraftItem => {
      const found = deployment.sandbox.world.craft.initiatives.get(link?.craftItemId ?? '');
      if (found === undefined) throw new Error('the initiative is gone');
      return found;
    };
    const field = (link: ItemLink | undefined, name: string): unknown =>
      deployment.sandbox.world.craft.valueOf(initiative(link), name);
    const link = (index: number): ItemLink => {
      const found = links[index];
      if (found === undefined) throw new Error(`there is no followed initiative ${index}`);
      return found;
    };

    it('hands each ready initiative over once and locks it', async () => {
      const { world } = deployment.sandbox;
      const ready = world.craft.statusNamed('Ready for Development')?.id;
      const count = [...world.craft.initiatives.values()].filter(({ statusId }) => statusId === ready).length;
      expect(count).toBeGreaterThanOrEqual(3);
      links = await followed(deployment, count);
      for (const one of links) {
        expect(world.craft.statuses.get(initiative(one).statusId ?? '')?.name).toBe('In Development');
        expect([field(one, 'dev_lock'), field(one, 'dev_key')]).toEqual(['View only', one.devItemKey]);
        const made = [...world.tools.kitemaker.world.workItems.values()].filter(({ description }) =>
          description.includes(`craftsync:mobile/${one.craftItemId}/1`),
        );
        expect(made.map(({ id }) => id)).toEqual([one.devItemId]);
        expect(made[0]?.description).toContain((initiative(one).description ?? '').slice(0, 20));
        expect(field(one, 'horizon')).not.toBeNull();
      }
      await sweepReady(deployment);
      expect(await deployment.ledger.links.list({ pipeline: 'mobile' })).toHaveLength(count);
    });

    it('writes progress back until it is done', async () => {
      await sweepProgress(deployment);
      move(deployment, link(0), 'In Progress');
      await sweepProgress(deployment);
      await eventually(() => Promise.resolve(field(link(0), 'dev_status') === 'In development'), 'progress is back');
      move(deployment, link(0), 'Done');
      await sweepProgress(deployment);
      await inPhase(deployment, link(0), 'done');
      expect(field(link(0), 'dev_status')).toBe('Done');
    });

    it('sees what was changed in Craft.io after the hand-over', async () => {
      act(deployment, { as: 'product-manager', action: 'edit', id: link(1).craftItemId, edit: { description: 'New' } });
      expect((await sweepDrift(deployment)).differing).toBe(1);
      await eventually(async () => (await rowOf(deployment, link(1))).drift, 'the drift is flagged');
      expect((await rowOf(deployment, link(1))).driftFields).toEqual(['description']);
    });

    it('unlocks what is released', async () => {
      const { outcome } = await order(deployment, 'release', link(2));
      expect(outcome).toBe('released');
      expect(field(link(2), 'dev_lock') ?? '').toBe('');
    });
  },
);

describe('integration/tools/craftSources: a feedback portal as a source', () => {
  let deployment: TestDeployment;
  let links: readonly ItemLink[] = [];
  beforeAll(async () => {
    deployment = await start('guide', ({ craft }) => ({
      source: { workspace: null, feedbackPortal: craft.feedbackPortalId },
      ready: { status: 'Planned' },
      lock: null,
      progress: {
        field: null,
        linkField: null,
        keyField: null,
        stateField: null,
        statuses: { 'In Progress': 'In development', Done: 'Done' },
        droppedWhen: null,
      },
    }));
  }, 120_000);
  afterAll(async () => {
    await deployment.close();
  }, 60_000);

  const status = async (link: ItemLink | undefined): Promise<string> =>
    (await deployment.run('status', 'mobile', link?.craftShortId ?? '')).stdout;

  it('hands the feedback over that matches the rule, and says that nothing is locked', async () => {
    const { feedback } = deployment.sandbox.world.craft;
    const planned = feedback.statusNamed(deployment.sandbox.craft.feedbackPortalId, 'Planned')?.id;
    const wanted = [...feedback.items.values()].filter(({ statusId }) => statusId === planned);
    links = await followed(deployment, wanted.length);
    expect(links.map(({ craftItemId }) => craftItemId).sort()).toEqual(wanted.map(({ id }) => id).sort());
    const texts = [...deployment.sandbox.world.tools.kitemaker.world.workItems.values()].map(
      ({ description }) => description,
    );
    for (const { description } of wanted) expect(texts.some((text) => text.includes(description))).toBe(true);
    expect(await status(links[0])).toContain('there is no lock and no write-back');
  });

  it('follows progress to done and writes nothing to Craft.io', async () => {
    const [link] = links;
    if (link === undefined) throw new Error('nothing is followed');
    await sweepProgress(deployment);
    move(deployment, link, 'In Progress');
    await sweepProgress(deployment);
    await eventually(async () => (await status(link)).includes('In development'), 'the progress is seen');
    move(deployment, link, 'Done');
    await sweepProgress(deployment);
    await inPhase(deployment, link, 'done');
    const writes = deployment.sandbox.records.list({ mount: 'craft-guide' }).filter(({ write }) => write);
    expect(writes).toEqual([]);
  });

  it('also releases without a write', async () => {
    const [, link] = links;
    if (link === undefined) throw new Error('nothing is followed');
    expect((await order(deployment, 'release', link)).outcome).toBe('released');
    const writes = deployment.sandbox.records.list({ mount: 'craft-guide' }).filter(({ write }) => write);
    expect(writes).toEqual([]);
  });
});
