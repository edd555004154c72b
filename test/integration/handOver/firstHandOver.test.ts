import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, startDeployment, type TestDeployment } from '../../harness/deployment/deployment.js';
import { handOverFacts, isLocked } from '../../harness/deployment/handOverCheck.js';

describe('integration/handOver/firstHandOver: from ready to done', { timeout: 120_000 }, () => {
  let deployment: TestDeployment;
  let shortId = '';
  let craftItemId = '';

  beforeAll(async () => {
    deployment = await startDeployment({ items: 21 });
    await deployment.startWorker();
  }, 240_000);
  afterAll(async () => {
    await deployment.close();
  }, 60_000);

  it('hands every ready item over once, locks it, and sets aside what lacks a required field', async () => {
    const sweep = await deployment.run('sweep', 'mobile', '--json');
    expect(sweep.stderr).toBe('');
    const result = JSON.parse(sweep.stdout) as Record<string, number>;
    expect(result['found']).toBeGreaterThan(3);
    expect(result['started']).toBe(result['found']);
    await eventually(async () => {
      const { links } = await handOverFacts(deployment);
      return links.every((link) => link.phase === 'following' || link.phase === 'blocked');
    }, 'all items are followed or set aside');
    const facts = await handOverFacts(deployment);
    expect(facts.broken).toEqual([]);
    const followed = facts.links.filter((link) => link.phase === 'following');
    expect(facts.locked).toBe(followed.length);
    expect(facts.devItems).toBe(followed.length);
    const blocked = facts.links.filter((link) => link.phase === 'blocked');
    expect(blocked.map((link) => link.blockedBy)).toEqual(blocked.map(() => 'missing-field'));
    const [first] = followed;
    shortId = first?.craftShortId ?? '';
    craftItemId = first?.craftItemId ?? '';
  });

  it('does nothing twice in a second sweep', async () => {
    const before = deployment.sandbox.records.counters().find((route) => route.route === '/workitem')?.total;
    const sweep = await deployment.run('sweep', 'mobile', '--json');
    const result = JSON.parse(sweep.stdout) as Record<string, number>;
    expect(result['started']).toBe(0);
    const after = deployment.sandbox.records.counters().find((route) => route.route === '/workitem')?.total;
    expect(after).toBe(before);
  });

  it("brings a developer's move into Craft.io with the next progress sweep, and settles a closed item", async () => {
    const link = await deployment.ledger.links.find('mobile', shortId);
    await deployment.run('progress', 'km', '--json');
    deployment.sandbox.act({ as: 'developer', action: 'move', id: link?.devItemId ?? '', status: 'In Progress' });
    const progress = await deployment.run('progress', 'km', '--json');
    expect(JSON.parse(progress.stdout)).toMatchObject({ changed: 1, signalled: 1 });
    const { craft } = deployment.sandbox.world;
    const status = (): unknown => craft.valueOf(craft.items.get(craftItemId) ?? never(), 'dev_status');
    await eventually(() => Promise.resolve(status() === 'In development'), 'Craft.io shows In development');
    deployment.sandbox.act({ as: 'developer', action: 'move', id: link?.devItemId ?? '', status: 'Done' });
    await deployment.run('progress', 'km', '--json');
    await eventually(() => Promise.resolve(status() === 'Done'), 'Craft.io shows Done');
    await eventually(
      async () => (await deployment.ledger.links.find('mobile', shortId))?.phase === 'settling',
      'the item settles',
    );
    expect(isLocked(deployment.sandbox, craftItemId)).toBe(true);
  });

  it('a space that does not exist is named by preview, with the nearest, before anything is created', async () => {
    await deployment.configure({ pipeline: { target: { spaceId: 'MOBB' } } });
    const { exitCode, stdout, stderr } = await deployment.run('preview', 'mobile');
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(
      /pipelines\.mobile\.target\.spaceId +the key sees no space with the id "MOBB"; the nearest is/,
    );
    expect(stderr).toMatch(
      /^craftsync: 1 thing is wrong, see above: correct .*craftsync\.yaml or the accounts before a sweep/,
    );
  });
});

function never(): never {
  throw new Error('the Craft item is gone');
}
