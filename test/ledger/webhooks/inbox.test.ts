import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openLedger, type LedgerFixture } from '../../fixtures/ledger.js';

let fixture: LedgerFixture;
beforeAll(async () => {
  fixture = await openLedger();
});
afterAll(async () => {
  await fixture.close();
});
beforeEach(async () => {
  await fixture.sql('delete from webhook_delivery');
});

const store = (deliveryId: string, devItemIds: readonly string[] | null = ['a'], devTool = 'km') =>
  fixture.ledger.inbox.store({ devTool, deliveryId, devItemIds });
const age = (seconds: number) =>
  fixture.sql(`update webhook_delivery set received_at = received_at - $1 * interval '1 second'`, [seconds]);
const take = (limit = 10) => fixture.ledger.inbox.takeWaiting({ unmarkedForMs: 30_000, limit });

describe('ledger/webhooks/inbox', () => {
  it('stores a delivery once for each tool, even when it arrives ten times at once', async () => {
    const results = await Promise.all(Array.from({ length: 10 }, () => store('msg_1')));
    expect(results.filter((stored) => stored !== null)).toEqual([
      { id: expect.any(String) as string, devTool: 'km', devItemIds: ['a'] },
    ]);
    expect(await store('msg_1', null, 'cd')).toMatchObject({ devTool: 'cd', devItemIds: null });
  });

  it('gives a delivery that nobody marked for a while to one taker, and again only later', async () => {
    for (let n = 0; n < 20; n += 1) await store(`msg_${n}`);
    expect(await take()).toEqual([]);
    await age(31);
    await store('young');
    const taken = (await Promise.all([take(15), take(15), take(15)])).flat();
    expect(new Set(taken.map(({ id }) => id)).size).toBe(20);
    expect(taken).toHaveLength(20);
    expect(await take()).toEqual([]);
    const [first, second] = taken;
    await fixture.ledger.inbox.markWoken([first?.id ?? '']);
    await fixture.ledger.inbox.noteFailed([second?.id ?? ''], 'no server');
    await fixture.sql(`update webhook_delivery set tried_at = tried_at - interval '31 seconds'`);
    await age(31);
    expect(await take(100)).toHaveLength(20);
    const [row] = await fixture.sql('select attempts, last_error from webhook_delivery where id = $1', [second?.id]);
    expect(row).toEqual({ attempts: 1, last_error: 'no server' });
  });

  it('counts what waits, and deletes what is too old', async () => {
    const stored = await store('msg_1');
    await age(40);
    await store('msg_2');
    await fixture.ledger.inbox.markWoken([stored?.id ?? '']);
    expect(await fixture.ledger.inbox.waiting()).toEqual([
      { devTool: 'km', count: 1, oldestMs: expect.any(Number) as number },
    ]);
    expect(await fixture.ledger.inbox.lastReceived()).toMatchObject([{ devTool: 'km' }]);
    expect(await fixture.ledger.inbox.prune(30_000)).toBe(1);
    expect(await fixture.ledger.inbox.prune(30_000)).toBe(0);
  });
});
