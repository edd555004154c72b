/** Craft items that are not found by id: since when, what the listing says, and how many. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Ledger } from '../../../ledger/ledger.js';
import { begin, following, type LedgerFixture, openLedger } from '../../fixtures/ledger.js';

describe('ledger/links/goneInCraft', () => {
  let db: LedgerFixture;
  let ledger: Ledger;
  beforeEach(async () => {
    db = await openLedger();
    ledger = db.ledger;
  });
  afterEach(() => db.close());

  const ref = (craftItemId: string, pipeline = 'mobile') => ({ pipeline, craftItemId });

  it('keeps the time of the first answer until the item is found', async () => {
    await following(ledger, 'a');
    expect((await ledger.goneInCraft.noteMissing(ref('a'))).forMs).toBeLessThan(1_000);
    await db.sql(`update item_detail set craft_missing_since = craft_missing_since - interval '1 minute'`);
    expect((await ledger.goneInCraft.noteMissing(ref('a'))).forMs).toBeGreaterThan(59_000);
    expect((await ledger.links.get(ref('a')))?.craftMissingSince).not.toBeNull();
    await ledger.goneInCraft.noteFound(ref('a'));
    expect((await ledger.links.get(ref('a')))?.craftMissingSince).toBeNull();
    await expect(ledger.goneInCraft.noteMissing(ref('nobody'))).rejects.toThrow('no row');
  });

  it('counts the handed-over items of all pipelines that went missing within the hour, until a person accepts it', async () => {
    for (const pipeline of ['mobile', 'web'])
      for (const n of [1, 2, 3]) await following(ledger, `${pipeline}-${n}`, {}, pipeline);
    await begin(ledger, 'not-handed-over');
    for (const item of [ref('mobile-1'), ref('web-1', 'web'), ref('web-2', 'web'), ref('not-handed-over')]) {
      await ledger.goneInCraft.noteMissing(item);
    }
    await ledger.phases.set(ref('mobile-1'), { phase: 'released' });
    expect(await ledger.goneInCraft.counts()).toEqual({ gone: 3, followed: 6 });
    await db.sql(
      `update item_detail set craft_missing_since = clock_timestamp() - interval '61 minutes' where craft_item_id = 'web-2'`,
    );
    expect(await ledger.goneInCraft.counts()).toEqual({ gone: 2, followed: 6 });
    await ledger.connections.pause('craft', 'mass-deletion', '6 of 20');
    await ledger.connections.resume('craft');
    expect((await ledger.goneInCraft.counts()).gone).toBe(0);
  });

  it('what a listing showed counts for those that were missing before it, for ten minutes', async () => {
    for (const id of ['a', 'b', 'c']) await following(ledger, id);
    for (const id of ['a', 'b']) await ledger.goneInCraft.noteMissing(ref(id));
    // JavaScript's times have no microseconds: one that was missing in the same millisecond counts as missing after it.
    await sleep(2);
    const since = await ledger.now();
    const ids = await ledger.goneInCraft.missing('mobile');
    expect(ids).toEqual(['a', 'b']);
    await ledger.goneInCraft.noteLookUp('mobile', { since, ids: [...ids, 'c'], listed: ['b'] });
    const isListed = async (id: string) => (await ledger.goneInCraft.noteMissing(ref(id))).isListed;
    expect([await isListed('a'), await isListed('b'), await isListed('c')]).toEqual([false, true, null]);
    await db.sql(
      `update item_detail set craft_looked_up_at = clock_timestamp() - interval '11 minutes',
         craft_missing_since = clock_timestamp() - interval '1 hour'`,
    );
    expect([await isListed('a'), await isListed('b')]).toEqual([null, null]);
  });

  it('one caller in the given time reads the listing of a pipeline', async () => {
    const ask = (pipeline: string) => ledger.goneInCraft.mayLookUp(pipeline, 60_000);
    const granted = await Promise.all([ask('mobile'), ask('mobile'), ask('mobile'), ask('web')]);
    expect(granted.filter((is) => is)).toHaveLength(2);
    await db.sql(`update craft_look_up set begun_at = begun_at - interval '61 seconds'`);
    expect(await ask('mobile')).toBe(true);
  });
});
