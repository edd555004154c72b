import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { begin, craftItem, type LedgerFixture, openLedger, PIPELINE } from '../fixtures/ledger.js';

const SWEEP = `ready-sweep:${PIPELINE}`;

let fixture: LedgerFixture;

beforeAll(async () => {
  fixture = await openLedger();
});
afterAll(async () => {
  await fixture.close();
});

async function child(craftItemId: string, parentCraftItemId: string): Promise<void> {
  const { phases } = fixture.ledger;
  await begin(fixture.ledger, craftItemId);
  await phases.patch({ pipeline: PIPELINE, craftItemId }, { parentCraftItemId });
}

function noteSweep(result: Record<string, unknown> | null): Promise<void> {
  return fixture.ledger.connections.noteSweep({ scheduleId: SWEEP, result, heldBack: null });
}

describe('ledger/hierarchy', () => {
  it('names the children that have no dev item and are not final', async () => {
    const { hierarchy, phases } = fixture.ledger;
    for (const id of ['c1', 'c2', 'c3', 'c4']) await child(id, 'parent-1');
    await phases.set({ pipeline: PIPELINE, craftItemId: 'c2' }, { phase: 'not-ready' });
    await phases.set({ pipeline: PIPELINE, craftItemId: 'c3' }, { phase: 'blocked', blockedBy: 'parent' });
    await fixture.sql(`update item_link set dev_item_id = 'd4' where craft_item_id = 'c4'`);
    const found = await hierarchy.childrenWithoutDevItem('parent-1');
    expect(found.map(({ craftItemId }) => craftItemId)).toEqual(['c1', 'c3']);
  });

  it('finds an ancestor over levels, and comes to an end in a circle', async () => {
    const { hierarchy } = fixture.ledger;
    await child('leaf', 'middle');
    await child('middle', 'top');
    expect(await hierarchy.isAncestor('top', 'leaf')).toBe(true);
    expect(await hierarchy.isAncestor('leaf', 'top')).toBe(false);
    await child('top', 'middle');
    expect(await hierarchy.isAncestor('middle', 'middle')).toBe(true);
    expect(await hierarchy.isAncestor('leaf', 'top')).toBe(false);
  });

  it('counts an item as collected while the sweep that collected it runs and has not started it', async () => {
    const { snapshots, hierarchy, phases } = fixture.ledger;
    const isCollected = () => hierarchy.isCollected('p1', [PIPELINE]);
    await noteSweep(null);
    expect(await isCollected()).toBe(false);
    await snapshots.collect(PIPELINE, 'sweep-1', [craftItem('p1'), craftItem('p2')]);
    expect(await isCollected()).toBe(true);
    expect(await hierarchy.isCollected('p1', ['other'])).toBe(false);
    await begin(fixture.ledger, 'p1');
    expect(await isCollected()).toBe(false);
    await phases.set({ pipeline: PIPELINE, craftItemId: 'p1' }, { phase: 'not-ready' });
    expect(await isCollected()).toBe(true);
    await snapshots.markStarted(PIPELINE, 'sweep-1', ['p1']);
    expect(await isCollected()).toBe(false);
    expect(await hierarchy.isCollected('p2', [PIPELINE])).toBe(true);
    await noteSweep({ found: 2 });
    expect(await hierarchy.isCollected('p2', [PIPELINE])).toBe(false);
    await noteSweep(null);
    expect(await hierarchy.isCollected('p2', [PIPELINE])).toBe(false);
  });

  it('finds live links by the pages of their Craft items', async () => {
    const { hierarchy, phases } = fixture.ledger;
    for (const id of ['u1', 'u2', 'u3']) {
      await begin(fixture.ledger, id);
      await phases.patch({ pipeline: PIPELINE, craftItemId: id }, { craftUrl: `https://app.craft.io/item/${id}` });
    }
    await fixture.sql(`update item_link set dev_item_id = craft_item_id where craft_item_id in ('u1', 'u3')`);
    await phases.set({ pipeline: PIPELINE, craftItemId: 'u3' }, { phase: 'orphaned' });
    const urls = ['u1', 'u2', 'u3', 'u4'].map((id) => `https://app.craft.io/item/${id}`);
    expect((await hierarchy.liveByCraftUrl(urls)).map(({ craftItemId }) => craftItemId)).toEqual(['u1']);
    expect(await hierarchy.liveByCraftUrl([])).toEqual([]);
  });
});
