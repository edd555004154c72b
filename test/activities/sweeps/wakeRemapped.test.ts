/** Which items a progress sweep wakes because they show what another mapping made of their status (I4). */
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pushProgress } from '../../../activities/follow/pushProgress.js';
import type { Wake } from '../../../activities/ports.js';
import { wakePending } from '../../../activities/sweeps/progressSweep.js';
import { unlessHandsOff } from '../../../activities/step/step.js';
import type { ItemRef } from '../../../domain/ids.js';
import { wakeEach } from '../../../runtime/itemSyncs.js';
import { following, openLedger, type LedgerFixture } from '../../fixtures/ledger.js';
import { memorySystems, type MemorySystems } from '../../fixtures/memorySystems.js';
import { pipelineOf, settingsOf } from '../../fixtures/settings.js';

describe('activities/sweeps/wakeRemapped', { timeout: 60_000 }, () => {
  let db: LedgerFixture;
  let systems: MemorySystems;
  let woken: Wake[];
  beforeEach(async () => {
    db = await openLedger();
    systems = memorySystems(db);
    woken = [];
  });
  afterEach(() => db.close());

  const map = (statuses: Record<string, string>): void => {
    systems.settings = settingsOf([pipelineOf('mobile', { statuses })]);
  };
  const sweep = async (): Promise<readonly string[]> => {
    woken = [];
    const wake = wakeEach((one) => Promise.resolve(void woken.push(one)));
    const deps = { ...systems.deps, itemSyncs: { ...systems.deps.itemSyncs, wake } };
    await new MockActivityEnvironment().run((): Promise<number> => wakePending(deps, 'km'));
    return woken.map(({ item }) => item.craftItemId);
  };
  const push = (item: ItemRef, wake: Wake | undefined) =>
    systems.step(item, unlessHandsOff(pushProgress(wake?.changed === 'dev-item' ? wake.snapshot : undefined)));
  const shownOf = async (item: ItemRef) => (await db.ledger.links.get(item))?.lastProgress?.['dev_status'];

  it('what was written by an old mapping after the change was applied is found, written anew, and then left alone', async () => {
    const { item } = await following(db.ledger, 'a');
    await following(db.ledger, 'b');
    map({ Backlog: 'Backlog' });
    for (const one of ['a', 'b']) await push({ pipeline: 'mobile', craftItemId: one }, undefined);
    expect(await sweep()).toEqual([]);
    map({ Backlog: 'Planned' });
    expect(await sweep()).toEqual(['a', 'b']);
    await push(item, woken[0]);
    expect(await shownOf(item)).toBe('Planned');
    expect(await sweep()).toEqual(['b']);
  });

  it('what Craft.io refuses, what waits, and what is paused wakes nobody', async () => {
    map({ Backlog: 'Backlog' });
    for (const id of ['refused', 'waits', 'paused', 'open']) {
      const { item } = await following(db.ledger, id);
      await push(item, undefined);
    }
    await db.sql(`update item_link set last_progress = last_progress - 'dev_status' where craft_item_id = 'refused'`);
    await db.sql(`update item_link set blocked_until = clock_timestamp() where craft_item_id = 'waits'`);
    await db.sql(`update item_link set phase = 'paused' where craft_item_id = 'paused'`);
    await db.sql(`update item_detail set unanswered = '{}' where craft_item_id = 'open'`);
    map({ Backlog: 'Planned' });
    expect(await sweep()).toEqual([]);
  });

  it('an item that was blocked by an old mapping goes on, and one that the new one calls done ends', async () => {
    map({ Backlog: 'Backlog' });
    const { item } = await following(db.ledger, 'blocked');
    await following(db.ledger, 'done');
    for (const one of ['blocked', 'done']) await push({ pipeline: 'mobile', craftItemId: one }, undefined);
    await db.ledger.phases.set(item, { phase: 'blocked', blockedBy: 'status-unmapped', lastError: 'no entry' });
    const pipeline = pipelineOf('mobile', { statuses: { Backlog: 'Backlog' } });
    if (pipeline.progress === null) throw new Error('no rule');
    systems.settings = settingsOf([{ ...pipeline, progress: { ...pipeline.progress, doneWhen: ['Backlog'] } }]);
    expect([...(await sweep())].sort()).toEqual(['blocked', 'done']);
    for (const wake of woken) await push(wake.item, wake);
    expect((await db.ledger.links.get(item))?.phase).toBe('settling');
    expect(await sweep()).toEqual([]);
  });
});
