/** The same refusal of item after item pauses the pipeline, not one item after the other (design 3, Refused). */
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { checkReadiness } from '../../../activities/handOver/checkReadiness.js';
import { createDevItem } from '../../../activities/handOver/createDevItem.js';
import { lockCraftItem } from '../../../activities/handOver/lockCraftItem.js';
import { pushProgress } from '../../../activities/follow/pushProgress.js';
import { recreateItem } from '../../../activities/follow/operatorVerbs.js';
import type { Wake } from '../../../activities/ports.js';
import { asks } from '../../../activities/step/step.js';
import { wakeToTry } from '../../../activities/step/refusedPipeline.js';
import { ToolError } from '../../../domain/errors.js';
import { pipelinePauseKey, type ItemRef } from '../../../domain/ids.js';
import { wakeEach } from '../../../runtime/itemSyncs.js';
import { lock as lockRule } from '../../fixtures/craftItems.js';
import { begin, following, linked, openLedger, type LedgerFixture } from '../../fixtures/ledger.js';
import { memorySystems, type MemorySystems } from '../../fixtures/memorySystems.js';
import { pipelineOf, settingsOf } from '../../fixtures/settings.js';

describe('activities/step/refusedPipeline', { timeout: 120_000 }, () => {
  let db: LedgerFixture;
  let systems: MemorySystems;
  let woken: Wake[];
  let count = 0;
  beforeAll(async () => {
    db = await openLedger();
  });
  afterAll(() => db.close());
  beforeEach(async () => {
    systems = memorySystems(db);
    woken = [];
    Object.assign(systems.deps.itemSyncs, { wake: wakeEach((wake) => Promise.resolve(void woken.push(wake))) });
    for (const table of ['item_link', 'connection_state', 'sync_log']) await db.sql(`delete from ${table}`);
  });

  const refusal = (words: string, connection = 'km') =>
    new ToolError('invalid', `${connection}: ${words}`, { connection, status: 400, write: true });
  const wrongTarget = () => systems.refusals.set('km', refusal('POST /workitem was refused: no status "s"'));
  const fresh = async (): Promise<ItemRef> => {
    const { pipeline, craftItemId } = await begin(db.ledger, `2305843010${String((count += 1)).padStart(6, '0')}`);
    return { pipeline, craftItemId };
  };
  const handOver = async (item: ItemRef) => {
    await systems.step(item, asks('check', checkReadiness));
    return systems.step(item, asks('create', createDevItem));
  };
  const tryNew = async (many: number): Promise<ItemRef[]> => {
    const items: ItemRef[] = [];
    for (let n = 0; n < many; n += 1) {
      items.push(await fresh());
      await handOver(items[n] as ItemRef);
    }
    return items;
  };
  const counts = async () =>
    Object.fromEntries(
      (await db.ledger.links.countByPhase()).map(({ phase, blockedBy, count: items }) => [
        `${phase} ${blockedBy ?? ''}`.trim(),
        items,
      ]),
    );
  const paused = () => db.ledger.connections.paused(pipelinePauseKey('mobile'));
  const aMinutePasses = () => db.sql(`update connection_state set probed_at = probed_at - interval '61 seconds'`);

  it('five refusals in the same words pause it, with one alert, and nothing more is tried for those that follow', async () => {
    wrongTarget();
    let tried = 0;
    systems.beforeSend = () => Promise.resolve((tried += 1));
    const items = await tryNew(30);
    expect(await counts()).toEqual({ 'blocked refused': 5, 'creating pipeline-paused': 25 });
    expect([tried, systems.alerts.length]).toEqual([5, 1]);
    expect(systems.alerts[0]).toMatch(/^The pipeline mobile is paused: 5 items in a row .*no status "s"/);
    const later = await systems.step(items[9] as ItemRef, createDevItem);
    expect(later.wait).toMatchObject({
      reason: 'pipeline-paused',
      why: expect.stringContaining('no status') as string,
    });
    expect(await db.ledger.links.get(items[0] as ItemRef)).toMatchObject({
      lastError: 'km: POST /workitem was refused: no status "s"',
    });
  });

  it('of those that were under way when it was paused none is blocked', async () => {
    wrongTarget();
    const items = await Promise.all(Array.from({ length: 20 }, fresh));
    for (const item of items) await systems.step(item, asks('check', checkReadiness));
    let ready = 0;
    let open = (): void => undefined;
    const all = new Promise<void>((resolve) => (open = resolve));
    systems.beforeSend = () => {
      if ((ready += 1) === items.length) open();
      return all;
    };
    await Promise.all(items.map((item) => systems.step(item, createDevItem)));
    expect(await counts()).toEqual({ 'blocked refused': 5, 'creating pipeline-paused': 15 });
    expect(systems.alerts).toHaveLength(1);
  });

  it('four, one that is accepted, and four more do not', async () => {
    wrongTarget();
    await tryNew(4);
    systems.refusals.clear();
    await tryNew(1);
    wrongTarget();
    await tryNew(4);
    expect(await counts()).toEqual({ 'blocked refused': 8, locking: 1 });
    expect([await paused(), systems.alerts]).toEqual([null, []]);
    await tryNew(1);
    expect(await paused()).not.toBeNull();
  });

  it('refusals in different words do not, and ids, keys and numbers are no words', async () => {
    for (const word of ['effort', 'impact', 'effort', 'impact', 'effort', 'impact']) {
      systems.refusals.set('km', refusal(`${word} has a wrong value`));
      await tryNew(1);
    }
    expect([await paused(), await counts()]).toEqual([null, { 'blocked refused': 6 }]);
    for (let n = 1; n <= 5; n += 1) {
      systems.refusals.set('km', refusal(`F-23${n} at https://km.test/w/${n}: status ${n} is gone`));
      await tryNew(1);
    }
    expect(await paused()).not.toBeNull();
  });

  it('one item that is refused again and again does not', async () => {
    wrongTarget();
    const item = await fresh();
    for (let n = 0; n < 7; n += 1) await handOver(item);
    expect([await paused(), await counts()]).toEqual([null, { 'blocked refused': 1 }]);
  });

  it('one waiting item a minute is tried, waits on, and the pause ends with the first that is accepted', async () => {
    wrongTarget();
    const items = await tryNew(8);
    const waiting = items.slice(5);
    let tried = 0;
    systems.beforeSend = () => Promise.resolve((tried += 1));
    await aMinutePasses();
    const waits = [];
    for (const item of waiting) waits.push((await systems.step(item, createDevItem)).wait?.ms ?? 0);
    expect(tried).toBe(1);
    expect(waits.filter((ms) => ms < 120_000)).toHaveLength(1);
    expect(await counts()).toEqual({ 'blocked refused': 5, 'creating pipeline-paused': 3 });
    systems.refusals.clear();
    await aMinutePasses();
    expect((await systems.step(waiting[0] as ItemRef, createDevItem)).state.phase).toBe('locking');
    expect(await paused()).toBeNull();
    const of = (changed: string) =>
      woken.filter((wake) => wake.changed === changed).map(({ item }) => item.craftItemId);
    expect(of('pause-ended').sort()).toEqual(waiting.slice(1).map(({ craftItemId }) => craftItemId));
    expect(of('craft-item').sort()).toEqual(items.slice(0, 5).map(({ craftItemId }) => craftItemId));
    for (const item of items) await handOver(item);
    expect([await counts(), systems.alerts.length]).toEqual([{ locking: 8 }, 1]);
  });

  it('a waiting item that is refused for something else is set aside with its own reason', async () => {
    wrongTarget();
    const items = await tryNew(6);
    systems.refusals.set('km', refusal('the title is too long'));
    await aMinutePasses();
    const { state } = await systems.step(items[5] as ItemRef, createDevItem);
    expect(state).toMatchObject({ phase: 'blocked', blockedBy: 'refused', lastError: 'km: the title is too long' });
    expect(await paused()).not.toBeNull();
  });

  it('a changed target ends it with the next look', async () => {
    wrongTarget();
    const items = await tryNew(7);
    systems.settings = settingsOf([
      { ...pipelineOf('mobile', { target: { spaceId: 'a', statusId: 't' } }), lock: lockRule },
    ]);
    systems.refusals.clear();
    expect((await systems.step(items[6] as ItemRef, createDevItem)).state.phase).toBe('locking');
    expect([await paused(), woken.length]).toEqual([null, 6]);
  });

  it('other settings end it before they are tried: what they are refused pauses it anew, and is not tried for ever', async () => {
    wrongTarget();
    const items = await tryNew(12);
    systems.settings = settingsOf([
      { ...pipelineOf('mobile', { target: { spaceId: 'a', statusId: 't' } }), lock: lockRule },
    ]);
    let tried = 0;
    systems.beforeSend = () => Promise.resolve((tried += 1));
    for (const item of items.slice(5)) await systems.step(item, createDevItem);
    for (const item of items.slice(10)) await systems.step(item, createDevItem);
    expect(tried).toBe(5);
    expect(await counts()).toEqual({ 'blocked refused': 10, 'creating pipeline-paused': 2 });
    expect(systems.alerts).toHaveLength(2);
    expect(woken.map(({ item }) => item.craftItemId)).toEqual(
      expect.arrayContaining(items.filter((_, n) => n !== 5).map(({ craftItemId }) => craftItemId)),
    );
  });

  it('an item that may try, and has to wait for its turn, is tried when it comes, whoever may try meanwhile', async () => {
    wrongTarget();
    const [, , , , , first, second] = (await tryNew(7)) as [
      ItemRef,
      ItemRef,
      ItemRef,
      ItemRef,
      ItemRef,
      ItemRef,
      ItemRef,
    ];
    const { turn } = systems;
    systems.turn = () =>
      Promise.reject(new ToolError('rate-limited', 'the limit of km is reached', { retryInMs: 90_000 }));
    for (const item of [first, second]) {
      await aMinutePasses();
      expect((await systems.step(item, createDevItem)).wait?.reason).toBe('rate-limit');
    }
    systems.turn = turn;
    systems.refusals.clear();
    expect((await systems.step(first, createDevItem)).state.phase).toBe('locking');
    expect(await paused()).toBeNull();
  });

  it('refused locks pause it, too: nothing is created or locked, and the pause ends by a lock', async () => {
    systems.refusals.set('craft', refusal('PUT: no status "In Development"', 'craft'));
    const locking = await Promise.all(
      Array.from({ length: 7 }, async () => (await linked(db.ledger, `l-${(count += 1)}`)).item),
    );
    for (const item of locking) await systems.step(item, lockCraftItem);
    expect(await counts()).toEqual({ 'blocked refused': 5, 'locking pipeline-paused': 2 });
    const [created] = (await tryNew(1)) as [ItemRef];
    await aMinutePasses();
    await systems.step(created, createDevItem);
    expect(systems.created).toEqual([]);
    systems.refusals.clear();
    expect((await systems.step(locking[6] as ItemRef, lockCraftItem)).state.phase).toBe('following');
    expect([await paused(), woken.length]).toEqual([null, 7]);
  });

  it('holds up neither the lock of what was created before, nor the progress of what is handed over', async () => {
    const { item: before } = await linked(db.ledger, 'before');
    const { item: followed } = await following(db.ledger, 'followed');
    wrongTarget();
    await tryNew(6);
    expect((await systems.step(before, lockCraftItem)).state.phase).toBe('following');
    const pushed = await systems.step(followed, pushProgress());
    expect([pushed.wait, pushed.pushed]).toEqual([undefined, true]);
  });

  it('an item that a person asks for is tried in any case, and one of the five stays blocked', async () => {
    wrongTarget();
    const items = await tryNew(7);
    await db.ledger.refusals.admit(items[0] as ItemRef);
    expect((await handOver(items[0] as ItemRef)).state).toMatchObject({ phase: 'blocked', blockedBy: 'refused' });
    const { item } = await following(db.ledger, 'again');
    await db.ledger.phases.set(item, { phase: 'orphaned' });
    await new MockActivityEnvironment().run((): Promise<unknown> => recreateItem(systems.deps, item, 1));
    systems.refusals.clear();
    expect((await systems.step(item, createDevItem)).state.phase).toBe('locking');
    expect(await paused()).toBeNull();
  });

  it('with nobody waiting, each ready sweep wakes another of the five that are still to be tried', async () => {
    wrongTarget();
    const items = (await tryNew(5)) as [ItemRef, ItemRef, ItemRef, ItemRef, ItemRef];
    await db.ledger.phases.set(items[0], { phase: 'released' });
    await db.ledger.phases.set(items[1], { phase: 'not-ready' });
    await wakeToTry(systems.deps, 'mobile');
    systems.refusals.set('km', refusal('the title is too long'));
    await aMinutePasses();
    expect((await handOver(items[2])).state.lastError).toBe('km: the title is too long');
    await wakeToTry(systems.deps, 'mobile');
    expect(woken).toEqual([items[2], items[3]].map((item) => ({ item, changed: 'craft-item' })));
    systems.refusals.clear();
    await aMinutePasses();
    expect((await handOver(items[3])).state.phase).toBe('locking');
    expect(await paused()).toBeNull();
    woken.length = 0;
    await wakeToTry(systems.deps, 'mobile');
    expect(woken).toEqual([]);
  });

  it('with nobody waiting and none of the five left, a ready sweep ends it', async () => {
    wrongTarget();
    const items = await tryNew(6);
    for (const item of items.slice(0, 5)) await db.ledger.phases.set(item, { phase: 'not-ready' });
    await wakeToTry(systems.deps, 'mobile');
    expect(await paused()).not.toBeNull();
    await db.ledger.phases.set(items[5] as ItemRef, { phase: 'released' });
    await wakeToTry(systems.deps, 'mobile');
    expect([await paused(), woken]).toEqual([null, []]);
  });
});
