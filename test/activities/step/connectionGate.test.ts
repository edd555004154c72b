/** A key that may read and not write: one alert, one probe a minute, and no item stops another (design 5). */
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createDevItem } from '../../../activities/handOver/createDevItem.js';
import { lockCraftItem } from '../../../activities/handOver/lockCraftItem.js';
import { runSweepStep } from '../../../activities/step/sweepStep.js';
import { ToolError } from '../../../domain/errors.js';
import type { ItemRef } from '../../../domain/ids.js';
import { begin, linked, openLedger, type LedgerFixture } from '../../fixtures/ledger.js';
import { pipelineOf, settingsOf } from '../../fixtures/settings.js';
import { memorySystems, type MemorySystems } from '../../fixtures/memorySystems.js';

describe('activities/step/connectionGate', { timeout: 60_000 }, () => {
  let db: LedgerFixture;
  let systems: MemorySystems;
  beforeAll(async () => {
    db = await openLedger();
  });
  afterAll(() => db.close());
  beforeEach(async () => {
    systems = memorySystems(db);
    await db.sql('delete from item_link');
    await db.sql('delete from connection_state');
  });

  const forbidden = (message: string) =>
    new ToolError('forbidden', message, { connection: 'craft', status: 403, write: true });
  const items = (count: number): Promise<ItemRef[]> =>
    Promise.all(Array.from({ length: count }, async (_, n) => (await linked(db.ledger, `gate-${n}`)).item));
  const lock = (item: ItemRef) => systems.step(item, lockCraftItem);
  const paused = () => db.ledger.connections.paused('craft');
  const aMinutePasses = () =>
    db.sql(`update connection_state set probed_at = probed_at - interval '61 seconds' where probed_at is not null`);

  it('a refused write pauses the connection with one alert, which no answered read ends', async () => {
    systems.refusals.set('craft', forbidden('craft: PUT was refused'));
    const waiting = await items(4);
    for (const item of waiting) expect((await lock(item)).wait).toMatchObject({ reason: 'connection' });
    await aMinutePasses();
    for (const item of waiting) await lock(item);
    const sweep = () =>
      new MockActivityEnvironment().run(() => runSweepStep(systems.deps, 'craft', () => Promise.resolve(1)));
    expect(await sweep()).toBe(1);
    expect(systems.alerts).toHaveLength(1);
    expect(await paused()).toMatchObject({ reason: 'connection', writeRefused: true });
  });

  it('the traffic of a connection that is paused starts gently, and once more when a write ends the pause', async () => {
    systems.refusals.set('craft', forbidden('craft: PUT was refused'));
    const [first, second] = (await items(2)) as [ItemRef, ItemRef];
    await lock(first);
    await lock(second);
    expect(systems.startedGently).toEqual(['craft']);
    systems.refusals.clear();
    await aMinutePasses();
    await lock(second);
    expect(await paused()).toBeNull();
    expect(systems.startedGently).toEqual(['craft', 'craft']);
  });

  it('so does that of one whose pause a sweep begins', async () => {
    const refused = () => Promise.reject(new ToolError('unauthorized', 'craft: 401', { connection: 'craft' }));
    const sweep = new MockActivityEnvironment().run(() => runSweepStep(systems.deps, 'craft', refused));
    await expect(sweep).rejects.toThrow('401');
    expect(systems.startedGently).toEqual(['craft']);
  });

  it('during such a pause one write a minute is tried, and one that is accepted ends it', async () => {
    systems.refusals.set('craft', forbidden('craft: PUT was refused'));
    const [first, second, third] = (await items(3)) as [ItemRef, ItemRef, ItemRef];
    await lock(first);
    await lock(second);
    systems.refusals.clear();
    expect((await lock(third)).wait).toMatchObject({ reason: 'connection' });
    expect(systems.written).toEqual([]);
    await aMinutePasses();
    expect((await lock(third)).state.phase).toBe('following');
    expect(await paused()).toBeNull();
    expect((await lock(first)).state.phase).toBe('following');
  });

  it('an item that alone is refused is set aside, stays so without another alert, and leaves the probe to others', async () => {
    const [refused, other] = (await items(2)) as [ItemRef, ItemRef];
    const refusal = forbidden('craft: PUT of this one was refused');
    systems.refusals.set('craft', refusal);
    await lock(refused);
    const again = await lock(refused);
    expect(again.wait?.ms).toBeGreaterThan(120_000);
    systems.refusals.clear();
    await aMinutePasses();
    await lock(other);
    expect(await paused()).toBeNull();
    systems.refusals.set('craft', refusal);
    for (let look = 0; look < 2; look += 1) {
      expect((await lock(refused)).state).toMatchObject({ phase: 'blocked', blockedBy: 'refused' });
      expect([await paused(), systems.alerts.length]).toEqual([null, 1]);
    }
    systems.refusals.clear();
    expect((await lock(refused)).state.phase).toBe('following');
    expect(await db.ledger.links.get(refused)).toMatchObject({ writeRefusedAt: null });
  });

  it('steps that write nothing there neither wait nor take the probe, and nothing is created that could not be locked', async () => {
    const [first, second] = (await items(2)) as [ItemRef, ItemRef];
    systems.refusals.set('craft', forbidden('craft: PUT was refused'));
    await lock(first);
    systems.refusals.clear();
    expect((await systems.step(second, () => Promise.resolve(undefined))).wait).toBeUndefined();
    const creating = { pipeline: 'mobile', craftItemId: 'new' };
    await begin(db.ledger, 'new');
    await db.ledger.phases.set(creating, { phase: 'creating' });
    expect((await systems.step(creating, createDevItem)).wait).toMatchObject({ reason: 'connection' });
    expect(systems.created).toEqual([]);
    expect((await lock(second)).state.phase).toBe('following');
    expect(await paused()).toBeNull();
  });

  it('where nobody is left who has a write to try, one item is handed over, and its lock is that write', async () => {
    systems.refusals.set('craft', forbidden('craft: PUT was refused'));
    const [refused] = (await items(1)) as [ItemRef];
    await lock(refused);
    await db.ledger.phases.set(refused, { phase: 'released' });
    systems.refusals.clear();
    const waiting = ['first', 'second'].map((craftItemId) => ({ pipeline: 'mobile', craftItemId }));
    for (const item of waiting) {
      await begin(db.ledger, item.craftItemId);
      await db.ledger.phases.set(item, { phase: 'creating' });
    }
    const create = (item: ItemRef) => systems.step(item, createDevItem);
    for (const item of waiting) expect((await create(item)).wait).toMatchObject({ reason: 'connection' });
    await db.sql(`update connection_state set since = since - interval '6 minutes', probed_at = null`);
    for (const item of waiting) await create(item);
    expect(systems.created).toHaveLength(1);
    await aMinutePasses();
    const [handedOver] = waiting as [ItemRef, ItemRef];
    expect((await lock(handedOver)).state.phase).toBe('following');
    expect(await paused()).toBeNull();
  });

  it('items of a pipeline without a lock are handed over meanwhile, and leave the probe to those that have one', async () => {
    systems.refusals.set('craft', forbidden('craft: PUT was refused'));
    const [refused] = (await items(1)) as [ItemRef];
    await lock(refused);
    systems.settings = settingsOf([{ ...pipelineOf('mobile'), lock: null }]);
    await begin(db.ledger, 'portal');
    const item = { pipeline: 'mobile', craftItemId: 'portal' };
    await db.ledger.phases.set(item, { phase: 'creating' });
    await systems.step(item, createDevItem);
    expect(systems.created).toHaveLength(1);
    expect(await db.ledger.connections.mayProbe('craft')).toBe(true);
  });

  it('a refused create is probed by a create, and nothing is created meanwhile', async () => {
    systems.refusals.set('km', new ToolError('forbidden', 'km: POST was refused', { connection: 'km', write: true }));
    const creating = await Promise.all(
      Array.from({ length: 3 }, async (_, n) => {
        const { pipeline, craftItemId } = await begin(db.ledger, `create-${n}`);
        await db.ledger.phases.set({ pipeline, craftItemId }, { phase: 'creating' });
        return { pipeline, craftItemId };
      }),
    );
    for (const item of creating) await systems.step(item, createDevItem);
    expect([systems.created.length, systems.alerts.length]).toEqual([0, 1]);
    systems.refusals.clear();
    await aMinutePasses();
    for (const item of creating) await systems.step(item, createDevItem);
    expect(systems.created).toHaveLength(3);
  });

  it('a scope that shows nothing is believed to be empty only where nothing is linked in it', async () => {
    systems.sees = false;
    const creating = { pipeline: 'mobile', craftItemId: 'empty' };
    await begin(db.ledger, 'empty');
    await db.ledger.phases.set(creating, { phase: 'creating' });
    await db.ledger.connections.pause('km', 'connection', 'km: 401');
    expect((await systems.step(creating, createDevItem)).state.phase).toBe('locking');
    await db.sql(`update item_link set dev_scope = 'scope' where dev_item_id is not null`);
    await db.ledger.connections.pause('km', 'connection', 'km: 401');
    expect((await lock(creating)).wait).toMatchObject({ reason: 'connection' });
  });

  it('a wait for something else leaves a blocked item its reason', async () => {
    const [item] = (await items(1)) as [ItemRef];
    await lock(item);
    const change = { phase: 'blocked', blockedBy: 'status-unmapped', lastError: 'status "Odd" has no entry' } as const;
    await db.ledger.phases.set(item, change);
    const limited = () =>
      Promise.reject(new ToolError('rate-limited', 'craft: too many', { connection: 'craft', retryInMs: 60_000 }));
    expect((await systems.step(item, limited)).wait).toMatchObject({ reason: 'rate-limit' });
    await systems.step(item, () => Promise.resolve(undefined));
    expect(await db.ledger.links.get(item)).toMatchObject(change);
  });

  it('a wait without a reason code leaves no words behind', async () => {
    const [item] = (await items(1)) as [ItemRef];
    await lock(item);
    const until = new Date(Date.now() + 60_000).toISOString();
    const words = { blockedUntil: until, lastError: 'the answer to a comment was lost' };
    await db.ledger.phases.set(item, { phase: 'following', ...words });
    await systems.step(item, () => Promise.resolve(undefined));
    expect(await db.ledger.links.get(item)).toMatchObject({ phase: 'following', lastError: null, blockedUntil: null });
  });
});
