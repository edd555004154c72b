/**
 * What a ledger has forgotten of an item that people relinked or recreated leads to no second dev item, whatever its
 * row says by now (decision 18; invariant I1).
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { recreateItem } from '../../../activities/follow/operatorVerbs.js';
import { compareForSweep } from '../../../activities/handOver/compareMarkers.js';
import { ToolError } from '../../../domain/errors.js';
import type { ItemRef } from '../../../domain/ids.js';
import { devItem, openLedger, type LedgerFixture } from '../../fixtures/ledger.js';
import { memorySystems, type MemorySystems } from '../../fixtures/memorySystems.js';
import { putBackItem } from '../../fixtures/putBackItem.js';

const a: ItemRef = { pipeline: 'mobile', craftItemId: 'a' };
const OWN = 'of craftsync:mobile/a/1';
const SECOND = 'of craftsync:mobile/a/2';
const OTHER = 'made by hand';

describe('activities/writes/relinkedItems', { timeout: 60_000 }, () => {
  let db: LedgerFixture;
  let systems: MemorySystems;
  let item: ReturnType<typeof putBackItem>;
  beforeEach(async () => {
    db = await openLedger();
    systems = memorySystems(db);
    item = putBackItem(db, systems, a);
  });
  afterEach(() => db.close());

  const relink = () => db.ledger.pairings.relink(a, 'km', devItem({ id: OTHER }));
  const sendsWithoutAnswer = async () => {
    systems.beforeAnswer = () => Promise.reject(new ToolError('ambiguous', 'km: no answer'));
    await db.ledger.continuity.beat();
    await db.ledger.continuity.dismiss('mobile', 'km');
    await item.attempt();
    systems.beforeAnswer = () => Promise.resolve();
  };

  /** The copies of the ledger, each older than the relink. */
  const COPIES = {
    'has no row of it': async () => {
      const none = await item.copy();
      await item.handOver();
      return none;
    },
    'is from before its create': async () => {
      await item.begin();
      const before = await item.copy();
      await item.work();
      return before;
    },
    'shows its create as open': async () => {
      await item.begin();
      systems.shows = false;
      await db.ledger.continuity.dismiss('mobile', 'km');
      const { token } = await db.ledger.leases.take(a, 5_000);
      const handedOver = { values: {}, lockField: null, lockStatus: null };
      const create = { phase: 'checking', handedOver, fingerprint: 'f', devTool: 'km', target: null } as const;
      await db.ledger.leases.noteSent(a, token, create);
      const open = await item.copy();
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
      await item.putBack(older);
      await item.begin({ generation: 1, id: OTHER });
      await item.work();
      expect(await item.row()).toMatchObject({ devItemId: OTHER, phase: 'following' });
      expect(systems.created).toHaveLength(before);
    });

    it('nothing is created while that dev item is not found: a person is told where it was', async () => {
      const older = await COPIES[name]();
      await relink();
      systems.absent.add(OWN).add(OTHER);
      const before = systems.created.length;
      await item.putBack(older);
      await item.begin({ generation: 1, id: OTHER });
      await item.work();
      expect(await item.row()).toMatchObject({ devItemId: null, phase: 'blocked', blockedBy: 'bad-answer' });
      expect((await item.row()).lastError).toMatch(/made by hand.*relink/);
      expect(systems.created).toHaveLength(before);
    });

    it('nothing is created while that dev item is refused', async () => {
      const older = await COPIES[name]();
      await relink();
      systems.absent.add(OWN);
      const refusal = { status: 403, byId: true, keyAccepted: true };
      systems.unreadable.set(OTHER, new ToolError('forbidden', 'km: refused with 403', refusal));
      const before = systems.created.length;
      await item.putBack(older);
      await item.begin({ generation: 1, id: OTHER });
      await item.work();
      expect(await item.row()).toMatchObject({ devItemId: null, phase: 'blocked', blockedBy: 'refused' });
      expect(systems.created).toHaveLength(before);
    });

    it('a dev item that was recreated since is linked again, not one of the generation before', async () => {
      const older = await COPIES[name]();
      await item.recreate(1);
      await item.work();
      const before = systems.created.length;
      await item.putBack(older);
      await item.begin({ generation: 2, id: SECOND });
      await item.work();
      expect(await item.row()).toMatchObject({ generation: 2, devItemId: SECOND });
      expect(systems.created).toHaveLength(before);
    });

    it('a recreate whose create was not sent yet is gone on with: the generation before is not created again', async () => {
      const older = await COPIES[name]();
      await item.recreate(1);
      systems.absent.add(OWN);
      await item.putBack(older);
      await item.begin({ generation: 2, id: null });
      await item.work();
      expect(await item.row()).toMatchObject({ generation: 2, devItemId: SECOND });
      expect(systems.created.filter(({ draft }) => draft.marker.endsWith('/2'))).toHaveLength(1);
      expect(systems.created.filter(({ draft }) => draft.marker.endsWith('/1')).length).toBeLessThan(2);
    });
  });

  it('a row that was deleted alone comes back with the dev item that it was relinked to', async () => {
    await item.handOver();
    await relink();
    systems.absent.add(OWN);
    await db.sql('delete from item_link');
    await item.handOver();
    expect(await item.row()).toMatchObject({ devItemId: OTHER });
    expect(systems.created).toHaveLength(1);
  });

  it('a row that was deleted alone comes back in its newest generation', async () => {
    await item.handOver();
    await item.recreate(1);
    await item.work();
    systems.absent.add(OWN);
    await db.sql('delete from item_link');
    await item.handOver();
    expect(await item.row()).toMatchObject({ generation: 2, devItemId: SECOND });
    expect(systems.created).toHaveLength(2);
  });

  it('what was recreated after a release is not created again by the next recreate of a released row', async () => {
    await item.handOver();
    await db.ledger.phases.set(a, { phase: 'released' });
    const released = await item.copy();
    await item.run(() => recreateItem(systems.deps, a, 1));
    await item.work();
    await item.putBack(released);
    await db.ledger.continuity.raise('a test');
    await item.timePasses();
    await item.run(() => compareForSweep(systems.deps, 'mobile'));
    expect(await item.row()).toMatchObject({ phase: 'released', generation: 1 });
    await item.run(() => recreateItem(systems.deps, a, 1));
    await item.work();
    expect(await item.row()).toMatchObject({ generation: 2, devItemId: SECOND });
    expect(systems.created).toHaveLength(2);
  });

  it('a dev item that was seen with the marker and is not found by its id later is never taken for absent', async () => {
    await item.begin();
    await sendsWithoutAnswer();
    await db.ledger.continuity.raise('a test');
    await item.timePasses();
    await item.run(() => compareForSweep(systems.deps, 'mobile'));
    systems.absent.add(OWN);
    await item.work();
    expect(await item.row()).toMatchObject({ phase: 'blocked', blockedBy: 'bad-answer' });
    expect(systems.created).toHaveLength(1);
  });

  it('a dev item of which the marker was taken away since is not created a second time', async () => {
    await item.handOver();
    const marked = systems.created.splice(0);
    await db.sql('truncate item_link, item_detail, sent_create');
    await db.ledger.continuity.remember(a, { devTool: 'km', generation: 1, marked: marked.map(() => OWN), linked: [] });
    await item.handOver();
    expect(await item.row()).toMatchObject({ phase: 'blocked', blockedBy: 'bad-answer' });
    expect(systems.created).toEqual([]);
  });

  it('dev items that an operator dismissed hold nobody up', async () => {
    await item.begin();
    await db.ledger.continuity.remember(a, { devTool: 'km', generation: 1, marked: [OWN], linked: [] });
    await db.ledger.phases.patch(a, { dismissedDevItems: [OWN] });
    await item.work();
    expect(systems.created).toHaveLength(1);
  });
});
