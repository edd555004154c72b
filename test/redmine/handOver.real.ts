import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../harness/deployment/deployment.js';
import { handOverFacts, isLocked } from '../harness/deployment/handOverCheck.js';
import { startRedmineDeployment, type RedmineDeployment } from './deployment.js';

describe('redmine/handOver: from ready to done', () => {
  let started: RedmineDeployment;
  beforeAll(async () => {
    started = await startRedmineDeployment({ items: 4 });
    await started.deployment.startWorker();
  });
  afterAll(() => started.close());

  it('an item is handed over, locked, moved in Redmine, reported to Craft.io, closed and settled', async () => {
    const { deployment, people } = started;
    const { craft } = deployment.sandbox.world;
    const sweep = await deployment.run('sweep', 'mobile', '--json');
    expect({ exitCode: sweep.exitCode, stderr: sweep.stderr }).toEqual({ exitCode: 0, stderr: '' });
    const link = await eventually(async () => {
      const { links } = await handOverFacts(deployment);
      return links.find(({ phase }) => phase === 'following') ?? null;
    }, 'an item is followed');
    const { craftItemId, devItemId } = link;
    const issue = await people.issue(devItemId ?? '');
    const item = craft.items.get(craftItemId);
    expect(issue.subject).toBe(`${link.craftShortId ?? ''} ${item?.title ?? ''}`);
    expect(isLocked(deployment.sandbox, craftItemId)).toBe(true);
    const field = (name: string): unknown => {
      const now = craft.items.get(craftItemId);
      return now === undefined ? null : craft.valueOf(now, name);
    };
    expect(field('dev_key')).toBe(`#${issue.id}`);
    expect(field('dev_link')).toMatch(new RegExp(`/issues/${issue.id}$`));
    expect(field('dev_status')).toBe('To do');

    const progressIs = async (statusId: number, words: string): Promise<void> => {
      await people.change(devItemId ?? '', { status_id: statusId });
      expect((await deployment.run('progress', 'rm', '--json')).stderr).toBe('');
      await eventually(() => Promise.resolve(field('dev_status') === words), `Craft.io shows ${words}`);
    };
    await progressIs(2, 'In development');
    await progressIs(5, 'Done');
    await eventually(
      async () => (await deployment.ledger.links.find('mobile', link.craftShortId ?? ''))?.phase === 'settling',
      'the item settles',
    );
  }, 120_000);
});
