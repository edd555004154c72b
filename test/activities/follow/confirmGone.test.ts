/** When a dev item that is not found by id is believed gone, and for which items (design 3, Gone). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { confirmGone, suspectGone } from '../../../activities/follow/confirmGone.js';
import { pushProgress } from '../../../activities/follow/pushProgress.js';
import { unlessHandsOff } from '../../../activities/step/step.js';
import type { ItemRef } from '../../../domain/ids.js';
import type { Phase } from '../../../domain/phases.js';
import type { Settings } from '../../../domain/settings.js';
import { lock } from '../../fixtures/craftItems.js';
import { following, openLedger, type LedgerFixture } from '../../fixtures/ledger.js';
import { memorySystems, type MemorySystems } from '../../fixtures/memorySystems.js';
import { pipelineOf, settingsOf } from '../../fixtures/settings.js';

/** Far longer than the steps of a test take. */
const READ_AFTER_WRITE_S = 600;

describe('activities/follow/confirmGone', { timeout: 60_000 }, () => {
  let db: LedgerFixture;
  let systems: MemorySystems;
  beforeEach(async () => {
    db = await openLedger();
    systems = memorySystems(db);
    systems.settings = patient(systems.settings);
  });
  afterEach(() => db.close());

  const follow = async (id: string, phase: Phase = 'following'): Promise<ItemRef> => {
    const { item } = await following(db.ledger, id);
    if (phase !== 'following') await db.ledger.phases.set(item, { phase });
    systems.absent.add(`dev-${id}`);
    return item;
  };
  const rowOf = async (item: ItemRef) => db.ledger.links.get(item);
  const look = (item: ItemRef) => systems.step(item, unlessHandsOff(pushProgress()));
  const confirm = (item: ItemRef) => systems.step(item, unlessHandsOff(confirmGone));
  /** What a run does on a wake. */
  const wake = async (item: ItemRef) => {
    const { suspectGone: isSuspect } = await look(item);
    if (isSuspect !== true) return;
    await systems.step(item, unlessHandsOff(suspectGone));
    await later(READ_AFTER_WRITE_S);
    await confirm(item);
  };
  /** As if everything so far had happened that much earlier. */
  const later = async (seconds: number) => {
    const by = `interval '${seconds} seconds'`;
    await db.sql(`update item_link set linked_at = linked_at - ${by}`);
    await db.sql(`update item_detail set missing_since = missing_since - ${by}`);
  };

  it('a dev item is gone after two reads that are readAfterWrite apart, both later than the link and readAfterWrite', async () => {
    const item = await follow('a');
    await look(item);
    expect((await confirm(item)).wait?.ms).toBeGreaterThan(500_000);
    await later(READ_AFTER_WRITE_S);
    expect(await confirm(item)).toMatchObject({ suspectGone: true, state: { phase: 'following' } });
    await later(READ_AFTER_WRITE_S - 100);
    expect((await confirm(item)).wait?.ms).toBeGreaterThan(1_000);
    await later(100);
    expect((await confirm(item)).state.phase).toBe('orphaned');
  });

  it('a first read that counts is not repeated', async () => {
    const item = await follow('a');
    await later(READ_AFTER_WRITE_S);
    await look(item);
    await later(READ_AFTER_WRITE_S);
    expect((await confirm(item)).state.phase).toBe('orphaned');
  });

  it('a dev item that was found in between begins again with a first read', async () => {
    const item = await follow('a');
    await later(READ_AFTER_WRITE_S);
    await look(item);
    systems.absent.clear();
    await look(item);
    expect(await rowOf(item)).toMatchObject({ missingSince: null });
    systems.absent.add('dev-a');
    await later(READ_AFTER_WRITE_S);
    expect(await confirm(item)).toMatchObject({ suspectGone: true, state: { phase: 'following' } });
  });

  it('a dev item that is there at the second look no longer counts as gone', async () => {
    const item = await follow('a');
    // Right after it was linked, when a read proves nothing yet.
    await look(item);
    await systems.step(item, unlessHandsOff(suspectGone));
    expect(await db.ledger.gone.goneCounts('km')).toEqual({ gone: 1, followed: 1 });
    systems.absent.clear();
    await later(READ_AFTER_WRITE_S);
    await confirm(item);
    expect(await db.ledger.gone.goneCounts('km')).toEqual({ gone: 0, followed: 1 });
  });

  it.each(['orphaned', 'done'] as const)(
    'six %s items that are looked at again and one new deletion are no mass deletion',
    async (phase) => {
      const closed = await Promise.all(Array.from({ length: 6 }, (_, n) => follow(`c${n}`, phase)));
      for (let n = 0; n < 3; n += 1) await following(db.ledger, `f${n}`);
      await db.sql(`update item_detail set gone_at = clock_timestamp() - interval '30 days'`);
      await later(3_600);
      for (const item of closed) await wake(item);
      const item = await follow('one');
      await later(READ_AFTER_WRITE_S);
      await wake(item);
      expect(await db.ledger.connections.paused('km')).toBeNull();
      expect((await rowOf(item))?.phase).toBe('orphaned');
      for (const before of closed) expect((await rowOf(before))?.phase).toBe(phase);
    },
  );

  it.each(['release', 'recreate'] as const)(
    'a done item whose dev item is deleted stays done, and nothing is written, also under onDevItemDeleted: %s',
    async (onDevItemDeleted) => {
      const pipeline = { ...pipelineOf('mobile'), lock: { ...lock, releasedStatus: 'Backlog' }, onDevItemDeleted };
      systems.settings = patient(settingsOf([pipeline]));
      const item = await follow('a', 'done');
      await later(3_600);
      await wake(item);
      // A run that suspected it before its item was done.
      await systems.step(item, unlessHandsOff(suspectGone));
      await confirm(item);
      expect(await rowOf(item)).toMatchObject({ phase: 'done', generation: 1 });
      expect(systems.written).toEqual([]);
    },
  );
});

function patient(settings: Settings): Settings {
  const tools = Object.entries(settings.devTools).map(([name, tool]) => [
    name,
    { ...tool, readAfterWriteMs: 1_000 * READ_AFTER_WRITE_S },
  ]);
  return { ...settings, devTools: Object.fromEntries(tools) as Settings['devTools'] };
}
