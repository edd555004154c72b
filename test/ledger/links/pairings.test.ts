/** Which dev item a link holds: one at most, and no two Craft items the same. */
import type { ItemRef } from '../../../domain/ids.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Ledger } from '../../../ledger/ledger.js';
import {
  CREATE,
  begin,
  devItem,
  following,
  freshItem,
  linked,
  type LedgerFixture,
  openLedger,
  PIPELINE,
} from '../../fixtures/ledger.js';

describe('ledger/links/pairings', () => {
  let db: LedgerFixture;
  let ledger: Ledger;

  beforeAll(async () => {
    db = await openLedger();
    ledger = db.ledger;
  });
  afterAll(() => db.close());

  const ref = (craftItemId: string, pipeline = PIPELINE) => ({ pipeline, craftItemId });

  it('stores the dev item under the newest token, and nothing under an older one', async () => {
    const item = ref('p1');
    await begin(ledger, 'p1');
    const older = await ledger.leases.take(item, 5_000);
    const newer = await ledger.leases.take(item, 5_000);
    const late = await ledger.pairings.storeDevItem(item, older.token, devItem({ id: 'late' }));
    expect(late).toMatchObject({ status: 'superseded', link: { devItemId: null, claimToken: newer.token } });
    const stored = await ledger.pairings.storeDevItem(item, newer.token, devItem({ id: 'p1-dev' }));
    expect(stored).toMatchObject({ status: 'stored', link: { devItemId: 'p1-dev', phase: 'locking' } });
  });

  it('storing again after the commit writes the same and keeps `linked_at`', async () => {
    const { item, token } = await linked(ledger, 'p2');
    const before = await ledger.links.get(item);
    const again = await ledger.pairings.storeDevItem(item, token, devItem({ id: 'dev-p2' }));
    expect(again).toMatchObject({ status: 'stored', link: { linkedAt: before?.linkedAt, devItemId: 'dev-p2' } });
  });

  it('refuses a dev item that another Craft item holds, and names that item', async () => {
    await linked(ledger, 'p3', { id: 'shared' }, 'other-pipeline');
    await begin(ledger, 'p4');
    const { token } = await ledger.leases.take(ref('p4'), 5_000);
    const outcome = await ledger.pairings.storeDevItem(ref('p4'), token, devItem({ id: 'shared' }));
    expect(outcome).toEqual({ status: 'held', by: ref('p3', 'other-pipeline') });
    expect((await ledger.links.get(ref('p4')))?.devItemId).toBeNull();
    expect(await ledger.pairings.relink(ref('p4'), 'km', devItem({ id: 'shared' }))).toEqual(outcome);
  });

  it('a released link no longer holds its dev item', async () => {
    await linked(ledger, 'p5', { id: 'passed-on' });
    await ledger.phases.set(ref('p5'), { phase: 'released' });
    await begin(ledger, 'p6');
    expect(await ledger.pairings.relink(ref('p6'), 'km', devItem({ id: 'passed-on' }))).toMatchObject({
      status: 'stored',
    });
    await expect(ledger.phases.set(ref('p5'), { phase: 'following' })).rejects.toMatchObject({ kind: 'conflict' });
  });

  it('the same id in another dev tool is another dev item', async () => {
    await linked(ledger, 'p7', { id: 'same-id' });
    await ledger.links.begin(ref('p8'), { devTool: 'redmine', craftShortId: null, craftUrl: null });
    const { token } = await ledger.leases.take(ref('p8'), 5_000);
    const outcome = await ledger.pairings.storeDevItem(ref('p8'), token, devItem({ id: 'same-id' }));
    expect(outcome).toMatchObject({ status: 'stored' });
  });

  it('one of two that store the same dev item at once is refused', async () => {
    await Promise.all([begin(ledger, 'p9'), begin(ledger, 'p10')]);
    const outcomes = await Promise.all(
      ['p9', 'p10'].map(async (id) => {
        const { token } = await ledger.leases.take(ref(id), 5_000);
        return ledger.pairings.storeDevItem(ref(id), token, devItem({ id: 'raced' }));
      }),
    );
    expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(['held', 'stored']);
  });

  it('relink ends the lease in force, resets what was pushed, and dismisses the dev item held before', async () => {
    const { item, token } = await following(ledger, 'p11', { updatedAt: '2026-01-01T00:00:00Z' });
    const outcome = await ledger.pairings.relink(item, 'km', devItem({ id: 'chosen' }));
    expect(outcome).toMatchObject({
      status: 'stored',
      link: { devItemId: 'chosen', phase: 'locking', devUpdatedAt: null, lastProgress: null, lockedAt: null },
    });
    expect((await ledger.links.get(item))?.dismissedDevItems).toEqual(['dev-p11']);
    expect(await ledger.pushes.storePushed(item, token, { lastProgress: {} })).toBeNull();
    await ledger.pairings.relink(item, 'km', devItem({ id: 'dev-p11' }));
    expect((await ledger.links.get(item))?.dismissedDevItems).toEqual(['chosen']);
  });

  it('relink dismisses in one statement whatever else is known of the item, and forgets what was handed over', async () => {
    const { item } = await following(ledger, 'p20');
    await ledger.phases.patch(item, {
      duplicate: true,
      duplicateDevItems: ['twin', 'chosen'],
      dismissedDevItems: ['old'],
    });
    const outcome = await ledger.pairings.relink(item, 'km', devItem({ id: 'chosen' }), { made: ['made', 'twin'] });
    expect(outcome).toMatchObject({
      status: 'stored',
      link: {
        dismissedDevItems: ['old', 'twin', 'dev-p20', 'made'],
        ...{ duplicate: false, duplicateDevItems: [], handedOver: null },
      },
    });
  });

  it('relink is refused beside a create that is noted and may still show, although the row was put back since', async () => {
    const item = await freshItem(ledger);
    const { token } = await ledger.leases.take(item, 5_000);
    await ledger.leases.noteSent(item, token, CREATE);
    await db.sql('update item_link set sent_at = null, send_before = null where craft_item_id = $1', [
      item.craftItemId,
    ]);
    const relink = (visibleMs: number) => ledger.pairings.relink(item, 'km', devItem({ id: 'by hand' }), { visibleMs });
    expect((await relink(60_000)).status).toBe('superseded');
    expect((await relink(-60_000)).status).toBe('stored');
  });

  it('raises the generation once, however often it is repeated, and forgets dev item, lease and lock', async () => {
    const { item, token } = await following(ledger, 'p12');
    await ledger.phases.set(item, { phase: 'orphaned', lastError: 'gone' });
    const raised = await ledger.pairings.raiseGeneration(item, { generation: 1 });
    expect(raised).toMatchObject({
      generation: 2,
      phase: 'checking',
      devItemId: null,
      sentAt: null,
      lockedAt: null,
      handedOver: null,
      lastProgress: null,
      claimToken: expect.any(String) as string,
      lastError: null,
      dismissedDevItems: ['dev-p12'],
    });
    expect((await ledger.pairings.raiseGeneration(item, { generation: 1 })).generation).toBe(2);
    expect(await ledger.leases.noteSent(item, token, CREATE)).toBe(false);
  });

  it('does not raise a generation again after it was raised and handed over, nor under an older lease', async () => {
    const { item } = await following(ledger, 'p14');
    await ledger.pairings.raiseGeneration(item, { generation: 1 });
    const { token } = await ledger.leases.take(item, 5_000);
    await ledger.leases.noteSent(item, token, CREATE);
    await ledger.pairings.storeDevItem(item, token, devItem({ id: 'second' }));
    const again = await ledger.pairings.raiseGeneration(item, { generation: 1 });
    expect(again).toMatchObject({ generation: 2, devItemId: 'second' });
    const late = await ledger.pairings.raiseGeneration(item, { generation: 2, token: null });
    expect(late).toMatchObject({ generation: 2, devItemId: 'second' });
    expect(await ledger.pairings.raiseGeneration(item, { generation: 2, token })).toMatchObject({ generation: 3 });
  });

  it('a step that began before any lease has no say any more after a relink, a recreate, or a phase set from outside', async () => {
    const changes: [string, (item: ItemRef) => Promise<unknown>][] = [
      ['p15', (item) => ledger.pairings.relink(item, 'km', devItem({ id: 'p15-new' }))],
      ['p16', (item) => ledger.pairings.raiseGeneration(item, { generation: 1 })],
      [
        'p17',
        async (item) => {
          const link = await ledger.links.get(item);
          if (link !== null) await ledger.phases.setAsRead(link, { phase: 'blocked' });
        },
      ],
    ];
    for (const [id, change] of changes) {
      await begin(ledger, id);
      await change(ref(id));
      expect(await ledger.phases.setUnder(ref(id), null, { phase: 'not-ready' }, 'checking')).toBe(false);
      expect((await ledger.links.get(ref(id)))?.phase).not.toBe('not-ready');
    }
  });

  it('raises the generation of an item that was released before anything was created', async () => {
    await begin(ledger, 'p13');
    await ledger.phases.set(ref('p13'), { phase: 'released' });
    expect(await ledger.pairings.raiseGeneration(ref('p13'), { generation: 1 })).toMatchObject({
      generation: 2,
      phase: 'checking',
    });
  });
});
