/** A blocked item costs nothing while nothing about it changes; no change is missed (design 4, Blocked items). */
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { checkReadiness } from '../../../activities/handOver/checkReadiness.js';
import type { ActivityDeps, Wake } from '../../../activities/ports.js';
import { asks, runStep } from '../../../activities/step/step.js';
import { collectReady } from '../../../activities/sweeps/readySweep.js';
import type { CraftItem } from '../../../domain/craftItem.js';
import type { PipelineSettings } from '../../../domain/settings.js';
import { blockedLookMs } from '../../../domain/rules/blockedLooks.js';
import { wakeEach } from '../../../runtime/itemSyncs.js';
import { lock, pipelineWith, progress } from '../../fixtures/craftItems.js';
import { begin, craftItem, linked, openLedger, type LedgerFixture } from '../../fixtures/ledger.js';
import { memorySystems } from '../../fixtures/memorySystems.js';
import { settingsOf } from '../../fixtures/settings.js';

const NEEDS_DESCRIPTION = { description: { from: 'description', values: null, required: true } } as const;

describe('activities/sweeps/wakeBlockedItems', () => {
  let db: LedgerFixture;
  let woken: string[];
  let sweeps: number;
  /** What the listing shows, and what a single read shows where that differs. */
  let listing: CraftItem[];
  let single: Map<string, CraftItem>;
  let reads: number;
  let pipelines: PipelineSettings[];
  let unreachable: boolean;
  beforeEach(async () => {
    db = await openLedger();
    [woken, sweeps, listing, reads, unreachable] = [[], 0, [], 0, false];
    single = new Map();
    pipelines = [pipelineWith(NEEDS_DESCRIPTION)];
  });
  afterEach(() => db.close());

  function deps(): ActivityDeps {
    const systems = memorySystems(db);
    systems.settings = settingsOf(pipelines);
    const readItem = (_source: unknown, id: string) => {
      reads += 1;
      return Promise.resolve(single.get(id) ?? listing.find((item) => item.id === id) ?? null);
    };
    async function* listReady() {
      yield await Promise.resolve({ items: listing, malformed: [] });
    }
    const wakeOne = ({ item }: Wake): Promise<void> =>
      unreachable ? Promise.reject(new Error('no server')) : Promise.resolve(void woken.push(item.craftItemId));
    return {
      ...systems.deps,
      current: async () => {
        const current = await systems.deps.current();
        return { ...current, craft: { ...current.craft, readItem, listReady } };
      },
      itemSyncs: { ...systems.deps.itemSyncs, wake: wakeEach(wakeOne) },
    };
  }

  /** What the run of an item does when it is woken. */
  const look = async (id: string) => {
    const item = { pipeline: 'mobile', craftItemId: id };
    const step = asks('check', checkReadiness);
    await new MockActivityEnvironment().run((): Promise<unknown> => runStep(deps(), item, step));
    return (await db.ledger.links.get(item))?.phase;
  };

  /** One ready sweep, after which the items that it woke look. Which these were. */
  const sweep = async (): Promise<readonly string[]> => {
    woken = [];
    const sweepId = `s${(sweeps += 1)}`;
    await new MockActivityEnvironment().run((): Promise<unknown> =>
      collectReady(deps(), { pipeline: 'mobile', sweepId }),
    );
    const ids = [...woken];
    for (const id of ids) await look(id);
    return ids;
  };

  const blockedItems = async (...ids: readonly string[]): Promise<void> => {
    listing = ids.map((id) => craftItem(id));
    for (const id of ids) {
      await begin(db.ledger, id);
      expect(await look(id)).toBe('blocked');
    }
  };

  const edit = (id: string, changes: Partial<CraftItem>): void => {
    listing = listing.map((item) => (item.id === id ? { ...item, ...changes } : item));
  };

  it('ten sweeps over blocked items that stay as they are wake none of them and read none of them', async () => {
    await blockedItems('a', 'b', 'c');
    reads = 0;
    for (let count = 0; count < 10; count += 1) expect(await sweep()).toEqual([]);
    expect(reads).toBe(0);
  });

  it('wakes the one that was completed, and no other', async () => {
    await blockedItems('a', 'b');
    edit('b', { description: 'Now there is one.' });
    expect(await sweep()).toEqual(['b']);
    expect((await db.ledger.links.get({ pipeline: 'mobile', craftItemId: 'b' }))?.phase).toBe('creating');
  });

  it('does not wake for what no setting draws on, such as the time of the words that are written into the item', async () => {
    await blockedItems('a');
    edit('a', {
      updateTime: '2026-11-21T12:00:00.000Z',
      customFields: [{ id: '1', name: 'dev_state', value: 'Blocked' }],
    });
    expect(await sweep()).toEqual([]);
  });

  it('wakes for each edit, and for one that is taken back', async () => {
    await blockedItems('a');
    edit('a', { title: 'Another' });
    expect(await sweep()).toEqual(['a']);
    expect(await sweep()).toEqual([]);
    edit('a', { title: 'Item a' });
    expect(await sweep()).toEqual(['a']);
  });

  it('wakes an item that is no longer listed, which becomes not-ready', async () => {
    await blockedItems('a', 'b');
    for (const id of ['a', 'b']) single.set(id, craftItem(id, { status: { id: null, name: 'In Review' } }));
    listing = [];
    expect(await sweep()).toEqual(['a', 'b']);
    const phases = await db.ledger.links.list({ phases: ['not-ready'] });
    expect(phases.map(({ craftItemId }) => craftItemId)).toEqual(['a', 'b']);
    expect(await sweep()).toEqual([]);
  });

  it('wakes all when the settings that decide have changed, and then none', async () => {
    await blockedItems('a', 'b');
    const [pipeline] = pipelines;
    const table = { from: 'description', values: { yes: '1' }, required: true };
    pipelines = [{ ...(pipeline ?? pipelineWith()), fields: { description: table } }];
    expect(await sweep()).toEqual(['a', 'b']);
    expect(await sweep()).toEqual([]);
  });

  it.each<[string, Partial<PipelineSettings>]>([
    ['the lock', { lock: { ...lock, field: 'view_only' } }],
    ['the progress field', { progress: { ...progress, field: 'state' } }],
    ['the field of the link', { progress: { ...progress, linkField: 'url' } }],
    ['the field of the key', { progress: { ...progress, keyField: 'key' } }],
    ['the field of the state in words', { progress: { ...progress, stateField: null } }],
  ])('wakes an item whose lock was refused once %s is another', async (_what, correction) => {
    await begin(db.ledger, 'a');
    listing = [craftItem('a', { description: 'x' })];
    expect(await look('a')).toBe('creating');
    await db.sql(`update item_link set dev_item_id = 'dev-a'`);
    await db.ledger.phases.set({ pipeline: 'mobile', craftItemId: 'a' }, { phase: 'blocked', blockedBy: 'refused' });
    expect(await sweep()).toEqual([]);
    pipelines = [pipelineWith(NEEDS_DESCRIPTION, correction)];
    expect(await sweep()).toEqual(['a']);
  });

  it('tells again what could not be told', async () => {
    await blockedItems('a');
    edit('a', { title: 'Another' });
    unreachable = true;
    expect(await sweep()).toEqual([]);
    unreachable = false;
    expect(await sweep()).toEqual(['a']);
  });

  it('wakes again for a change that the single read did not show yet', async () => {
    await blockedItems('a');
    single.set('a', craftItem('a'));
    edit('a', { description: 'Now there is one.' });
    expect(await sweep()).toEqual(['a']);
    single.clear();
    expect(await sweep()).toEqual(['a']);
    expect((await db.ledger.links.get({ pipeline: 'mobile', craftItemId: 'a' }))?.phase).toBe('creating');
  });

  it('a listing that shows items otherwise than a single read wakes them twice, then only for changes', async () => {
    await begin(db.ledger, 'a');
    single.set('a', craftItem('a', { title: 'As read singly' }));
    listing = [craftItem('a', { title: 'As listed' })];
    expect(await look('a')).toBe('blocked');
    const told = [];
    for (let count = 0; count < 6; count += 1) told.push(...(await sweep()));
    expect(told).toEqual(['a', 'a']);
    edit('a', { title: 'Changed' });
    expect(await sweep()).toEqual(['a']);
  });

  it.each([
    ['wakes by the time of change', '2026-11-21T10:00:00.000Z', '2026-11-21T11:00:00.000Z', ['a']],
    ['leaves it to the item itself without one', null, null, []],
  ])('a feedback portal, whose listing may leave parts out, %s', async (_how, before, after, expected) => {
    pipelines = [pipelineWith(NEEDS_DESCRIPTION, { source: { feedbackPortal: 'p' }, lock: null })];
    await begin(db.ledger, 'a');
    listing = [craftItem('a', { updateTime: before })];
    expect(await look('a')).toBe('blocked');
    expect(await sweep()).toEqual([]);
    edit('a', { updateTime: after });
    expect(await sweep()).toEqual(expected);
    const link = await db.ledger.links.get({ pipeline: 'mobile', craftItemId: 'a' });
    const lookMs = link === null ? undefined : blockedLookMs(link, 3_600_000);
    expect(lookMs).toBe(before === null ? 3_600_000 : null);
  });

  it('wakes an item that waits for its parent only once the parent is linked or will not be', async () => {
    await begin(db.ledger, 'parent');
    await db.ledger.phases.set(
      { pipeline: 'mobile', craftItemId: 'parent' },
      { phase: 'blocked', blockedBy: 'refused' },
    );
    await begin(db.ledger, 'child');
    listing = [craftItem('parent'), craftItem('child', { parentId: 'parent', description: 'x' })];
    expect(await look('child')).toBe('blocked');
    expect(await sweep()).toEqual([]);
    await linked(db.ledger, 'parent');
    expect(await sweep()).toEqual(['child']);
  });

  it('wakes an item that another pipeline holds only once that one has let it go', async () => {
    const other = { ...(pipelines[0] ?? pipelineWith()), name: 'web' };
    pipelines.push(other);
    const { item } = await linked(db.ledger, 'a', {}, 'web');
    await begin(db.ledger, 'a');
    listing = [craftItem('a', { description: 'x' })];
    expect(await look('a')).toBe('blocked');
    expect(await sweep()).toEqual([]);
    await db.ledger.phases.set(item, { phase: 'released' });
    expect(await sweep()).toEqual(['a']);
  });
});
