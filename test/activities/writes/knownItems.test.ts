/** What of a dev item that is known by its id stays known, and how an item that waits for it goes on (decision 27). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { recreateItem } from '../../../activities/follow/operatorVerbs.js';
import { releaseCraftItem } from '../../../activities/follow/releaseCraftItem.js';
import { compareForSweep } from '../../../activities/handOver/compareMarkers.js';
import type { ItemRef } from '../../../domain/ids.js';
import { lock as lockOf } from '../../fixtures/craftItems.js';
import { devItem, openLedger, type LedgerFixture } from '../../fixtures/ledger.js';
import { memorySystems, type MemorySystems } from '../../fixtures/memorySystems.js';
import { putBackItem, ROWS, ROWS_AND_CREATES } from '../../fixtures/putBackItem.js';
import { pipelineOf, settingsOf } from '../../fixtures/settings.js';

const a: ItemRef = { pipeline: 'mobile', craftItemId: 'a' };
const OWN = 'of craftsync:mobile/a/1';
const SECOND = 'of craftsync:mobile/a/2';

describe('activities/writes/knownItems', { timeout: 60_000 }, () => {
  let db: LedgerFixture;
  let systems: MemorySystems;
  let item: ReturnType<typeof putBackItem>;
  beforeEach(async () => {
    db = await openLedger();
    systems = memorySystems(db);
    item = putBackItem(db, systems, a);
  });
  afterEach(() => db.close());

  const relink = (id: string, devTool = 'km') => db.ledger.pairings.relink(a, devTool, devItem({ id }));
  const movesTo = (devTool: string) => {
    systems.settings = settingsOf([{ ...pipelineOf('mobile', { devTool }), lock: lockOf }]);
  };

  describe('in another tool', () => {
    /** Released in km; recreated in rm, where a person relinked it to that tool's number 23; the ledger is put back. */
    const forgetsItsTool = async (tables: Parameters<typeof item.copy>[0]) => {
      await item.handOver();
      await db.ledger.phases.set(a, { phase: 'released' });
      const older = await item.copy(tables);
      movesTo('rm');
      await item.run(() => recreateItem(systems.deps, a, 1));
      await item.begin();
      await relink('23', 'rm');
      await item.attempt();
      await item.putBack(older);
      await db.ledger.continuity.raise('a test');
      await item.begin({ generation: 2, id: '23', devTool: 'rm' });
    };

    it.each([
      ['its rows alone', ROWS],
      ['all of it', ROWS_AND_CREATES],
    ])('a run’s dev item is looked for where the run knows it, with %s put back', async (_what, tables) => {
      await forgetsItsTool(tables);
      expect(await item.row()).toMatchObject({ phase: 'released', devTool: 'km', duplicateDevItems: [] });
      await item.run(() => recreateItem(systems.deps, a, 1));
      await item.work();
      expect(await item.row()).toMatchObject({ generation: 2, devTool: 'rm', devItemId: '23' });
    });

    it('what a record held of one tool is never looked for in another', async () => {
      await item.begin();
      const known = { devTool: 'km', generation: 1, marked: ['7'], linked: ['8'] };
      await db.ledger.continuity.remember(a, known);
      await db.ledger.continuity.remember(a, { devTool: 'rm', generation: 1, marked: [], linked: ['9'] });
      expect(await db.ledger.continuity.knownDevItems(a, { generation: 1, devTool: 'rm' })).toEqual({
        marked: [],
        linked: ['9'],
      });
      expect(await db.ledger.continuity.knownDevItems(a, { generation: 1, devTool: 'km' })).toEqual({
        marked: [],
        linked: [],
      });
      await db.ledger.continuity.remember(a, known);
      await relink('5', 'rm');
      expect(await db.ledger.continuity.knownDevItems(a, { generation: 1, devTool: 'rm' })).toEqual({
        marked: [],
        linked: ['5'],
      });
    });
  });

  describe('relinked back to a dev item that had been dismissed', () => {
    it.each([
      ['all of it', 'gone', ROWS_AND_CREATES],
      ['its rows alone', 'gone', ROWS],
      ['all of it', 'there', ROWS_AND_CREATES],
    ] as const)(
      'an item of which %s was put back is linked with it again, where the other one is %s',
      async (_what, second, tables) => {
        await item.handOver();
        await item.recreate(1);
        const older = await item.copy(tables);
        await item.work();
        expect(await item.row()).toMatchObject({ devItemId: SECOND, generation: 2 });
        await relink(OWN);
        if (second === 'gone') systems.absent.add(SECOND);
        const before = systems.created.length;
        await item.putBack(older);
        await item.begin({ generation: 2, id: OWN });
        await item.work();
        expect(await item.row()).toMatchObject({ devItemId: OWN, generation: 2, dismissedDevItems: [] });
        expect(systems.created).toHaveLength(before);
      },
    );

    it('it is known without its run, too', async () => {
      await item.handOver();
      await item.recreate(1);
      const older = await item.copy(ROWS);
      await relink(OWN);
      const before = systems.created.length;
      await item.putBack(older);
      await item.handOver();
      expect(await item.row()).toMatchObject({ devItemId: OWN, generation: 2 });
      expect(systems.created).toHaveLength(before);
    });

    it('what is known is what is read, so that no step is repeated for ever without a word', async () => {
      await item.handOver();
      await item.recreate(1);
      const older = await item.copy(ROWS);
      await item.work();
      await relink('X');
      await relink(OWN);
      systems.absent.add(SECOND);
      await item.putBack(older);
      await item.begin({ generation: 2, id: OWN });
      await item.work();
      expect(await item.row()).toMatchObject({ devItemId: OWN, generation: 2 });
    });
  });

  describe('a dev item that a person really deleted', () => {
    /** Its second dev item is flagged as a duplicate by what the ledger forgot; a person deletes it, later both. */
    const waitsForTheSecond = async () => {
      await item.handOver();
      const older = await item.copy();
      await item.recreate(1);
      await item.work();
      await item.putBack(older);
      await db.ledger.continuity.raise('a test');
      await item.timePasses();
      await item.run(() => compareForSweep(systems.deps, 'mobile'));
      expect(await item.row()).toMatchObject({ devItemId: OWN, duplicateDevItems: [SECOND] });
      systems.absent.add(SECOND).add(OWN);
      await item.recreate(1);
      await item.work();
      expect(await item.row()).toMatchObject({ generation: 2, phase: 'blocked', blockedBy: 'bad-answer' });
    };

    it('the item that waits for it is recreated when an operator says so, as its words tell', async () => {
      await waitsForTheSecond();
      expect((await item.row()).lastError).toMatch(/was deleted.*craftsync recreate.*craftsync release/);
      await item.run(() => recreateItem(systems.deps, a, 2));
      await item.work();
      const row = await item.row();
      expect(row).toMatchObject({ generation: 3, phase: 'following' });
      expect(systems.created.filter(({ draft }) => draft.marker.endsWith('/3'))).toHaveLength(1);
    });

    it('the item that waits for it can be released, and what is known of it stays', async () => {
      await waitsForTheSecond();
      for (let n = 0; n < 3; n += 1) await systems.step(a, releaseCraftItem('not wanted'));
      expect(await item.row()).toMatchObject({ phase: 'released', sentAt: null });
      const known = await db.ledger.continuity.knownDevItems(a, { generation: 2, devTool: 'km' });
      expect(known.marked).toEqual([SECOND]);
    });

    it('a create that only a search could tell of is not recreated: it may have been made', async () => {
      await item.begin();
      await db.ledger.phases.set(a, { phase: 'blocked', blockedBy: 'bad-answer' });
      await expect(item.run(() => recreateItem(systems.deps, a, 1))).rejects.toThrow('recreate works from');
      const { token } = await db.ledger.leases.take(a, 5_000);
      const handedOver = { values: {}, lockField: null, lockStatus: null };
      const create = { phase: 'blocked', handedOver, fingerprint: 'f', devTool: 'km', target: null } as const;
      await db.ledger.leases.noteSent(a, token, create);
      await expect(item.run(() => recreateItem(systems.deps, a, 1))).rejects.toThrow('relink');
    });
  });

  it('a recreate that was not sent yet raises the generation, and leaves the rest to the comparison of markers', async () => {
    await item.handOver();
    await item.recreate(1);
    const knew = await item.row();
    await db.sql('truncate item_link, item_detail, sent_create');
    systems.absent.add(OWN);
    await item.begin({ generation: knew.generation, id: null });
    expect(await item.row()).toMatchObject({ generation: 2, sentAt: null });
    const listings = systems.markedListings.length;
    systems.searched.length = 0;
    await item.work();
    expect(systems.markedListings.length).toBeGreaterThan(listings);
    expect(systems.searched).toEqual([]);
    expect(await item.row()).toMatchObject({ generation: 2, devItemId: SECOND });
  });
});
