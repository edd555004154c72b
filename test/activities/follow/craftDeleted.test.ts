/** What is concluded from a Craft item that is not found by id (design 3, Gone). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { checkDrift } from '../../../activities/follow/checkDrift.js';
import { releaseCraftItem } from '../../../activities/follow/releaseCraftItem.js';
import { checkReadiness } from '../../../activities/handOver/checkReadiness.js';
import { asks, type StepBody, unlessHandsOff } from '../../../activities/step/step.js';
import { ToolError } from '../../../domain/errors.js';
import type { ItemRef } from '../../../domain/ids.js';
import { begin, following, openLedger, type LedgerFixture } from '../../fixtures/ledger.js';
import { memorySystems, type MemorySystems } from '../../fixtures/memorySystems.js';

const look = unlessHandsOff(checkDrift({ acceptDrift: false }));

describe('activities/follow/craftDeleted', { timeout: 60_000 }, () => {
  let db: LedgerFixture;
  let systems: MemorySystems;
  beforeEach(async () => {
    db = await openLedger();
    systems = memorySystems(db);
    // A distance far longer than the steps of a test take.
    systems.settings = { ...systems.settings, craft: { ...systems.settings.craft, timeoutMs: 300_000 } };
    systems.listed.push('somebody-else');
  });
  afterEach(() => db.close());

  const follow = (count: number): Promise<ItemRef[]> =>
    Promise.all(Array.from({ length: count }, async (_, n) => (await following(db.ledger, `f${n}`)).item));
  const one = async (): Promise<ItemRef> => (await follow(1))[0] ?? never();
  const vanish = (items: readonly ItemRef[]): void => items.forEach((item) => systems.absent.add(item.craftItemId));
  const phaseOf = async (item: ItemRef) => (await db.ledger.links.get(item))?.phase;
  const paused = () => db.ledger.connections.paused('craft');
  /** As if that much time had passed since the items were not found for the first time. */
  const later = (seconds: number) =>
    db.sql(`update item_detail set craft_missing_since = craft_missing_since - $1 * interval '1 second'`, [seconds]);
  const twice = async (item: ItemRef, body: StepBody) => {
    await systems.step(item, body);
    await later(601);
    return systems.step(item, body);
  };

  it('an item is released only after two answers with a distance between them, and its dev item is told once', async () => {
    const item = await one();
    vanish([item]);
    expect((await systems.step(item, look)).wait?.ms).toBeGreaterThan(500_000);
    expect((await systems.step(item, look)).wait?.ms).toBeGreaterThan(400_000);
    expect(await phaseOf(item)).toBe('following');
    await later(601);
    await systems.step(item, look);
    expect(await db.ledger.links.get(item)).toMatchObject({
      phase: 'released',
      lastError: 'the Craft.io item was deleted',
    });
    expect(systems.commented).toEqual(['dev-f0']);
  });

  it('an item that is found in between begins again with a first look', async () => {
    const item = await one();
    vanish([item]);
    await systems.step(item, look);
    await later(601);
    systems.absent.clear();
    await systems.step(item, look);
    vanish([item]);
    expect((await systems.step(item, look)).wait?.ms).toBeGreaterThan(500_000);
    expect(await phaseOf(item)).toBe('following');
  });

  it('the listing is believed more: an item that it shows is not gone, and says what to look into', async () => {
    const item = await one();
    vanish([item]);
    systems.listed.push(item.craftItemId);
    expect((await twice(item, look)).wait).toMatchObject({ reason: 'bad-answer' });
    await later(3_600);
    await db.sql(`update item_detail set craft_looked_up_at = craft_looked_up_at - interval '1 hour'`);
    await db.sql(`update craft_look_up set begun_at = begun_at - interval '1 hour'`);
    await systems.step(item, look);
    expect(await db.ledger.links.get(item)).toMatchObject({
      phase: 'following',
      lastError: expect.stringContaining('check craft.baseUrl and craft.dialect') as string,
    });
  });

  it('a listing that shows nothing proves nothing', async () => {
    const item = await one();
    vanish([item]);
    systems.listed.length = 0;
    expect((await twice(item, look)).wait).toMatchObject({ reason: 'connection' });
    expect(await phaseOf(item)).toBe('following');
  });

  it.each(['shows', 'no longer shows'])(
    'a wave of such answers releases nobody, tells nobody and pauses Craft.io, also where the listing %s the items',
    async (shows) => {
      const items = await follow(30);
      vanish(items);
      if (shows === 'shows') systems.listed.push(...items.map(({ craftItemId }) => craftItemId));
      for (const _ of [1, 2]) {
        for (const item of items) await systems.step(item, look);
        await later(601);
      }
      expect(await db.ledger.links.countByPhase()).toEqual([
        expect.objectContaining({ phase: 'following', blockedBy: 'mass-deletion', count: 30 }),
      ]);
      expect(await paused()).toMatchObject({ reason: 'mass-deletion' });
      expect([systems.commented.length, systems.alerts.length]).toEqual([0, 1]);
    },
  );

  it('five that are deleted within an hour are no wave, and cost one reading of the listing', async () => {
    const gone = (await follow(8)).slice(0, 5);
    vanish(gone);
    for (const item of gone) await systems.step(item, look);
    await later(601);
    const before = systems.reads.length;
    for (const item of gone) await systems.step(item, look);
    expect(systems.reads.slice(before).filter((what) => what === 'craft ids')).toHaveLength(1);
    expect(await Promise.all(gone.map(phaseOf))).toEqual(gone.map(() => 'released'));
    expect(await paused()).toBeNull();
  });

  it('deletions that a person accepted are believed afterwards, if the listing no longer shows the items', async () => {
    const items = await follow(8);
    vanish(items);
    systems.listed.push('f0');
    for (const item of items) await systems.step(item, look);
    await db.ledger.connections.resume('craft');
    await later(601);
    for (const item of items) await systems.step(item, look);
    await later(601);
    await db.sql(`update craft_look_up set begun_at = begun_at - interval '1 hour'`);
    for (const item of items) await systems.step(item, look);
    const phases = await Promise.all(items.map(phaseOf));
    expect(phases).toEqual(['following', ...items.slice(1).map(() => 'released')]);
  });

  it('a release does not take an item for gone because a write and a read miss it once: the lock would stay', async () => {
    const item = await one();
    vanish([item]);
    systems.refusals.set('craft', new ToolError('not-found', 'craft: PUT was refused', { write: true }));
    expect((await systems.step(item, releaseCraftItem('by hand'))).wait).toBeDefined();
    expect(await phaseOf(item)).toBe('following');
    systems.refusals.clear();
    systems.absent.clear();
    await systems.step(item, releaseCraftItem('by hand'));
    expect(await phaseOf(item)).toBe('released');
    expect(systems.written).toEqual([{ customFields: { dev_lock: '' } }]);
  });

  it('an item that is not handed over yet is not ready only once it is gone, and pauses nothing', async () => {
    const items = await Promise.all(
      Array.from({ length: 8 }, async (_, n) => {
        await begin(db.ledger, `c${n}`);
        return { pipeline: 'mobile', craftItemId: `c${n}` };
      }),
    );
    vanish(items);
    systems.listed.push('c0');
    for (const item of items) expect((await systems.step(item, asks('check', checkReadiness))).wait).toBeDefined();
    await later(601);
    for (const item of items) await systems.step(item, asks('check', checkReadiness));
    const phases = await Promise.all(items.map(phaseOf));
    expect(phases).toEqual(['checking', ...items.slice(1).map(() => 'not-ready')]);
    expect(await paused()).toBeNull();
  });
});

function never(): never {
  throw new Error('there is no item');
}
