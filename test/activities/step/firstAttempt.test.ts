import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

import { checkReadiness } from '../../../activities/handOver/checkReadiness.js';
import { createDevItem } from '../../../activities/handOver/createDevItem.js';
import { lockCraftItem } from '../../../activities/handOver/lockCraftItem.js';
import { FIRST_ATTEMPTS_AT_ONCE } from '../../../activities/step/firstAttempt.js';
import { asks, runStep, unlessHandsOff, type StepBody } from '../../../activities/step/step.js';
import { ToolError } from '../../../domain/errors.js';
import type { ItemRef } from '../../../domain/ids.js';
import type { StepResult } from '../../../domain/itemState.js';
import { CREATE, freshItem, linked, openLedger, PIPELINE, type LedgerFixture } from '../../fixtures/ledger.js';
import { memorySystems, type MemorySystems } from '../../fixtures/memorySystems.js';
import { pipelineOf, settingsOf } from '../../fixtures/settings.js';

const create = asks('create', createDevItem);
const lock = unlessHandsOff(lockCraftItem);

/** A wait that its signal ends, as that for a place in the budget. */
const untilAborted = (signal?: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted'))));

describe('activities/step/firstAttempt', { timeout: 60_000 }, () => {
  let db: LedgerFixture;
  beforeAll(async () => {
    db = await openLedger();
    await db.ledger.continuity.doubt(PIPELINE, 'km');
    await db.ledger.continuity.dismiss(PIPELINE, 'km');
  });
  afterAll(() => db.close());
  afterEach(() => {
    vi.useRealTimers();
  });

  const first = (systems: MemorySystems, item: ItemRef, body: StepBody): Promise<StepResult> =>
    new MockActivityEnvironment({ isLocal: true }).run((): Promise<StepResult> => runStep(systems.deps, item, body));
  const toCreate = async (): Promise<ItemRef> => {
    const item = await freshItem(db.ledger);
    await db.ledger.phases.set(item, { phase: 'creating' });
    return item;
  };

  it('hands a step on that waits for seconds, with nothing sent and nothing about it in the row', async () => {
    const systems = memorySystems(db);
    const item = await toCreate();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const waits: StepBody = async (ctx) => {
      void vi.advanceTimersByTimeAsync(3_000);
      await untilAborted(ctx.call.signal);
      return undefined;
    };
    expect(await first(systems, item, waits)).toMatchObject({ handedOn: 'it takes longer' });
    expect(await db.ledger.links.get(item)).toMatchObject({ phase: 'creating', blockedBy: null, lastError: null });
    expect(await db.ledger.log.read({ craftItemId: item.craftItemId, limit: 10 })).toEqual([]);
  });

  it('a create that was sent is heard to its end, however long that takes', async () => {
    const systems = memorySystems(db);
    const item = await toCreate();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    systems.beforeAnswer = () => vi.advanceTimersByTimeAsync(60_000);
    const { state, handedOn } = await first(systems, item, create);
    expect(handedOn).toBeUndefined();
    expect(state).toMatchObject({ phase: 'locking', next: 'lock' });
    expect(systems.created).toHaveLength(1);
  });

  it('a create that has its turn, five seconds ahead, uses it and leaves it to nobody else', async () => {
    const systems = memorySystems(db);
    const item = await toCreate();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    systems.turn = async () => {
      await vi.advanceTimersByTimeAsync(2_900);
      return () => undefined;
    };
    systems.beforeSend = () => vi.advanceTimersByTimeAsync(5_000);
    expect((await first(systems, item, create)).handedOn).toBeUndefined();
    expect(systems.created).toHaveLength(1);
  });

  it('takes no lease once its time is over', async () => {
    const systems = memorySystems(db);
    const item = await toCreate();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    systems.beforeSend = () => vi.advanceTimersByTimeAsync(6_000);
    expect(await first(systems, item, create)).toMatchObject({ handedOn: 'it takes longer' });
    expect(systems.created).toEqual([]);
    expect(await db.ledger.links.get(item)).toMatchObject({ claimToken: null, sentAt: null });
  });

  it('hands on what reads much: an open create, a comparison of markers, linked feedback', async () => {
    const systems = memorySystems(db);
    const open = await toCreate();
    const { token } = await db.ledger.leases.take(open, 5_000);
    await db.ledger.leases.noteSent(open, token, { ...CREATE, phase: 'creating' });
    expect(await first(systems, open, create)).toMatchObject({ handedOn: 'an open create is looked for' });
    const { item } = await linked(db.ledger, 'with-feedback');
    const [mobile] = Object.values(systems.settings.pipelines);
    systems.settings = settingsOf([{ ...(mobile ?? pipelineOf(PIPELINE)), feedback: 'link' }]);
    expect(await first(systems, item, lock)).toMatchObject({ handedOn: 'linked feedback is passed on, too' });
    const doubted = await toCreate();
    await db.ledger.continuity.raise('a test says so');
    expect(await first(systems, doubted, create)).toMatchObject({ handedOn: 'markers are to be compared' });
    await db.ledger.continuity.dismiss(PIPELINE, 'km');
    expect([systems.searched, systems.markedListings, systems.written]).toEqual([[], [], []]);
  });

  it('hands an item on that Craft.io does not find, before it counts as looked for', async () => {
    const systems = memorySystems(db);
    const item = await toCreate();
    systems.absent.add(item.craftItemId);
    for (const body of [create, asks('create', checkReadiness)]) {
      expect(await first(systems, item, body)).toMatchObject({ handedOn: 'Craft.io does not find the item' });
    }
    expect(await db.ledger.links.get(item)).toMatchObject({ craftMissingSince: null, phase: 'creating' });
    expect(systems.reads).toEqual([]);
  });

  it('hands on when its time ends while it asks whether others are refused, too', async () => {
    const systems = memorySystems(db);
    const item = await toCreate();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    Object.defineProperty(systems, 'listingRefusal', {
      get: () => {
        vi.advanceTimersByTime(3_000);
        return new ToolError('unavailable', 'given up', { connection: 'craft' });
      },
    });
    const refused = new ToolError('forbidden', 'craft: 403', { connection: 'craft', byId: true });
    expect(await first(systems, item, () => Promise.reject(refused))).toMatchObject({ handedOn: 'it takes longer' });
  });

  it('hands on words for an item whose pipeline was removed, too', async () => {
    const systems = memorySystems(db);
    const item = await toCreate();
    const [mobile] = Object.values(systems.settings.pipelines);
    const { devTool, source, target, progress } = mobile ?? pipelineOf(PIPELINE);
    const texts = {
      source: JSON.stringify(source),
      target: JSON.stringify(target),
      progress: JSON.stringify(progress),
    };
    await db.ledger.connections.storeApplied({
      pipelines: {},
      removed: { [item.pipeline]: { devTool, ...texts } },
      devTools: [devTool],
    });
    systems.settings = settingsOf([]);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const waits: StepBody = async (ctx) => {
      void vi.advanceTimersByTimeAsync(3_000);
      await untilAborted(ctx.call.signal);
      return undefined;
    };
    const run = () => runStep(systems.deps, item, waits, { quiet: true });
    const env = new MockActivityEnvironment({ isLocal: true });
    expect(await env.run(run)).toMatchObject({ handedOn: 'it takes longer' });
  });

  it('hands on while a connection is paused, and takes no probe of it', async () => {
    const systems = memorySystems(db);
    const item = await toCreate();
    await db.ledger.connections.pause('km', 'connection', 'km: 401');
    expect(await first(systems, item, create)).toMatchObject({ handedOn: 'km is paused' });
    expect(await db.ledger.connections.mayProbe('km')).toBe(true);
    await db.ledger.connections.resume('km');
  });

  it('only so many are made at a time; the others hand on at once, and leave their places', async () => {
    const systems = memorySystems(db);
    const item = await toCreate();
    let goOn = (): void => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    const waits: StepBody = () => held.then(() => undefined);
    const many = Array.from({ length: FIRST_ATTEMPTS_AT_ONCE }, () => first(systems, item, waits));
    expect(await first(systems, item, create)).toMatchObject({ handedOn: 'many steps are under way' });
    goOn();
    await Promise.all(many);
    expect((await first(systems, item, create)).handedOn).toBeUndefined();
  });
});
