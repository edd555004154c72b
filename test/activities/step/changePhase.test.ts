/** Phases that are changed outside of a lease: only while the row is as it was when that was decided (decision 6). */
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { finishItem } from '../../../activities/follow/finishItem.js';
import { pauseItem, resumeItem } from '../../../activities/follow/operatorVerbs.js';
import { beginItem } from '../../../activities/handOver/beginItem.js';
import { checkReadiness } from '../../../activities/handOver/checkReadiness.js';
import type { ActivityDeps } from '../../../activities/ports.js';
import { pauseForRemoval } from '../../../activities/step/removedPipeline.js';
import { setAside } from '../../../activities/step/setAside.js';
import { asks, runStep } from '../../../activities/step/step.js';
import type { ItemRef } from '../../../domain/ids.js';
import type { ItemLink } from '../../../domain/link.js';
import { begin, craftItem, following, openLedger, type LedgerFixture } from '../../fixtures/ledger.js';
import { pipelineOf, settingsOf } from '../../fixtures/settings.js';
import { memorySystems, type MemorySystems } from '../../fixtures/memorySystems.js';

const item: ItemRef = { pipeline: 'mobile', craftItemId: 'a' };
const TROUBLE = { reason: 'tool-down', message: 'it took too long' } as const;

describe('activities/step/changePhase', { timeout: 60_000 }, () => {
  let db: LedgerFixture;
  let systems: MemorySystems;
  beforeEach(async () => {
    db = await openLedger();
    systems = memorySystems(db);
  });
  afterEach(() => db.close());

  const run = (work: () => Promise<unknown>): Promise<unknown> => new MockActivityEnvironment().run(work);
  const row = async (): Promise<ItemLink> => {
    const link = await db.ledger.links.get(item);
    if (link === null) throw new Error('there is no row');
    return link;
  };
  /** The process is stopped right after it first reads the row, and `meanwhile` happens. */
  const stoppedAfterReading = (meanwhile: () => Promise<unknown>): ActivityDeps => {
    let isFirst = true;
    const links = {
      ...db.ledger.links,
      get: async (of: ItemRef) => {
        const link = await db.ledger.links.get(of);
        const stops = isFirst;
        isFirst = false;
        if (stops) await meanwhile();
        return link;
      },
    };
    return { ...systems.deps, ledger: { ...db.ledger, links } };
  };
  const becomes = (phase: ItemLink['phase']) => () => db.ledger.phases.set(item, { phase });

  /** As a run gives it: with the row as it is when this is called. */
  const orders = async (verb: 'pause' | 'resume') => {
    const { updatedAt } = await row();
    return (deps: ActivityDeps = systems.deps) =>
      run(() =>
        verb === 'pause'
          ? pauseItem(deps, item, { reason: 'operator', why: 'lunch', seenAt: updatedAt })
          : resumeItem(deps, item, updatedAt),
      );
  };

  it('a pause that goes on once the resume after it was obeyed changes nothing', async () => {
    await following(db.ledger, 'a');
    const pause = await orders('pause');
    const deps = stoppedAfterReading(async () => {
      await pause();
      await (
        await orders('resume')
      )();
    });
    expect(await pause(deps)).toMatchObject({ outdated: true, state: { phase: 'following' } });
    expect(await pause()).toMatchObject({ outdated: true, state: { phase: 'following' } });
  });

  it('a resume that goes on once the pause after it was obeyed changes nothing', async () => {
    await following(db.ledger, 'a');
    await (
      await orders('pause')
    )();
    const resume = await orders('resume');
    const deps = stoppedAfterReading(async () => {
      await resume();
      await (
        await orders('pause')
      )();
    });
    expect(await resume(deps)).toMatchObject({ outdated: true, state: { phase: 'paused' } });
    expect(await resume()).toMatchObject({ outdated: true, state: { phase: 'paused' } });
  });

  it('an order whose answer was lost is found obeyed', async () => {
    await following(db.ledger, 'a');
    const pause = await orders('pause');
    expect(await pause()).not.toHaveProperty('outdated');
    expect(await pause()).not.toHaveProperty('outdated');
  });

  it.each(['done', 'released', 'settling', 'orphaned'] as const)(
    'a late set-aside leaves an item alone that is %s by then',
    async (phase) => {
      await following(db.ledger, 'a');
      await run(() => setAside(stoppedAfterReading(becomes(phase)), item, TROUBLE));
      expect(await row()).toMatchObject({ phase, blockedBy: null, lastError: null });
    },
  );

  it('a late set-aside leaves an item alone whose successor has taken a lease', async () => {
    await following(db.ledger, 'a');
    const deps = stoppedAfterReading(() => db.ledger.leases.take(item, 5_000));
    await run(() => setAside(deps, item, TROUBLE));
    expect(await row()).toMatchObject({ phase: 'following', blockedBy: null });
  });

  const settlingSince = (ago: string) =>
    db.sql(
      `with l as (update item_link set phase = 'settling') update item_detail set settling_since = now() - $1::interval`,
      [ago],
    );

  it('a late end of settling does not finish an item that was reopened', async () => {
    await following(db.ledger, 'a');
    await settlingSince('30 days');
    await run(() => finishItem(stoppedAfterReading(becomes('following')), item));
    expect(await row()).toMatchObject({ phase: 'following' });
    await run(() => finishItem(systems.deps, item));
    expect(await row()).toMatchObject({ phase: 'following' });
  });

  it('an item is done once it has settled for its time by the database’s clock, and no earlier', async () => {
    const mobile = { ...pipelineOf('mobile'), settleForMs: 7 * 24 * 3_600_000 };
    systems.settings = settingsOf([mobile]);
    await following(db.ledger, 'a');
    await settlingSince('1 hour');
    await run(() => finishItem(systems.deps, item));
    expect(await row()).toMatchObject({ phase: 'settling' });
    await db.sql('update item_detail set settling_since = null');
    await run(() => finishItem(systems.deps, item));
    expect((await row()).settlingSince).not.toBeNull();
    expect(await row()).toMatchObject({ phase: 'settling' });
    await settlingSince('30 days');
    await run(() => finishItem(systems.deps, item));
    expect(await row()).toMatchObject({ phase: 'done' });
  });

  it('an operator’s pause and resume are carried out whatever changes meanwhile, and never half', async () => {
    await following(db.ledger, 'a');
    const pause = { reason: 'operator', why: 'hold it' } as const;
    await run(() => pauseItem(stoppedAfterReading(becomes('settling')), item, pause));
    expect(await row()).toMatchObject({ phase: 'paused', pausedFrom: 'settling', lastError: 'hold it' });
    await run(() =>
      resumeItem(
        stoppedAfterReading(() => db.ledger.leases.take(item, 5_000)),
        item,
      ),
    );
    expect(await row()).toMatchObject({ phase: 'settling', pausedFrom: null });
    await run(() => pauseItem(stoppedAfterReading(becomes('done')), item, pause));
    expect(await row()).toMatchObject({ phase: 'done' });
  });

  it('an operator’s pause of an item of a removed pipeline outlives the return of the pipeline', async () => {
    await following(db.ledger, 'a');
    await run(() => pauseForRemoval(systems.deps, item));
    expect(await row()).toMatchObject({ blockedBy: 'pipeline-removed', pausedFrom: 'following' });
    await run(() => pauseItem(systems.deps, item, { reason: 'operator', why: 'hold it' }));
    expect(await row()).toMatchObject({ phase: 'paused', blockedBy: 'operator', lastError: 'hold it' });
    await run(() => beginItem(systems.deps, item, { newRun: false }));
    expect(await row()).toMatchObject({ phase: 'paused', blockedBy: 'operator', pausedFrom: 'following' });
    await run(() => resumeItem(systems.deps, item));
    expect(await row()).toMatchObject({ phase: 'following', pausedFrom: null });
  });

  it('a second pause by an operator shows the newer reason', async () => {
    await following(db.ledger, 'a');
    for (const why of ['lunch', 'the release is frozen']) {
      await run(() => pauseItem(systems.deps, item, { reason: 'operator', why }));
    }
    expect(await row()).toMatchObject({ phase: 'paused', pausedFrom: 'following', lastError: 'the release is frozen' });
  });

  it.each(['before any lease', 'after a lease'])(
    'a check of an earlier run, %s, does not end the run that began when the item was ready again',
    async (when) => {
      await begin(db.ledger, 'a');
      if (when === 'after a lease') await db.ledger.leases.take(item, 5_000);
      const check = asks('check', checkReadiness);
      const current = await systems.deps.current();
      const craft = {
        ...current.craft,
        readItem: async () => {
          await db.ledger.phases.set(item, { phase: 'not-ready' });
          await beginItem(systems.deps, item, { newRun: true });
          return craftItem('a', { status: { id: null, name: 'In Review' } });
        },
      };
      const deps = { ...systems.deps, current: () => Promise.resolve({ ...current, craft }) };
      await run(() => runStep(deps, item, check));
      expect(await row()).toMatchObject({ phase: 'checking' });
    },
  );

  describe('a run whose row was moved to another name', () => {
    beforeEach(async () => {
      await following(db.ledger, 'a');
      await db.ledger.renaming.renamePipeline('mobile', 'phone');
      systems.settings = { ...systems.settings, pipelines: {} };
    });

    it.each<[string, () => Promise<unknown>]>([
      ['a step', () => systems.step(item, asks('check', checkReadiness))],
      ['a set-aside', () => run(() => setAside(systems.deps, item, TROUBLE))],
      ['the end of settling', () => run(() => finishItem(systems.deps, item))],
      ['a pause', () => run(() => pauseItem(systems.deps, item, { reason: 'operator', why: null }))],
      ['a resume', () => run(() => resumeItem(systems.deps, item))],
    ])('ends with %s, and inserts no row', async (_, work) => {
      expect(await work()).toMatchObject({
        state: { next: 'end', lastError: expect.stringContaining('mobile') as string },
      });
      expect(await db.ledger.links.get(item)).toBeNull();
    });
  });
});
