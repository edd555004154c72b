/** Odd items among good ones: properties of another type, and texts that are far too long (invariant I6). */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ItemLink } from '../../../domain/link.js';
import { seedReadyItems } from '../../../sandbox/seeding/seedWorld.js';
import { eventually, startDeployment, type TestDeployment } from '../../harness/deployment/deployment.js';
import * as after from '../../harness/deployment/followed.js';
import { handOverFacts, isLocked } from '../../harness/deployment/handOverCheck.js';
import { wordsOf } from '../../harness/words.js';

let deployment: TestDeployment;

beforeAll(async () => {
  deployment = await startDeployment({ items: 0, configuration: after.quick({}) });
  await deployment.startWorker();
}, 120_000);
afterEach(() => {
  deployment.sandbox.faults.clear();
});
afterAll(async () => {
  await deployment.close();
}, 120_000);

async function rowWhere(craftItemId: string, isThere: (link: ItemLink) => boolean): Promise<ItemLink> {
  return eventually(async () => {
    const row = await deployment.ledger.links.get({ pipeline: 'mobile', craftItemId });
    return row !== null && isThere(row) && row;
  }, `the row of ${craftItemId} is as wanted`);
}

async function expectFollowed(craftItemId: string): Promise<ItemLink> {
  const link = await rowWhere(craftItemId, ({ phase }) => phase === 'following');
  expect(after.devItemsOf(deployment, link)).toEqual([link.devItemId]);
  expect(isLocked(deployment.sandbox, craftItemId)).toBe(true);
  return link;
}

function shortIdOf(craftItemId: string): string {
  return deployment.sandbox.world.craft.items.get(craftItemId)?.shortId ?? after.never('Craft.io lost an item');
}

describe('integration/handOver/oddItems: odd items', () => {
  it('sets aside each item with a property of another type, naming it, and hands the others over', async () => {
    const { faults, world } = deployment.sandbox;
    const [first = '', title = '', status = '', fields = '', word = '', nameless = '', last = ''] = seedReadyItems(
      world,
      7,
    );
    const byId = {
      [title]: { title: 4_711 },
      [status]: { status: 4_711 },
      [fields]: { customFields: { team: 'mobile' } },
      // The guide writes a status by its name alone: that is no other type.
      [word]: { status: 'Ready for Development' },
      [nameless]: { id: null },
    };
    faults.add({ rules: [{ mounts: ['craft-guide'], methods: ['GET'], fault: { kind: 'alter', byId } }] });
    const problem = `${shortIdOf(nameless)}: id is null, a string is documented`;
    const sweep = await deployment.run('sweep', 'mobile', '--json');
    expect(JSON.parse(sweep.stdout)).toEqual({ found: 7, started: 6, known: 0, failed: 1, problems: [problem] });
    expect(sweep).toMatchObject({ exitCode: 1, stderr: `craftsync: 1 item could not be started: ${problem}\n` });

    for (const id of [first, word, last]) await expectFollowed(id);
    const blocked = await Promise.all(
      [title, status, fields].map((id) => rowWhere(id, (row) => row.phase === 'blocked')),
    );
    expect(blocked.map(({ blockedBy, lastError, devItemId }) => ({ blockedBy, lastError, devItemId }))).toEqual(
      [
        'title is a number, a string is documented',
        'status is a number, an object is documented',
        'customFields is an object, a list is documented',
      ].map((lastError) => ({ blockedBy: 'bad-answer', lastError, devItemId: null })),
    );
    const said = wordsOf((await deployment.run('status')).stdout);
    expect(said).toContain(`not readable: ${problem}`);
    for (const { craftShortId, lastError } of blocked) {
      expect(said).toContain(`${craftShortId ?? ''} mobile blocked (bad-answer) ${lastError ?? ''}`);
    }

    faults.clear();
    for (const link of blocked) {
      await after.order(deployment, 'resync', link);
      await expectFollowed(link.craftItemId);
    }
    expect((await deployment.run('sweep', 'mobile')).exitCode).toBe(0);
    await expectFollowed(nameless);
    expect((await handOverFacts(deployment)).broken).toEqual([]);
  }, 180_000);

  it('hands over a description of 1 MB, cut before the marker, even when the answer to its create is lost', async () => {
    const { faults, world } = deployment.sandbox;
    const [plain = '', lost = ''] = seedReadyItems(world, 2);
    const description = 'Ein Satz über Überweisungen. '.repeat(36_200);
    for (const id of [plain, lost]) {
      after.act(deployment, { as: 'product-manager', action: 'edit', id, edit: { description } });
    }
    const preview = await deployment.run('preview', 'mobile');
    const cut =
      /note +the description is cut to 30,000 characters, with a link to the rest; it has 1,\d{3},\d{3} characters/g;
    expect([...preview.stdout.matchAll(cut)]).toHaveLength(2);

    faults.add({
      rules: [
        {
          mounts: ['kitemaker-rest'],
          methods: ['POST'],
          mentions: lost,
          next: 1,
          fault: { kind: 'lose-answer', applied: true, silence: 'reset' },
        },
      ],
    });
    expect(await deployment.run('sweep', 'mobile')).toMatchObject({ exitCode: 0, stderr: '' });
    for (const id of [plain, lost]) {
      const { devItemId } = await expectFollowed(id);
      const text = world.tools.kitemaker.world.workItems.get(devItemId ?? '')?.description ?? '';
      expect(text.length).toBeLessThanOrEqual(30_000);
      expect(text.split('\n\n').slice(-3)).toEqual([
        `… *(cut here: the whole text is in [Craft.io](https://app.craft.io/items/${id}))*`,
        `[Craft.io](https://app.craft.io/items/${id})`,
        `craftsync:mobile/${id}/1`,
      ]);
    }
    const log = await deployment.run('log', 'mobile', shortIdOf(lost), '--json');
    expect(log.stdout).toContain('"outcome":"adopted"');
  }, 180_000);
});
