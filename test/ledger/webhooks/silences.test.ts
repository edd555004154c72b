import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { following, openLedger, type LedgerFixture } from '../../fixtures/ledger.js';

let fixture: LedgerFixture;
beforeAll(async () => {
  fixture = await openLedger();
});
afterAll(async () => {
  await fixture.close();
});
beforeEach(async () => {
  await fixture.sql('delete from webhook_delivery');
  await fixture.sql('delete from webhook_silence');
});

const store = (deliveryId: string, devItemIds: readonly string[] | null) =>
  fixture.ledger.inbox.store({ devTool: 'km', deliveryId, devItemIds });

describe('ledger/webhooks/silences', () => {
  it('counts a change as announced when a delivery that names it, or names nothing, arrived with it or later', async () => {
    await store('msg_1', ['named']);
    const at = (seconds: number): string => new Date(Date.now() + seconds * 1_000).toISOString();
    const changes = [
      { devItemId: 'named', updatedAt: at(-5) },
      { devItemId: 'other', updatedAt: at(-5) },
    ];
    expect(await fixture.ledger.silences.announced('km', changes)).toEqual(['named']);
    expect(await fixture.ledger.silences.announced('km', [{ devItemId: 'named', updatedAt: at(120) }])).toEqual([]);
    await store('msg_2', null);
    expect(await fixture.ledger.silences.announced('km', changes)).toEqual(['named', 'other']);
  });

  it('counts changes and sweeps in a row, until a delivery about a followed item arrives', async () => {
    const { silences: own } = fixture.ledger;
    await following(fixture.ledger, '1');
    await own.note('km', { changes: 3, run: 'a' });
    await own.note('km', { changes: 1, run: 'a' });
    await own.note('km', { changes: 2, run: 'b' });
    expect(await own.list()).toMatchObject([{ devTool: 'km', changes: 6, sweeps: 2, lastDelivery: null }]);
    await store('stranger', ['nobody follows this']);
    expect(await own.list()).toHaveLength(1);
    expect([await own.mayAlert('km'), await own.mayAlert('km')]).toEqual([true, false]);
    await store('news', ['dev-1']);
    expect(await own.list()).toEqual([]);
    await own.note('km', { changes: 1, run: 'c' });
    expect(await own.list()).toMatchObject([{ changes: 1, sweeps: 1 }]);
    expect(await own.mayAlert('km')).toBe(true);
  });
});
