/** Which runs a drift sweep wakes, and that one item that cannot be read stops no other (design 3, Drift; I6). */
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { ActivityDeps } from '../../../activities/ports.js';
import { checkDrift } from '../../../activities/follow/checkDrift.js';
import { unlessHandsOff } from '../../../activities/step/step.js';
import { compareListing } from '../../../activities/sweeps/driftSweep.js';
import { ToolError } from '../../../domain/errors.js';
import type { DriftSweepResult } from '../../../domain/messages.js';
import type { Phase } from '../../../domain/phases.js';
import { wakeEach } from '../../../runtime/itemSyncs.js';
import { shownAsKept } from '../../../domain/rules/drift.js';
import { lock } from '../../fixtures/craftItems.js';
import { following, openLedger, type LedgerFixture } from '../../fixtures/ledger.js';
import { memorySystems, type MemorySystems } from '../../fixtures/memorySystems.js';
import { pipelineOf, settingsOf } from '../../fixtures/settings.js';

const look = unlessHandsOff(checkDrift({ acceptDrift: false }));
const refusal = (byId: boolean) =>
  new ToolError('forbidden', 'craft: GET /item/{id} was refused with status 403', { connection: 'craft', byId });

describe('activities/sweeps/driftSweep', { timeout: 60_000 }, () => {
  let db: LedgerFixture;
  let systems: MemorySystems;
  let woken: string[];
  let deps: ActivityDeps;
  beforeEach(async () => {
    db = await openLedger();
    systems = memorySystems(db);
    woken = [];
    const wake = wakeEach(({ item }) => Promise.resolve(void woken.push(item.craftItemId)));
    deps = { ...systems.deps, itemSyncs: { ...systems.deps.itemSyncs, wake } };
  });
  afterEach(() => db.close());

  const refOf = (craftItemId: string) => ({ pipeline: 'mobile', craftItemId });
  const follow = async (ids: readonly string[], phase: Phase = 'following') => {
    for (const id of ids) {
      await following(db.ledger, id);
      if (phase !== 'following') await db.ledger.phases.set(refOf(id), { phase });
    }
  };
  const sweep = (): Promise<DriftSweepResult> =>
    new MockActivityEnvironment().run((): Promise<DriftSweepResult> => compareListing(deps, 'mobile'));
  const paused = () => db.ledger.connections.paused('craft');

  it('orphaned items that differ are not woken: they are compared when they come back', async () => {
    await follow(['o1', 'o2'], 'orphaned');
    await follow(['f1']);
    systems.listed.push('o1', 'o2', 'f1');
    for (let n = 0; n < 3; n += 1) await sweep();
    expect(new Set(woken)).toEqual(new Set(['f1']));
  });

  it('under revert, what could not be written back wakes nobody again, and what was only shown before does', async () => {
    systems.settings = settingsOf([{ ...pipelineOf('mobile'), lock: { ...lock, onDrift: 'revert' } }]);
    await follow(['kept', 'shown']);
    systems.listed.push('kept', 'shown');
    const differing = ['title', 'dev_lock', 'status'];
    const driftFields = differing.map((path) => shownAsKept(path, 'Craft.io has no write for it'));
    await db.ledger.phases.patch(refOf('kept'), { drift: true, driftFields });
    await db.ledger.phases.patch(refOf('shown'), { drift: true, driftFields: differing });
    await db.sql(`update item_link set last_progress = '{}'`);
    for (let n = 0; n < 3; n += 1) await sweep();
    expect(woken).toEqual(['shown', 'shown', 'shown']);
    await db.ledger.phases.patch(refOf('kept'), { driftFields: driftFields.slice(1) });
    await sweep();
    expect(woken.slice(3).sort()).toEqual(['kept', 'shown']);
  });

  it('an item that the key may not read stops neither the others nor Craft.io, and says so itself, once', async () => {
    await follow(['a', 'b', 'x']);
    systems.listed.push('a', 'b');
    systems.unreadable.set('x', refusal(true));
    expect(await sweep()).toMatchObject({ differing: 3 });
    expect(woken.sort()).toEqual(['a', 'b', 'x']);
    expect((await systems.step(refOf('x'), look)).state).toMatchObject({ phase: 'blocked', blockedBy: 'refused' });
    woken.length = 0;
    await sweep();
    expect(woken).not.toContain('x');
    expect([await paused(), systems.alerts]).toEqual([null, []]);
  });

  it('what is due is told before a sweep fails', async () => {
    await follow(['a', 'b', 'x']);
    systems.listed.push('a', 'b');
    systems.unreadable.set('x', new ToolError('unavailable', 'craft: it is down', { connection: 'craft' }));
    await expect(sweep()).rejects.toThrow('craft: it is down');
    expect(woken).toEqual(['a', 'b']);
  });

  it('a refusal that is not about one item pauses Craft.io as before', async () => {
    await follow(['a', 'x']);
    systems.listed.push('a');
    systems.unreadable.set('x', refusal(false));
    await expect(sweep()).rejects.toThrow('403');
    expect(woken).toEqual(['a']);
    expect(await paused()).toMatchObject({ reason: 'connection' });
  });
});
