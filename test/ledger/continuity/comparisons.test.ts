/** What a comparison of markers makes of dev items that rows do not name (decision 18). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { begin, devItem, following, openLedger, PIPELINE, type LedgerFixture } from '../../fixtures/ledger.js';

const ref = (craftItemId: string) => ({ pipeline: PIPELINE, craftItemId });

describe('ledger/continuity/comparisons', () => {
  let db: LedgerFixture;
  beforeEach(async () => {
    db = await openLedger();
  });
  afterEach(() => db.close());

  /** A comparison that found this dev item with the marker of the item. */
  const settle = async (craftItemId: string, devItemId: string, generation = 1) => {
    const { continuity } = db.ledger;
    const claiming = await continuity.claim(PIPELINE, 'km', 60_000);
    if (claiming.status !== 'claimed') throw new Error('somebody else compares');
    const marked = [{ craftItemId, generation, devItemIds: [devItemId] }];
    const settled = await continuity.settle(claiming.claim, { marked, ifNoneIsUnknown: false });
    await continuity.postpone(claiming.claim, 0);
    return settled;
  };
  const UNCHANGED = { status: 'settled', changed: [] };

  it('makes a row of an item that has none, with an open create', async () => {
    expect(await settle('a', 'dev-a')).toEqual({ status: 'settled', changed: [ref('a')] });
    expect(await db.ledger.links.get(ref('a'))).toMatchObject({
      phase: 'creating',
      devItemId: null,
      sentAt: expect.any(String) as string,
    });
  });

  it('gives an item no dev item that another item holds, since people may have relinked it', async () => {
    await begin(db.ledger, 'b');
    await db.ledger.pairings.relink(ref('b'), 'km', devItem({ id: 'dev-a' }));
    expect(await settle('a', 'dev-a')).toEqual(UNCHANGED);
    expect(await db.ledger.links.get(ref('a'))).toBeNull();
  });

  it('leaves alone what a row knows, has dismissed or has let go, and an older generation', async () => {
    await following(db.ledger, 'known');
    expect(await settle('known', 'dev-known')).toEqual(UNCHANGED);
    await db.ledger.pairings.relink(ref('known'), 'km', devItem({ id: 'chosen' }));
    expect(await settle('known', 'dev-known')).toEqual(UNCHANGED);
    await begin(db.ledger, 'released');
    await db.ledger.phases.set(ref('released'), { phase: 'released' });
    expect(await settle('released', 'dev-released')).toEqual(UNCHANGED);
    await following(db.ledger, 'raised');
    await db.ledger.pairings.raiseGeneration(ref('raised'), { generation: 1 });
    expect(await settle('raised', 'further')).toEqual(UNCHANGED);
  });

  it('keeps the pause of an item that gets an open create, and goes on from there when it is resumed', async () => {
    const link = await begin(db.ledger, 'a');
    await db.ledger.phases.setAsRead(link, { phase: 'paused', blockedBy: 'operator', pausedFrom: 'checking' });
    await settle('a', 'dev-a');
    expect(await db.ledger.links.get(ref('a'))).toMatchObject({
      phase: 'paused',
      blockedBy: 'operator',
      pausedFrom: 'creating',
      sentAt: expect.any(String) as string,
    });
  });

  it('takes the right to send from whoever read the row before it was given an open create', async () => {
    await begin(db.ledger, 'a');
    const { token } = await db.ledger.leases.take(ref('a'), 5_000);
    await settle('a', 'dev-a');
    expect(await db.ledger.leases.holdsToken(ref('a'), token)).toBe(false);
  });
});
