import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { begin, craftItem, type LedgerFixture, openLedger, PIPELINE } from '../../fixtures/ledger.js';

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

describe('ledger/links/hierarchy', () => {
  it('names the children that have no dev item and are not final', async () => {
    const { hierarchy, phases } = fixture.ledger;
    for (const id of ['c1', 'c2', 'c3', 'c4']) await child(id, 'parent-1');
    await phases.set({ pipeline: PIPELINE, craftItemId: 'c2' }, { phase: 'not-ready' });
    await phases.set({ pipeline: PIPELINE, craftItemId: 'c3' }, { phase: 'blocked', blockedBy: 'parent' });
    await fixture.sql(`update item_link set dev_item_id = 'd4' where craft_item_id = 'c4'`);
    const found = await hierarchy.childrenWithoutDevItem('parent-1');
    expect(found.map(({ craftItemId }) => craftItemId)).toEqual(['c1', 'c3']);
  });

  it('finds an ancestor over several levels, and stops in a circle', async () => {
    const { hierarchy } = fixture.ledger;
    await child('leaf', 'middle');
    await child('middle', 'top');
    expect(await hierarchy.isAncestor('top', 'leaf')).toBe(true);
    expect(await hierarchy.isAncestor('leaf', 'top')).toBe(false);
    await child('top', 'middle');
    expect(await hierarchy.isAncestor('middle', 'middle')).toBe(true);
    expect(await hierarchy.isAncestor('leaf', 'top')).toBe(false);
  });

  it('counts an item as collected until its run has come to its first step, if a sweep that runs collected it', async () => {
    const { snapshots, hierarchy } = fixture.ledger;
    const isCollected = () => hierarchy.isCollected('p1', [PIPELINE]);
    await snapshots.noteUnderWay(PIPELINE, 'sweep-1');
    expect(await isCollected()).toBe(false);
    await snapshots.collect(PIPELINE, 'sweep-1', [craftItem('p1'), craftItem('p2')]);
    expect(await isCollected()).toBe(true);
    expect(await hierarchy.isCollected('p1', ['other'])).toBe(false);
    await snapshots.markStarted(PIPELINE, 'sweep-1', ['p1']);
    expect(await isCollected()).toBe(true);
    expect(await hierarchy.isCollected('p2', [PIPELINE])).toBe(true);
    await snapshots.noteEnded(PIPELINE, 'sweep-1');
    expect(await isCollected()).toBe(true);
    expect(await hierarchy.isCollected('p2', [PIPELINE])).toBe(false);
    await begin(fixture.ledger, 'p1');
    expect(await isCollected()).toBe(false);
  });

  it('an item that was not ready counts as collected until it was looked at again since', async () => {
    const { snapshots, hierarchy, phases } = fixture.ledger;
    const ref = { pipeline: PIPELINE, craftItemId: 'r1' };
    const isCollected = () => hierarchy.isCollected('r1', [PIPELINE]);
    await begin(fixture.ledger, 'r1');
    await phases.set(ref, { phase: 'not-ready' });
    await sleep(2);
    await snapshots.noteUnderWay(PIPELINE, 'sweep-2');
    await snapshots.collect(PIPELINE, 'sweep-2', [craftItem('r1')]);
    expect(await isCollected()).toBe(true);
    await snapshots.markStarted(PIPELINE, 'sweep-2', ['r1']);
    expect(await isCollected()).toBe(true);
    await phases.set(ref, { phase: 'not-ready' });
    expect(await isCollected()).toBe(false);
  });

  it('counts what one of two sweeps collected while the other begins and ends', async () => {
    const { connections, hierarchy, snapshots } = fixture.ledger;
    const isCollected = () => hierarchy.isCollected('t1', [PIPELINE]);
    const begins = (sweepId: string) => snapshots.noteUnderWay(PIPELINE, sweepId);
    const noteRun = (result: Record<string, unknown> | null) =>
      connections.noteSweep({ scheduleId: `ready-sweep:${PIPELINE}`, result, heldBack: null });
    await noteRun(null);
    await begins('scheduled');
    await snapshots.collect(PIPELINE, 'scheduled', [craftItem('t1')]);
    await noteRun(null);
    await begins('by-hand');
    expect(await isCollected()).toBe(true);
    await snapshots.collect(PIPELINE, 'by-hand', [craftItem('t1')]);
    await noteRun({ found: 1 });
    await snapshots.noteEnded(PIPELINE, 'by-hand');
    expect(await isCollected()).toBe(true);
    await snapshots.noteEnded(PIPELINE, 'scheduled');
    expect(await isCollected()).toBe(false);
  });

  it('counts nothing of a sweep that was terminated half an hour ago', async () => {
    const { hierarchy, snapshots } = fixture.ledger;
    await snapshots.noteUnderWay(PIPELINE, 'terminated');
    await snapshots.collect(PIPELINE, 'terminated', [craftItem('l1')]);
    expect(await hierarchy.isCollected('l1', [PIPELINE])).toBe(true);
    await fixture.sql(`update ready_collection set seen_at = seen_at - interval '31 minutes'`);
    expect(await hierarchy.isCollected('l1', [PIPELINE])).toBe(false);
  });

  it('counts what a sweep has collected for as long as that sweep gives signs of life', async () => {
    const { hierarchy, snapshots } = fixture.ledger;
    await snapshots.noteUnderWay(PIPELINE, 'slow');
    await snapshots.collect(PIPELINE, 'slow', [craftItem('s1')]);
    await fixture.sql(`update ready_collection set seen_at = seen_at - interval '31 minutes'`);
    await snapshots.noteUnderWay(PIPELINE, 'slow');
    expect(await hierarchy.isCollected('s1', [PIPELINE])).toBe(true);
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
