/**
 * What a ledger has forgotten of an item that people relinked or recreated leads to no second dev item, whatever its
 * row says by now (decision 18; invariant I1).
 */
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { recreateItem } from '../../../activities/follow/operatorVerbs.js';
import { beginItem } from '../../../activities/handOver/beginItem.js';
import { checkReadiness } from '../../../activities/handOver/checkReadiness.js';
import { compareForSweep } from '../../../activities/handOver/compareMarkers.js';
import { createDevItem } from '../../../activities/handOver/createDevItem.js';
import { lockCraftItem } from '../../../activities/handOver/lockCraftItem.js';
import { asks } from '../../../activities/step/step.js';
import { ToolError } from '../../../domain/errors.js';
import type { ItemRef } from '../../../domain/ids.js';
import type { KnownDevItem } from '../../../domain/itemState.js';
import type { ItemLink } from '../../../domain/link.js';
import { devItem, openLedger, type LedgerFixture } from '../../fixtures/ledger.js';
import { memorySystems, type MemorySystems } from '../../fixtures/memorySystems.js';

const steps = [asks('check', checkReadiness), asks('create', createDevItem), asks('lock', lockCraftItem)];
const a: ItemRef = { pipeline: 'mobile', craftItemId: 'a' };
const OWN = 'of craftsync:mobile/a/1';
const SECOND = 'of craftsync:mobile/a/2';
const OTHER = 'made by hand';

describe('activities/writes/relinkedItems', { timeout: 60_000 }, () => {
  let db: LedgerFixture;
  let systems: MemorySystems;
  beforeEach(async () => {
    db = await openLedger();
    systems = memorySystems(db);
  });
  afterEach(() => db.close());

  const run = <T>(work: () => Promise<T>): Promise<T> =>
    new MockActivityEnvironment().run<[], T, () => Promise<T>>(work);
  const begin = (knew?: KnownDevItem) =>
    run(() => beginItem(systems.deps, a, knew === undefined ? { newRun: true } : { newRun: false, knew }));
  const row = async (): Promise<ItemLink> => {
    const link = await db.ledger.links.get(a);
    if (link === null) throw new Error('there is no row');
    return link;
  };
  /** Two hours, in which every wait is over. */
  const timePasses = () =>
    db.sql(`with link as (
        update item_link set sent_at = sent_at - interval '2 hours', send_before = send_before - interval '2 hours'
      ), compared as (
        update marker_comparison set claimed_until = null
      ), sent as (
        update sent_create set sent_at = sent_at - interval '2 hours', send_before = send_before - interval '2 hours'
      )
      update ledger_doubt set doubted_at = doubted_at - interval '2 hours'`);
  /** Long enough for a search that cannot tell to be given up. */
  const work = async (): Promise<void> => {
    for (let round = 0; round < 8; round += 1) {
      await timePasses();
      for (const body of steps) await systems.step(a, body);
    }
  };
  const handOver = async (): Promise<void> => {
    await begin();
    await work();
  };
  const copy = async () =>
    Promise.all(['item_link', 'item_detail', 'sent_create'].map((table) => db.sql(`select * from ${table}`)));
  type Copy = Awaited<ReturnType<typeof copy>>;
  const putBack = async (copied: Copy): Promise<void> => {
    await db.sql('truncate item_link, item_detail, sent_create');
    for (const [at, table] of ['item_link', 'item_detail', 'sent_create'].entries()) {
      await db.sql(`insert into ${table} select * from json_populate_recordset(null::${table}, $1)`, [
        JSON.stringify(copied[at]),
      ]);
    }
  };
  const relink = () => db.ledger.pairings.relink(a, 'km', devItem({ id: OTHER }));
  const recreate = async (generation: number) => {
    await db.ledger.phases.set(a, { phase: 'orphaned' });
    await run(() => recreateItem(systems.deps, a, generation));
  };
  const sendsWithoutAnswer = async () => {
    systems.beforeAnswer = () => Promise.reject(new ToolError('ambiguous', 'km: no answer'));
    await db.ledger.continuity.beat();
    await db.ledger.continuity.dismiss('mobile', 'km');
    for (const body of steps) await systems.step(a, body);
    systems.beforeAnswer = () => Promise.resolve();
  };

  /** The copies of the ledger, each older than the relink. */
  const COPIES = {
    'has no row of it': async () => {
      const none = await copy();
      await handOver();
      return none;
    },
    'is from before its create': async () => {
      await begin();
      const before = await copy();
      await work();
      return before;
    },
    'shows its create as open': async () => {
      await begin();
      systems.shows = false;
      await db.ledger.continuity.dismiss('mobile', 'km');
      const { token } = await db.ledger.leases.take(a, 5_000);
      const handedOver = { values: {}, lockField: null, lockStatus: null };
      const create = { phase: 'checking', handedOver, fingerprint: 'f', devTool: 'km', target: null } as const;
      await db.ledger.leases.noteSent(a, token, create);
      const open = await copy();
      systems.shows = true;
      return open;
    },
  } as const;
  type CopyName = keyof typeof COPIES;
  const copies = Object.keys(COPIES) as CopyName[];

  describe.each(copies)('where a ledger that was put back %s', (name) => {
    it('the dev item that its run was relinked to is linked again, although it carries no marker', async () => {
      const older = await COPIES[name]();
      await relink();
      systems.absent.add(OWN);
      const before = systems.created.length;
      await putBack(older);
      await begin({ generation: 1, id: OTHER });
      await work();
      expect(await row()).toMatchObject({ devItemId: OTHER, phase: 'following' });
      expect(systems.created).toHaveLength(before);
    });

    it('nothing is created while that dev item is not found: a person is told where it was', async () => {
      const older = await COPIES[name]();
      await relink();
      systems.absent.add(OWN).add(OTHER);
      const before = systems.created.length;
      await putBack(older);
      await begin({ generation: 1, id: OTHER });
      await work();
      expect(await row()).toMatchObject({ devItemId: null, phase: 'blocked', blockedBy: 'bad-answer' });
      expect((await row()).lastError).toMatch(/made by hand.*relink/);
      expect(systems.created).toHaveLength(before);
    });

    it('nothing is created while that dev item is refused', async () => {
      const older = await COPIES[name]();
      await relink();
      systems.absent.add(OWN);
      const refusal = { status: 403, byId: true, keyAccepted: true };
      systems.unreadable.set(OTHER, new ToolError('forbidden', 'km: refused with 403', refusal));
      const before = systems.created.length;
      await putBack(older);
      await begin({ generation: 1, id: OTHER });
      await work();
      expect(await row()).toMatchObject({ devItemId: null, phase: 'blocked', blockedBy: 'refused' });
      expect(systems.created).toHaveLength(before);
    });

    it('a dev item that was recreated since is linked again, not one of the generation before', async () => {
      const older = await COPIES[name]();
      await recreate(1);
      await work();
      const before = systems.created.length;
      await putBack(older);
      await begin({ generation: 2, id: SECOND });
      await work();
      expect(await row()).toMatchObject({ generation: 2, devItemId: SECOND });
      expect(systems.created).toHaveLength(before);
    });

    it('a recreate whose create was not sent yet is gone on with: the generation before is not created again', async () => {
      const older = await COPIES[name]();
      await recreate(1);
      systems.absent.add(OWN);
      await putBack(older);
      await begin({ generation: 2, id: null });
      await work();
      expect(await row()).toMatchObject({ generation: 2, devItemId: SECOND });
      expect(systems.created.filter(({ draft }) => draft.marker.endsWith('/2'))).toHaveLength(1);
      expect(systems.created.filter(({ draft }) => draft.marker.endsWith('/1')).length).toBeLessThan(2);
    });
  });

  it('a row that was deleted alone comes back with the dev item that it was relinked to', async () => {
    await handOver();
    await relink();
    systems.absent.add(OWN);
    await db.sql('delete from item_link');
    await handOver();
    expect(await row()).toMatchObject({ devItemId: OTHER });
    expect(systems.created).toHaveLength(1);
  });

  it('a row that was deleted alone comes back in its newest generation', async () => {
    await handOver();
    await recreate(1);
    await work();
    systems.absent.add(OWN);
    await db.sql('delete from item_link');
    await handOver();
    expect(await row()).toMatchObject({ generation: 2, devItemId: SECOND });
    expect(systems.created).toHaveLength(2);
  });

  it('what was recreated after a release is not created again by the next recreate of a released row', async () => {
    await handOver();
    await db.ledger.phases.set(a, { phase: 'released' });
    const released = await copy();
    await run(() => recreateItem(systems.deps, a, 1));
    await work();
    await putBack(released);
    await db.ledger.continuity.raise('a test');
    await timePasses();
    await run(() => compareForSweep(systems.deps, 'mobile'));
    expect(await row()).toMatchObject({ phase: 'released', generation: 1 });
    await run(() => recreateItem(systems.deps, a, 1));
    await work();
    expect(await row()).toMatchObject({ generation: 2, devItemId: SECOND });
    expect(systems.created).toHaveLength(2);
  });

  it('a dev item that was seen with the marker and is not found by its id later is never taken for absent', async () => {
    await begin();
    await sendsWithoutAnswer();
    await db.ledger.continuity.raise('a test');
    await timePasses();
    await run(() => compareForSweep(systems.deps, 'mobile'));
    systems.absent.add(OWN);
    await work();
    expect(await row()).toMatchObject({ phase: 'blocked', blockedBy: 'bad-answer' });
    expect(systems.created).toHaveLength(1);
  });

  it('a dev item of which the marker was taken away since is not created a second time', async () => {
    await handOver();
    const marked = systems.created.splice(0);
    await db.sql('truncate item_link, item_detail, sent_create');
    await db.ledger.continuity.remember(a, { devTool: 'km', generation: 1, marked: marked.map(() => OWN), linked: [] });
    await handOver();
    expect(await row()).toMatchObject({ phase: 'blocked', blockedBy: 'bad-answer' });
    expect(systems.created).toEqual([]);
  });

  it('dev items that an operator dismissed hold nobody up', async () => {
    await begin();
    await db.ledger.continuity.remember(a, { devTool: 'km', generation: 1, marked: [OWN], linked: [] });
    await db.ledger.phases.patch(a, { dismissedDevItems: [OWN] });
    await work();
    expect(systems.created).toHaveLength(1);
  });
});
