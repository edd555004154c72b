import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { begin, CREATE, devItem, openLedger, PIPELINE, type LedgerFixture } from '../../fixtures/ledger.js';

const item = { pipeline: PIPELINE, craftItemId: 'a' };

describe('ledger/continuity/sentCreates', () => {
  let db: LedgerFixture;
  beforeEach(async () => {
    db = await openLedger();
    await begin(db.ledger, 'a');
    const { token } = await db.ledger.leases.take(item, 5_000);
    await db.ledger.leases.noteSent(item, token, CREATE);
  });
  afterEach(() => db.close());

  const recall = () => db.ledger.continuity.recall(item);

  it.each([
    ['before any lease', null],
    ['after a lease', '00000000-0000-4000-8000-000000000001'],
  ])('a create that is recalled takes the say from a step that read the row %s', async (_when, token) => {
    await db.sql('update item_link set sent_at = null, claim_token = $1::uuid', [token]);
    expect(await recall()).toBe(true);
    expect(await db.ledger.phases.setUnder(item, token, { phase: 'not-ready' }, 'checking')).toBe(false);
    expect(await db.ledger.links.get(item)).toMatchObject({ phase: 'creating', sentAt: expect.any(String) as string });
  });

  it('a create is recalled once, and none that certainly did nothing', async () => {
    await db.sql('update item_link set sent_at = null');
    expect(await recall()).toBe(true);
    expect(await recall()).toBe(false);
    const link = await db.ledger.links.get(item);
    await db.ledger.leases.clearSent(item, link?.claimToken ?? '');
    expect(await recall()).toBe(false);
  });

  it('no create is noted beside one that is noted already, although the row that was put back knows of none', async () => {
    await db.sql('update item_link set sent_at = null, send_before = null, claim_token = null');
    const { token } = await db.ledger.leases.take(item, 5_000);
    expect(await db.ledger.leases.noteSent(item, token, CREATE)).toBe(false);
    expect(await db.ledger.links.get(item)).toMatchObject({ sentAt: null });
    expect(await recall()).toBe(true);
  });

  /** The row alone becomes that of a create an hour before the one that is noted; its token is valid again. */
  const putBackToOlder = () =>
    db.sql(`with link as (
        update item_link set sent_at = sent_at - interval '1 hour', send_before = send_before - interval '1 hour'
      )
      update item_detail set sent_target = '{"spaceId": "older"}'`);

  it('a row that was put back to an older open create takes the newer one, and where that was sent to', async () => {
    const noted = await db.ledger.links.get(item);
    await putBackToOlder();
    expect((await db.ledger.opening.read(item)).hasNotedCreate).toBe(true);
    expect(await recall()).toBe(true);
    const { sendBefore, sentTarget } = { ...(await db.ledger.links.get(item)) };
    expect({ sendBefore, sentTarget }).toEqual({ sendBefore: noted?.sendBefore, sentTarget: CREATE.target });
    expect(await recall()).toBe(false);
  });

  it('a search that goes by a row which was put back to an older open create forgets no newer one', async () => {
    const token = (await db.ledger.links.get(item))?.claimToken ?? '';
    await putBackToOlder();
    await db.ledger.leases.clearSent(item, token);
    expect(await db.ledger.links.get(item)).toMatchObject({ sentAt: expect.any(String) as string });
    expect(await db.sql('select 1 from sent_create')).toHaveLength(1);
  });

  it.each([
    ['the item was relinked', () => db.ledger.pairings.relink(item, 'km', devItem({ id: 'by hand' }))],
    [
      'another tool holds it',
      () => db.ledger.continuity.remember(item, { devTool: 'other', generation: 1, marked: ['theirs'], linked: [] }),
    ],
  ])('a lost row takes the place of a create no more once %s', async (_when, changes) => {
    await changes();
    await db.sql('delete from item_detail');
    await db.sql('delete from item_link');
    await begin(db.ledger, 'a');
    expect(await recall()).toBe(true);
    expect((await db.ledger.links.get(item))?.sentTarget).toBe(null);
  });

  it('a pause stays when a create is recalled, and a release is not undone', async () => {
    await db.sql(`update item_link set sent_at = null, phase = 'paused', blocked_by = 'operator'`);
    expect(await recall()).toBe(true);
    expect(await db.ledger.links.get(item)).toMatchObject({ phase: 'paused', blockedBy: 'operator' });
    await db.sql(`update item_link set sent_at = null, phase = 'released'`);
    expect(await recall()).toBe(false);
  });
});
