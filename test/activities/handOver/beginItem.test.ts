import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { beginItem, type Begin } from '../../../activities/handOver/beginItem.js';
import { createDevItem } from '../../../activities/handOver/createDevItem.js';
import { lockCraftItem } from '../../../activities/handOver/lockCraftItem.js';
import { asks, unlessHandsOff } from '../../../activities/step/step.js';
import type { CraftItem } from '../../../domain/craftItem.js';
import type { Phase } from '../../../domain/phases.js';
import { begin, craftItem, openLedger, PIPELINE, type LedgerFixture } from '../../fixtures/ledger.js';
import { memorySystems, type MemorySystems } from '../../fixtures/memorySystems.js';

const READY = { status: { id: '1', name: 'Ready' }, title: 'A title' };

describe('activities/handOver/beginItem', () => {
  let db: LedgerFixture;
  let systems: MemorySystems;
  beforeAll(async () => {
    db = await openLedger();
    systems = memorySystems(db);
  });
  afterAll(() => db.close());

  const phaseOf = async (id: string, listed: Partial<CraftItem> | null): Promise<Phase | null> => {
    if (listed !== null) await db.ledger.snapshots.collect(PIPELINE, 'sweep', [craftItem(id, listed)]);
    const item = { pipeline: PIPELINE, craftItemId: id };
    const begun = await new MockActivityEnvironment().run((): Promise<Begin> =>
      beginItem(systems.deps, item, { newRun: true }),
    );
    return begun.status === 'known' ? begun.state.phase : null;
  };

  it('an item that the sweep has just read as ready, with all it needs, begins with its create', async () => {
    expect(await phaseOf('clear', READY)).toBe('creating');
    expect(await db.ledger.links.get({ pipeline: PIPELINE, craftItemId: 'clear' })).toMatchObject({
      craftShortId: 'F-clear',
      checked: expect.any(String) as string,
      claimToken: null,
    });
  });

  it('an item that the sweep listed an hour ago begins with its create, too: that reads it, and nothing else does', async () => {
    await db.ledger.snapshots.collect(PIPELINE, 'sweep', [craftItem('late', READY)]);
    await db.sql(`update item_snapshot set read_at = read_at - interval '1 hour' where craft_item_id = 'late'`);
    expect(await phaseOf('late', null)).toBe('creating');
    const item = { pipeline: PIPELINE, craftItemId: 'late' };
    const readBefore = systems.itemReads.length;
    expect((await systems.step(item, asks('create', createDevItem))).state).toMatchObject({ next: 'lock' });
    expect((await systems.step(item, unlessHandsOff(lockCraftItem))).state).toMatchObject({ phase: 'following' });
    expect(systems.itemReads.slice(readBefore)).toEqual(['late']);
  });

  it('an item that nobody has listed, that is not ready, or that may have to wait, is checked first', async () => {
    expect(await phaseOf('unread', null)).toBe('checking');
    expect(await phaseOf('unready', { ...READY, status: { id: '2', name: 'Idea' } })).toBe('checking');
    expect(await phaseOf('child', { ...READY, parentId: 'clear' })).toBe('checking');
    expect(await phaseOf('untitled', { ...READY, title: '' })).toBe('checking');
  });

  it('an item that another pipeline is about to create is checked first', async () => {
    await begin(db.ledger, 'shared', 'web');
    await db.ledger.phases.set({ pipeline: 'web', craftItemId: 'shared' }, { phase: 'creating' });
    expect(await phaseOf('shared', READY)).toBe('checking');
  });

  it('an item whose lost row had a create noted beside it takes that as an open one', async () => {
    const item = { pipeline: PIPELINE, craftItemId: 'lost' };
    await db.ledger.continuity.remember(item, { devTool: 'km', generation: 1, marked: ['d1'], linked: [] });
    expect(await phaseOf('lost', READY)).toBe('creating');
    expect((await db.ledger.links.get(item))?.sentAt).not.toBeNull();
  });
});
