/**
 * A ledger that lost rows, or was put back to an older copy, leads to no second dev item: what the tool holds is linked
 * again (decision 18; invariant I1).
 */
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { beginItem } from '../../../activities/handOver/beginItem.js';
import { checkReadiness } from '../../../activities/handOver/checkReadiness.js';
import { compareForSweep } from '../../../activities/handOver/compareMarkers.js';
import { createDevItem } from '../../../activities/handOver/createDevItem.js';
import { recreateItem } from '../../../activities/follow/operatorVerbs.js';
import { lockCraftItem } from '../../../activities/handOver/lockCraftItem.js';
import { asks, unlessHandsOff } from '../../../activities/step/step.js';
import { pushProgress } from '../../../activities/follow/pushProgress.js';
import type { Wake } from '../../../activities/ports.js';
import { ToolError } from '../../../domain/errors.js';
import type { ItemRef } from '../../../domain/ids.js';
import type { ItemLink } from '../../../domain/link.js';
import { wakeEach } from '../../../runtime/itemSyncs.js';
import { devItem, openLedger, type LedgerFixture, CREATES_AN_HOUR_AGO } from '../../fixtures/ledger.js';
import { memorySystems, type MemorySystems } from '../../fixtures/memorySystems.js';

const check = asks('check', checkReadiness);
const create = asks('create', createDevItem);
const lock = asks('lock', lockCraftItem);
const a: ItemRef = { pipeline: 'mobile', craftItemId: 'a' };
const b: ItemRef = { pipeline: 'mobile', craftItemId: 'b' };
const MARKED_A = 'of craftsync:mobile/a/1';

describe('activities/handOver/compareMarkers', { timeout: 60_000 }, () => {
  let db: LedgerFixture;
  let systems: MemorySystems;
  beforeEach(async () => {
    db = await openLedger();
    systems = memorySystems(db);
  });
  afterEach(async () => {
    vi.useRealTimers();
    await db.close();
  });

  const run = <T>(work: () => Promise<T>): Promise<T> =>
    new MockActivityEnvironment().run<[], T, () => Promise<T>>(work);
  const begin = (item: ItemRef) => run(() => beginItem(systems.deps, item, { newRun: true }));
  const row = async (item: ItemRef): Promise<ItemLink> => {
    const link = await db.ledger.links.get(item);
    if (link === null) throw new Error('there is no row');
    return link;
  };
  /** Until the row asks for nothing of these any more. */
  const handOver = async (item: ItemRef): Promise<void> => {
    await begin(item);
    for (let step = 0; step < 6; step += 1) {
      for (const body of [check, create, lock]) await systems.step(item, body);
    }
  };
  /** As if the ledger, or its copy, were from an hour ago, and what was just doubted from a while ago. */
  const anHourPasses = () =>
    db.sql(`with life as (update ledger_life set alive_at = alive_at - interval '1 hour')
      update ledger_doubt set doubted_at = doubted_at - interval '1 hour', known_until = known_until - interval '1 hour'`);
  const clearDoubts = () => db.sql(`update ledger_doubt set doubted_at = doubted_at - interval '1 hour'`);
  /** `a` is handed over and `b` checked; a gap of an hour made the ledger doubtful, and may be compared now. */
  const checkedAnHourLater = async (): Promise<void> => {
    await handOver(a);
    await begin(b);
    await systems.step(b, check);
    await anHourPasses();
    await db.ledger.continuity.doubt('mobile', 'km');
    await clearDoubts();
  };

  it('the first creates of a new pipeline cost one listing together, and no search', async () => {
    await handOver(a);
    await handOver(b);
    expect(systems.markedListings.map(({ query }) => query)).toEqual([
      expect.objectContaining({ start: 'craftsync:mobile/', createdSince: null }),
    ]);
    expect([systems.searched.length, systems.created.length]).toEqual([0, 2]);
  });

  it('a row put back to before its create is looked for by its marker, and linked again', async () => {
    await begin(a);
    await systems.step(a, check);
    const copy = await db.sql(`select * from item_link`);
    await systems.step(a, create);
    await db.sql(`delete from item_link`);
    await db.sql(`insert into item_link select * from json_populate_recordset(null::item_link, $1)`, [
      JSON.stringify(copy),
    ]);
    await db.sql(`insert into item_detail (pipeline_id, craft_item_id) values ('mobile', 'a')`);
    for (let step = 0; step < 3; step += 1) await systems.step(a, create);
    expect(systems.created).toHaveLength(1);
    expect(await row(a)).toMatchObject({ phase: 'creating', devItemId: null });
    await db.sql(CREATES_AN_HOUR_AGO);
    await systems.step(a, create);
    expect(systems.searched).toHaveLength(1);
    expect(await row(a)).toMatchObject({ phase: 'locking', devItemId: MARKED_A });
  });

  it('a row that vanished in mid-run is begun again with the create that was noted beside it', async () => {
    await handOver(a);
    await db.sql('delete from item_link');
    const { state } = await systems.step(a, unlessHandsOff(pushProgress()));
    expect(state).toMatchObject({ phase: 'creating', next: 'create', devItem: null });
    await db.sql(CREATES_AN_HOUR_AGO);
    await systems.step(a, create);
    expect(await row(a)).toMatchObject({ devItemId: MARKED_A });
    expect(systems.created).toHaveLength(1);
  });

  it('a row that vanished after its run had ended is begun again in the same way', async () => {
    await handOver(a);
    await db.sql('delete from item_link');
    await db.sql(
      `update sent_create set sent_at = sent_at - interval '1 hour', send_before = send_before - interval '1 hour'`,
    );
    await handOver(a);
    expect(await row(a)).toMatchObject({ phase: 'following', devItemId: MARKED_A });
    expect(systems.created).toHaveLength(1);
  });

  it('an empty ledger creates nothing for items that the tool holds: their rows come back first, then new ones', async () => {
    await handOver(a);
    await db.sql('truncate item_link, item_detail, sent_create, ledger_life, ledger_doubt, marker_comparison');
    await handOver(b);
    expect(systems.created).toHaveLength(1);
    expect(await row(b)).toMatchObject({ phase: 'creating', devItemId: null });
    expect(systems.created).toHaveLength(1);

    await clearDoubts();
    await db.sql('update marker_comparison set claimed_until = null');
    await handOver(b);
    expect(await row(a)).toMatchObject({ phase: 'creating', devItemId: null });
    await handOver(a);
    expect(await row(a)).toMatchObject({ phase: 'following', devItemId: MARKED_A });
    expect(systems.created.map(({ draft }) => draft.marker)).toEqual(['craftsync:mobile/a/1', 'craftsync:mobile/b/1']);
    expect(systems.searched).toEqual([]);
  });

  it('a ledger that was lost while a create was under way is not compared before that create would show', async () => {
    await begin(a);
    await systems.step(a, check);
    systems.beforeAnswer = () => Promise.reject(new ToolError('ambiguous', 'km: no answer'));
    await systems.step(a, create);
    await db.ledger.continuity.beat();
    const listings = systems.markedListings.length;
    await db.sql('truncate item_link, item_detail, sent_create, ledger_life, ledger_doubt, marker_comparison');
    await begin(a);
    await systems.step(a, check);
    expect((await systems.step(a, create)).wait).toBeDefined();
    expect([systems.markedListings.length, systems.created.length]).toEqual([listings, 1]);
  });

  it('after a gap only what was created since is compared, and not before a create under way would show', async () => {
    await handOver(a);
    await anHourPasses();
    await begin(b);
    await systems.step(b, check);
    expect(await systems.step(b, create)).toMatchObject({
      wait: { why: expect.stringMatching(/the ledger was put back to what it was .* UTC/) as string },
    });
    expect(systems.markedListings).toHaveLength(1);
    await clearDoubts();
    await systems.step(b, create);
    const since = systems.markedListings[1]?.query.createdSince ?? '';
    expect(Date.now() - Date.parse(since)).toBeGreaterThan(3_600_000);
    expect(Date.now() - Date.parse(since)).toBeLessThan(2 * 3_600_000);
    expect(systems.created).toHaveLength(2);
  });

  it.each([-1, 1])(
    'the tool is asked for what was created since by the clock of this process, which is off by %i hours',
    async (hours) => {
      await checkedAnHourLater();
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + hours * 3_600_000 });
      await systems.step(b, create);
      const agoMs = Date.now() - Date.parse(systems.markedListings[1]?.query.createdSince ?? '');
      expect(Math.abs(agoMs - 3_600_000)).toBeLessThan(600_000);
    },
  );

  it('runs that could not be told of their rows after a comparison are told by the next one, before anything is created', async () => {
    await checkedAnHourLater();
    const told: string[] = [];
    let isReachable = false;
    const wakeOne = ({ item }: Wake): Promise<void> =>
      isReachable ? Promise.resolve(void told.push(item.craftItemId)) : Promise.reject(new Error('no server'));
    Object.assign(systems.deps, { itemSyncs: { ...systems.deps.itemSyncs, wake: wakeEach(wakeOne) } });

    await expect(systems.step(b, create)).rejects.toThrow('1 runs could not be told of their rows');
    expect(await db.ledger.continuity.doubt('mobile', 'km')).not.toBeNull();
    isReachable = true;
    await systems.step(b, create);
    expect(told).toEqual(['b']);
    expect(await db.ledger.continuity.doubt('mobile', 'km')).toBeNull();
    expect(systems.created).toHaveLength(2);
  });

  it('a ledger that is put back while a process runs is noticed by that process, however short the time', async () => {
    await handOver(a);
    await db.ledger.continuity.beat();
    await db.sql(`update ledger_life set alive_at = alive_at - interval '10 seconds'`);
    expect(await db.ledger.continuity.doubt('mobile', 'km')).toMatchObject({
      isFirst: false,
      why: expect.stringContaining('put back') as string,
    });
  });

  it('a create that waits for its turn is not sent, once the ledger was put back meanwhile', async () => {
    await handOver(a);
    await begin(b);
    await systems.step(b, check);
    systems.beforeSend = async () => {
      await db.sql(`update ledger_life set alive_at = alive_at - interval '1 hour'`);
    };
    await systems.step(b, create);
    expect(systems.created).toHaveLength(1);
    expect(await row(b)).toMatchObject({ sentAt: null, devItemId: null });
  });

  it('an answer under a lease that the ledger has forgotten is kept, and the create not sent again', async () => {
    await begin(a);
    await systems.step(a, check);
    systems.beforeAnswer = async () => {
      await db.sql(`delete from sent_create`);
      await db.sql(`update item_link set claim_token = null, sent_at = null, send_before = null, phase = 'checking'`);
    };
    await systems.step(a, create);
    systems.beforeAnswer = () => Promise.resolve();
    expect(await row(a)).toMatchObject({ phase: 'creating', devItemId: null, sentAt: expect.any(String) as string });
    await systems.step(a, create);
    expect(await row(a)).toMatchObject({ phase: 'locking', devItemId: MARKED_A });
    expect(systems.created).toHaveLength(1);
  });

  it('a run that knows a dev item which its row does not know has it looked for', async () => {
    await handOver(a);
    await db.sql('truncate item_link, item_detail, sent_create');
    await run(() => beginItem(systems.deps, a, { newRun: false, knew: { generation: 1, id: MARKED_A } }));
    expect(await row(a)).toMatchObject({ phase: 'creating', sentAt: expect.any(String) as string });
    await systems.step(a, create);
    expect(await row(a)).toMatchObject({ devItemId: MARKED_A });
  });

  it('a recreate that the ledger has forgotten is flagged, and a second recreate takes the dev item that is there', async () => {
    await handOver(a);
    await db.ledger.phases.set(a, { phase: 'orphaned' });
    const copies = [await db.sql('select * from item_link'), await db.sql('select * from item_detail')];
    await run(() => recreateItem(systems.deps, a, 1));
    await systems.step(a, create);
    expect(systems.created.map(({ draft }) => draft.marker)).toEqual(['craftsync:mobile/a/1', 'craftsync:mobile/a/2']);

    await db.sql('truncate item_link, item_detail, sent_create');
    for (const [at, table] of ['item_link', 'item_detail'].entries()) {
      await db.sql(`insert into ${table} select * from json_populate_recordset(null::${table}, $1)`, [
        JSON.stringify(copies[at]),
      ]);
    }
    await anHourPasses();
    await db.ledger.continuity.doubt('mobile', 'km');
    await clearDoubts();
    await run(() => compareForSweep(systems.deps, 'mobile'));
    const second = 'of craftsync:mobile/a/2';
    expect(await row(a)).toMatchObject({
      phase: 'orphaned',
      generation: 1,
      duplicate: true,
      duplicateDevItems: [second],
    });
    await run(() => recreateItem(systems.deps, a, 1));
    for (let step = 0; step < 3; step += 1) await systems.step(a, create);
    expect(await row(a)).toMatchObject({ generation: 2, devItemId: second });
    expect(systems.created).toHaveLength(2);
  });

  it('a relink that the ledger has forgotten is flagged with what the run knows', async () => {
    await handOver(a);
    await run(() => beginItem(systems.deps, a, { newRun: false, knew: { generation: 1, id: 'other' } }));
    expect(await row(a)).toMatchObject({ devItemId: MARKED_A, duplicate: true, duplicateDevItems: ['other'] });
  });

  it('an operator who relinked the item is not told of the dev item that was dismissed', async () => {
    await handOver(a);
    await db.ledger.pairings.relink(a, 'km', devItem({ id: 'other' }));
    await run(() => beginItem(systems.deps, a, { newRun: false, knew: { generation: 1, id: MARKED_A } }));
    expect(await row(a)).toMatchObject({ devItemId: 'other', duplicate: false });
  });

  it('a listing that cannot tell holds every create up, says what to do, and is not repeated by each item', async () => {
    const current = await systems.deps.current();
    let listings = 0;
    const listMarked = () => {
      listings += 1;
      return Promise.resolve({ answer: 'unknown', why: 'the space has items that cannot be read' });
    };
    const deps = {
      ...systems.deps,
      current: () =>
        Promise.resolve({ ...current, devTool: (name: string) => ({ ...current.devTool(name), listMarked }) }),
    };
    Object.assign(systems.deps, deps);
    for (const item of [a, b]) {
      await begin(item);
      for (const body of [check, create]) await systems.step(item, body);
      expect(await row(item)).toMatchObject({ phase: 'creating', blockedBy: 'bad-answer' });
      expect((await row(item)).lastError).toMatch(/the space has items that cannot be read.*apply --accept/);
    }
    expect([listings, systems.created.length]).toEqual([1, 0]);
    await db.ledger.continuity.dismiss('mobile', 'km');
    await systems.step(a, create);
    expect(systems.created).toHaveLength(1);
  });
});
