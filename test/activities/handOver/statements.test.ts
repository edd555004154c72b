/** What a hand-over asks of the database: most of what one costs besides the calls themselves. */
import { MockActivityEnvironment } from '@temporalio/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { beginItem, type Begin } from '../../../activities/handOver/beginItem.js';
import { createDevItem } from '../../../activities/handOver/createDevItem.js';
import { lockCraftItem } from '../../../activities/handOver/lockCraftItem.js';
import { pushProgress } from '../../../activities/follow/pushProgress.js';
import { asks, runStep, unlessHandsOff, type StepBody } from '../../../activities/step/step.js';
import type { ItemState, StepResult } from '../../../domain/itemState.js';
import { craftItem, devItem, openLedger, PIPELINE, type LedgerFixture } from '../../fixtures/ledger.js';
import { memorySystems, type MemorySystems } from '../../fixtures/memorySystems.js';

const READY = { status: { id: '1', name: 'Ready' }, title: 'A title' };

describe('activities/handOver/statements', () => {
  let db: LedgerFixture;
  let systems: MemorySystems;
  beforeAll(async () => {
    db = await openLedger();
    systems = memorySystems(db);
    await db.ledger.continuity.doubt(PIPELINE, 'km');
    await db.ledger.continuity.dismiss(PIPELINE, 'km');
  });
  afterAll(() => db.close());

  const begin = async (craftItemId: string): Promise<ItemState> => {
    const item = { pipeline: PIPELINE, craftItemId };
    const begun = await new MockActivityEnvironment().run((): Promise<Begin> =>
      beginItem(systems.deps, item, { newRun: true }),
    );
    if (begun.status === 'unknown') throw new Error('there is no such pipeline');
    return begun.state;
  };
  /** As the workflow takes it: within the workflow task. */
  const step = (craftItemId: string, body: StepBody): Promise<StepResult> =>
    new MockActivityEnvironment({ isLocal: true }).run((): Promise<StepResult> =>
      runStep(systems.deps, { pipeline: PIPELINE, craftItemId }, body),
    );
  const counting = async (what: () => Promise<unknown>): Promise<readonly string[]> => {
    const spied = vi.spyOn(pg.Pool.prototype, 'query');
    try {
      await what();
      return spied.mock.calls.map(([sql]) => String(sql));
    } finally {
      spied.mockRestore();
    }
  };
  const handOver = async (id: string): Promise<void> => {
    expect(await begin(id)).toMatchObject({ phase: 'creating', next: 'create' });
    expect((await step(id, asks('create', createDevItem))).state).toMatchObject({ phase: 'locking', next: 'lock' });
    expect((await step(id, unlessHandsOff(lockCraftItem))).state).toMatchObject({ phase: 'following' });
  };

  it('a ready item is handed over with at most eleven statements, from its start until it is followed', async () => {
    await db.ledger.snapshots.collect(PIPELINE, 'sweep', [craftItem('one', READY)]);
    expect((await counting(() => handOver('one'))).length).toBeLessThanOrEqual(11);
    expect(systems.created.map(({ draft }) => draft.title)).toEqual(['A title']);
    expect(systems.held).toMatchObject({ dev_lock: 'View only' });
  });

  it('a move of a followed item is written with three statements', async () => {
    await db.ledger.snapshots.collect(PIPELINE, 'sweep', [craftItem('two', READY)]);
    await handOver('two');
    const link = await db.ledger.links.get({ pipeline: PIPELINE, craftItemId: 'two' });
    const moved = devItem({ id: link?.devItemId ?? '', status: 'Doing', updatedAt: '2027-01-01T00:00:00.000Z' });
    const push = () => step('two', unlessHandsOff(pushProgress({ ...moved, fromLedger: false })));
    expect(await counting(push)).toHaveLength(3);
  });
});
