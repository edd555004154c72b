/**
 * Attempts that continue after others have finished: they were stopped before they sent, or before they heard the
 * answer, while the item was paused, un-readied, released or handed over by a successor (design 3, createDevItem;
 * invariants I1 and I2).
 */
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { beginItem } from '../../../activities/handOver/beginItem.js';
import { createDevItem } from '../../../activities/handOver/createDevItem.js';
import { lockCraftItem } from '../../../activities/handOver/lockCraftItem.js';
import { releaseCraftItem } from '../../../activities/follow/releaseCraftItem.js';
import { asks } from '../../../activities/step/step.js';
import { pauseItem, resumeItem } from '../../../activities/follow/operatorVerbs.js';
import type { ItemRef } from '../../../domain/ids.js';
import type { StepResult } from '../../../domain/itemState.js';
import type { ItemLink } from '../../../domain/link.js';
import { pipelineOf, settingsOf } from '../../fixtures/settings.js';
import { begin, craftItem, openLedger, type LedgerFixture, CREATES_AN_HOUR_AGO } from '../../fixtures/ledger.js';
import { memorySystems, type MemorySystems } from '../../fixtures/memorySystems.js';

const create = asks('create', createDevItem);
const lock = asks('lock', lockCraftItem);

describe('activities/handOver/lateAttempts: late attempts', { timeout: 60_000 }, () => {
  let db: LedgerFixture;
  let systems: MemorySystems;
  let item: ItemRef;
  let count = 0;
  beforeAll(async () => {
    db = await openLedger();
  });
  afterAll(() => db.close());
  beforeEach(async () => {
    systems = memorySystems(db);
    const { pipeline, craftItemId } = await begin(db.ledger, `late-${(count += 1)}`);
    item = { pipeline, craftItemId };
    await db.ledger.phases.set(item, { phase: 'creating' });
  });

  const row = async (): Promise<ItemLink> => {
    const link = await db.ledger.links.get(item);
    if (link === null) throw new Error('the row is gone');
    return link;
  };
  const verb = (what: () => Promise<StepResult>): Promise<StepResult> => new MockActivityEnvironment().run(what);
  const pause = () => verb(() => pauseItem(systems.deps, item, { reason: 'operator', why: 'lunch' }));
  const resume = () => verb(() => resumeItem(systems.deps, item));
  /** Runs `what` at the hook, once. */
  const before = (hook: 'beforeSend' | 'beforeAnswer', what: () => Promise<unknown>): void => {
    const then = systems[hook];
    systems[hook] = async () => {
      systems[hook] = then;
      await what();
    };
  };

  it.each([
    ['paused', { phase: 'paused', blockedBy: 'operator' }],
    ['un-readied', { phase: 'not-ready' }],
    ['set aside', { phase: 'blocked', blockedBy: 'missing-field' }],
  ] as const)('a create that is about to be sent is not, once the item was %s', async (_, change) => {
    before('beforeSend', () => db.ledger.phases.set(item, change));
    await systems.step(item, create);
    expect(systems.created).toEqual([]);
    expect(await row()).toMatchObject({ ...change, devItemId: null, sentAt: null });
  });

  it('a create that is about to be sent is not, once the item was released', async () => {
    before('beforeSend', () => systems.step(item, releaseCraftItem('')));
    await systems.step(item, create);
    expect(systems.created).toEqual([]);
    expect(await row()).toMatchObject({ phase: 'released', sentAt: null });
  });

  it('an attempt that read the row between the lease of a create and its note does not end the item over it', async () => {
    const { token } = await db.ledger.leases.take(item, 5_000);
    const handedOver = { values: {}, lockField: null, lockStatus: null };
    const sentNow = { phase: 'creating', handedOver, fingerprint: 'f', devTool: 'km', target: null } as const;
    systems.turn = async () => {
      expect(await db.ledger.leases.noteSent(item, token, sentNow)).toBe(true);
      return () => undefined;
    };
    const known = await systems.deps.current();
    const readItem = () => Promise.resolve(craftItem(item.craftItemId, { status: { id: '2', name: 'Another' } }));
    const unready = { ...known, craft: { ...known.craft, readItem } };
    Object.assign(systems.deps, { current: () => Promise.resolve(unready) });
    await db.ledger.continuity.beat();
    await db.ledger.continuity.dismiss('mobile', 'km');
    expect((await systems.step(item, create)).wait).toMatchObject({ why: 'another attempt is under way' });
    expect(await row()).toMatchObject({ phase: 'creating', sentAt: expect.any(String) as string });
  });

  it('a verb ends the wait of a create for its turn, and nothing is sent', async () => {
    await expect(systems.cancelled(item, create)).rejects.toThrow('a verb came first');
    expect(systems.created).toEqual([]);
    expect(await row()).toMatchObject({ phase: 'creating', sentAt: null });
  });

  it('a pause that comes while the create is under way stays, and the hand-over goes on after it', async () => {
    before('beforeAnswer', pause);
    await systems.step(item, create);
    expect(await row()).toMatchObject({ phase: 'paused', blockedBy: 'operator', lastError: 'lunch' });
    expect((await row()).devItemId).not.toBeNull();
    await resume();
    await systems.step(item, lock);
    expect(await row()).toMatchObject({ phase: 'following' });
    expect(systems.created).toHaveLength(1);
  });

  it('a pause that comes while the lock is under way stays, and what was locked is known after it', async () => {
    await systems.step(item, create);
    before('beforeAnswer', pause);
    await systems.step(item, lock);
    const paused = await row();
    expect(paused).toMatchObject({ phase: 'paused', blockedBy: 'operator', lastError: 'lunch' });
    expect(paused.lockedAt).not.toBeNull();
    expect((await resume()).state).toMatchObject({ next: 'follow' });
  });

  it('a lock that was sent and never answered is taken away again by a release, once it is known', async () => {
    await systems.step(item, create);
    before('beforeAnswer', () => Promise.reject(new Error('the worker died')));
    await systems.step(item, lock).catch(() => undefined);
    expect(await systems.step(item, releaseCraftItem(''))).toMatchObject({
      wait: { why: 'an earlier write to Craft.io was not answered and may still be applied' },
    });
    await db.sql(`update item_detail set unanswered = jsonb_set(unanswered, '{until}', '"2020-01-01T00:00:00.000Z"')`);
    await systems.step(item, releaseCraftItem(''));
    expect(systems.held).toMatchObject({ dev_lock: '' });
    expect(await row()).toMatchObject({ phase: 'released', unanswered: null });
  });

  it('a lock that is about to be sent is not, once the item was released or paused', async () => {
    await systems.step(item, create);
    before('beforeSend', pause);
    await systems.step(item, lock);
    expect(await row()).toMatchObject({ phase: 'paused', lockedAt: null, unanswered: null });
    await resume();
    before('beforeSend', () => systems.step(item, releaseCraftItem('')));
    await systems.step(item, lock);
    expect(await row()).toMatchObject({ phase: 'released', lockedAt: null, unanswered: null });
    expect(systems.written).toEqual([]);
  });

  it('a late attempt with an older text leaves the text that was handed over', async () => {
    before('beforeSend', async () => {
      systems.title = 'A newer title';
      await systems.step(item, create);
    });
    await systems.step(item, create);
    expect(systems.created.map(({ draft }) => draft.title)).toEqual(['A newer title']);
    expect((await row()).handedOver?.values).toMatchObject({ title: 'A newer title' });
  });

  it('an open create is looked for where it was sent to, whatever the configuration says by now', async () => {
    const pipeline = systems.settings.pipelines['mobile'];
    before('beforeAnswer', () => Promise.reject(new Error('the worker died')));
    await systems.step(item, create).catch(() => undefined);
    await db.sql(CREATES_AN_HOUR_AGO);
    systems.shows = false;
    const moved = { ...pipelineOf('mobile', { devTool: 'unused', target: { spaceId: 'other' } }), lock: null };
    systems.settings = settingsOf([moved]);
    await systems.step(item, create);
    expect(systems.searched.map(({ tool, query }) => [tool, query.target])).toEqual([['km', pipeline?.target]]);
    expect(systems.created).toHaveLength(1);
    expect(await row()).toMatchObject({ sentAt: null, devTool: 'km' });
  });

  it('an item of which nothing was sent belongs to the tool that its pipeline names now', async () => {
    systems.settings = settingsOf([pipelineOf('mobile', { devTool: 'unused' })]);
    await verb(async () => {
      const begun = await beginItem(systems.deps, item, { newRun: false });
      if (begun.status === 'unknown') throw new Error('the row is gone');
      return { state: begun.state };
    });
    expect(await row()).toMatchObject({ devTool: 'unused' });
    await systems.step(item, create);
    expect(systems.created.map(({ tool }) => tool)).toEqual(['unused']);
  });

  it('a create that goes to the tool that its pipeline names by now is looked for there, and stored so', async () => {
    systems.settings = settingsOf([pipelineOf('mobile', { devTool: 'unused', target: { spaceId: 'other' } })]);
    before('beforeAnswer', () => Promise.reject(new Error('the worker died')));
    await systems.step(item, create).catch(() => undefined);
    expect(await row()).toMatchObject({ devTool: 'unused', sentTarget: { spaceId: 'other' } });
    await db.sql(CREATES_AN_HOUR_AGO);
    await systems.step(item, create);
    expect(systems.searched.map(({ tool, query }) => [tool, query.target])).toEqual([['unused', { spaceId: 'other' }]]);
  });

  it('a gone dev item that is noticed late creates none anew once the item was paused', async () => {
    await systems.step(item, create);
    await systems.step(item, lock);
    const { claimToken: token, generation } = await row();
    await pause();
    await db.ledger.pairings.raiseGeneration(item, { generation, token });
    expect(await row()).toMatchObject({ phase: 'paused', generation });
  });

  it('a linked item stays with its tool when its pipeline goes to another, and says so when that tool is gone', async () => {
    await systems.step(item, create);
    const moved = pipelineOf('mobile', { devTool: 'unused', target: { spaceId: 'other' } });
    systems.settings = settingsOf([moved]);
    let used = '';
    const look = (ctx: { pipeline: { devTool: string } }) => {
      used = ctx.pipeline.devTool;
      return Promise.resolve(undefined);
    };
    await systems.step(item, look);
    expect(used).toBe('km');
    const { km, ...devTools } = systems.settings.devTools;
    expect(km).toBeDefined();
    systems.settings = { ...systems.settings, devTools };
    await systems.step(item, look);
    expect(await row()).toMatchObject({
      phase: 'blocked',
      blockedBy: 'connection',
      lastError: 'km, where this item is linked, is no longer configured: put it back under devTools',
    });
  });
});
