/** Items and their parents, handed over in one sweep or one after the other (design 4, Hierarchy). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ItemLink } from '../../../domain/link.js';
import { READY } from '../../../sandbox/seeding/craftItems.js';
import { eventually, startDeployment, type TestDeployment } from '../../harness/deployment/deployment.js';
import * as after from '../../harness/deployment/followed.js';
import { makeInitiative } from '../../harness/deployment/initiatives.js';

let deployment: TestDeployment;

beforeAll(async () => {
  // No schedule looks at an item again: whatever goes on in these tests was woken.
  deployment = await startDeployment({
    items: 0,
    configuration: after.quick({ pipeline: { sweepEvery: '24 hours' } }),
  });
  await deployment.startWorker();
}, 120_000);
afterAll(async () => {
  await deployment.close();
}, 60_000);

interface Made {
  readonly id: string;
  readonly shortId: string;
}

/** A ready item; without a description it cannot be handed over. */
function ready(title: string, of: { parentId?: string; description?: string | null; type?: string } = {}): Made {
  const { craft } = deployment.sandbox.world;
  const { id, shortId } = craft.createItem(
    {
      workspaceId: deployment.sandbox.craft.workspaceId,
      type: of.type ?? 'Feature',
      title,
      description: of.description === undefined ? `About ${title}.` : of.description,
      statusId: craft.statusNamed(READY)?.id ?? after.never('no status'),
      parentId: of.parentId ?? null,
    },
    'product-manager',
  );
  return { id, shortId };
}

function setParent(id: string, parentId: string): void {
  const { craft } = deployment.sandbox.world;
  craft.updateItem(id, { parentId }, 'product-manager');
}

async function rowWhere({ id }: Made, isThere: (link: ItemLink) => boolean, what: string): Promise<ItemLink> {
  return eventually(async () => {
    const row = await deployment.ledger.links.get({ pipeline: 'mobile', craftItemId: id });
    return row !== null && isThere(row) && row;
  }, `${id} ${what}`);
}

const followed = (item: Made): Promise<ItemLink> => rowWhere(item, ({ phase }) => phase === 'following', 'is followed');

function blockedBy(item: Made, error: string): Promise<ItemLink> {
  return rowWhere(item, ({ phase, lastError }) => phase === 'blocked' && lastError === error, `waits: ${error}`);
}

function descriptionOf(link: ItemLink): string {
  const { workItems } = deployment.sandbox.world.tools.kitemaker.world;
  return workItems.get(link.devItemId ?? '')?.description ?? after.never(`no dev item of ${link.craftItemId}`);
}

async function outcomesOf({ id }: Made): Promise<readonly string[]> {
  const entries = await deployment.ledger.log.read({ pipeline: 'mobile', craftItemId: id, limit: 200 });
  return entries.map(({ outcome }) => outcome);
}

describe('integration/handOver/hierarchy', () => {
  it('children of one sweep wait visibly for their parent, say why it is blocked, and are created after it', async () => {
    const epic = ready('Epic', { type: 'Epic', description: null });
    const children = ['one', 'two', 'three'].map((name) => ready(name, { parentId: epic.id }));
    await after.sweepReady(deployment);
    await rowWhere(epic, ({ phase, blockedBy: by }) => phase === 'blocked' && by === 'missing-field', 'is blocked');
    for (const child of children) {
      const waiting = await blockedBy(
        child,
        `waits for its parent ${epic.shortId}, which is blocked: Description is empty`,
      );
      expect(waiting).toMatchObject({ blockedBy: 'parent', devItemId: null, parentCraftItemId: epic.id });
    }
    after.act(deployment, { as: 'product-manager', action: 'edit', id: epic.id, edit: { description: 'Whole.' } });
    await deployment.run('resync', 'mobile', epic.shortId);
    const parent = await followed(epic);
    for (const child of children) {
      const link = await followed(child);
      expect(Date.parse(link.linkedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(parent.linkedAt ?? ''));
      expect(descriptionOf(link)).toContain(
        `Part of [${parent.devItemKey ?? ''}](${parent.devItemUrl ?? ''})\n\nAbout `,
      );
    }
  }, 120_000);

  it('a child of a parent in an initiative is put under that initiative, and its text needs no line', async () => {
    const epic = ready('Epic in an initiative', { type: 'Epic' });
    await after.sweepReady(deployment);
    const parent = await followed(epic);
    const kitemaker = deployment.sandbox.world.tools.kitemaker.world;
    const initiative = makeInitiative(deployment.sandbox, [parent.devItemId ?? '']);
    const child = ready('Child', { parentId: epic.id });
    await after.sweepReady(deployment);
    const link = await followed(child);
    expect(kitemaker.initiatives.get(initiative)?.workItemIds).toEqual([parent.devItemId, link.devItemId]);
    expect(descriptionOf(link)).not.toContain('Part of');
  }, 120_000);

  it('a circle of two waits for nobody, and the log says so', async () => {
    const a = ready('A');
    const b = ready('B', { parentId: a.id });
    setParent(a.id, b.id);
    await after.sweepReady(deployment);
    await followed(a);
    await followed(b);
    expect([...(await outcomesOf(a)), ...(await outcomesOf(b))]).toContain('parent-cycle');
  }, 120_000);

  it('children are handed over without their parent when it is no longer ready', async () => {
    const epic = ready('Epic for later', { type: 'Epic', description: null });
    const child = ready('Child for now', { parentId: epic.id });
    await after.sweepReady(deployment);
    await rowWhere(child, ({ blockedBy: by }) => by === 'parent', 'waits');
    after.act(deployment, { as: 'product-manager', action: 'unready', id: epic.id });
    await deployment.run('resync', 'mobile', epic.shortId);
    const link = await followed(child);
    expect(descriptionOf(link)).not.toContain('Part of');
  }, 120_000);

  it('children say that their parent was paused, and what they wait for once it goes on', async () => {
    const epic = ready('Epic that rests', { type: 'Epic', description: null });
    const child = ready('Child that waits', { parentId: epic.id });
    await after.sweepReady(deployment);
    const waits = `waits for its parent ${epic.shortId}, which is`;
    await blockedBy(child, `${waits} blocked: Description is empty`);
    await deployment.run('pause', 'mobile', epic.shortId, '--reason', 'next week');
    await blockedBy(child, `${waits} paused: next week`);
    await deployment.run('resume', 'mobile', epic.shortId);
    await blockedBy(child, `${waits} blocked: Description is empty`);
  }, 120_000);

  it('children go on when the pipeline of their parent is taken out of the configuration', async () => {
    const title = 'Epic of another pipeline';
    const epics = { ready: { status: null, where: [{ field: 'title', equals: title }] } };
    await deployment.configure(after.quick({ pipeline: { sweepEvery: '24 hours' }, pipelines: { epics } }));
    await deployment.run('apply');
    const epic = ready(title, { type: 'Epic', description: null });
    const child = ready('Child of two pipelines', { parentId: epic.id });
    await deployment.run('sweep', 'epics');
    await deployment.run('resync', 'mobile', child.shortId);
    await blockedBy(child, `waits for its parent ${epic.shortId}, which is blocked: Description is empty`);
    await deployment.configure(after.quick({ pipeline: { sweepEvery: '24 hours' } }));
    const applied = await deployment.run('apply', '--accept');
    expect(applied.stderr).toBe('');
    await followed(child);
  }, 120_000);

  it('a link to a handed-over item in a description gets a link to the dev item beside it', async () => {
    const first = ready('First');
    await after.sweepReady(deployment);
    const link = await followed(first);
    const second = ready('Second', { description: `<p>See <a href="${link.craftUrl ?? ''}">the first</a>.</p>` });
    await after.sweepReady(deployment);
    expect(descriptionOf(await followed(second))).toContain(
      `See [the first](${link.craftUrl ?? ''}) ([${link.devItemKey ?? ''}](${link.devItemUrl ?? ''})).`,
    );
  }, 120_000);
});
