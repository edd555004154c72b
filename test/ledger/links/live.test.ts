/** Which links sweeps read, and which they restart. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Ledger } from '../../../ledger/ledger.js';
import { begin, following, type LedgerFixture, openLedger, PIPELINE } from '../../fixtures/ledger.js';

describe('ledger/links/live', () => {
  let db: LedgerFixture;
  let ledger: Ledger;

  beforeAll(async () => {
    db = await openLedger();
    ledger = db.ledger;
  });
  afterAll(() => db.close());

  const ref = (craftItemId: string, pipeline = PIPELINE) => ({ pipeline, craftItemId });
  const age = (id: string, by: string) =>
    db.sql(`update item_link set updated_at = updated_at - $2::interval where craft_item_id = $1`, [id, by]);

  it('an idle row has a phase that is not final and was not touched for long enough', async () => {
    for (const id of ['d1', 'd2', 'd3']) await begin(ledger, id, 'idle');
    await ledger.phases.set(ref('d2', 'idle'), { phase: 'not-ready' });
    await age('d1', '11 minutes');
    await age('d2', '11 minutes');
    expect(await ledger.live.idle('idle', 600_000)).toEqual([ref('d1', 'idle')]);
    expect(await ledger.live.idle(null, 600_000)).toContainEqual(ref('d1', 'idle'));
    await ledger.phases.set(ref('d1', 'idle'), { phase: 'checking' });
    expect(await ledger.live.idle('idle', 600_000)).toEqual([]);
  });

  it('feeds and inventories read links with a dev item that are neither released nor not ready', async () => {
    await following(ledger, 'f1', { scope: 'live-1' });
    await following(ledger, 'f2', { scope: 'live-2' });
    await following(ledger, 'f3', { scope: 'live-3' });
    await ledger.phases.set(ref('f2'), { phase: 'done' });
    await ledger.phases.set(ref('f3'), { phase: 'released' });
    const scopes = await ledger.live.liveScopes('km');
    expect(scopes.filter((scope) => scope.startsWith('live'))).toEqual(['live-1', 'live-2']);
    expect(await ledger.live.liveDevItemIds('km', 'live-1')).toEqual(['dev-f1']);
    expect(await ledger.live.liveDevItemIds('km', 'live-3')).toEqual([]);
    const found = await ledger.links.byDevItems('km', ['dev-f1', 'dev-f3', 'unknown']);
    expect(found.map((link) => link.craftItemId)).toEqual(['f1', 'f3']);
    expect(await ledger.links.byDevItems('km', [])).toEqual([]);
  });
});
