/** How many dev items vanished within the hour, for the guard against mass deletion. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Ledger } from '../../../ledger/ledger.js';
import { linked, type LedgerFixture, openLedger } from '../../fixtures/ledger.js';

describe('ledger/links/gone', () => {
  let db: LedgerFixture;
  let ledger: Ledger;

  beforeAll(async () => {
    db = await openLedger();
    ledger = db.ledger;
  });
  afterAll(() => db.close());

  const ref = (craftItemId: string, pipeline: string) => ({ pipeline, craftItemId });

  it('counts what was found gone within the hour, whatever happened to it since, and what is followed', async () => {
    const tool = async (id: string) => {
      await linked(ledger, id, {}, 'gone');
      await db.sql(`update item_link set dev_tool = 'gone-tool' where craft_item_id = $1`, [id]);
    };
    for (const id of ['h1', 'h2', 'h3', 'h4', 'h5']) await tool(id);
    expect(await ledger.gone.goneCounts('gone-tool')).toEqual({ gone: 0, followed: 5 });
    await ledger.gone.noteGone(ref('h1', 'gone'));
    await ledger.gone.noteGone(ref('h1', 'gone'));
    await ledger.phases.set(ref('h1', 'gone'), { phase: 'released' });
    await ledger.phases.set(ref('h2', 'gone'), { phase: 'orphaned' });
    await ledger.gone.noteGone(ref('h3', 'gone'));
    await ledger.pairings.raiseGeneration(ref('h3', 'gone'), { generation: 1 });
    expect(await ledger.gone.goneCounts('gone-tool')).toEqual({ gone: 3, followed: 5 });
    await db.sql(`update item_detail set gone_at = gone_at - interval '61 minutes' where craft_item_id = 'h1'`);
    expect(await ledger.gone.goneCounts('gone-tool')).toEqual({ gone: 2, followed: 4 });
    await ledger.phases.set(ref('h2', 'gone'), { phase: 'orphaned', lastError: 'still' });
    expect((await ledger.gone.goneCounts('gone-tool')).gone).toBe(2);
  });

  it('after a person resumes a mass deletion, what is gone is accepted for an hour', async () => {
    await linked(ledger, 'i1', {}, 'accepted');
    await db.sql(`update item_link set dev_tool = 'accepted-tool' where craft_item_id = 'i1'`);
    await ledger.gone.noteGone(ref('i1', 'accepted'));
    await ledger.connections.pause('accepted-tool', 'mass-deletion', '6 of 20 gone');
    expect((await ledger.gone.goneCounts('accepted-tool')).gone).toBe(1);
    await ledger.connections.resume('accepted-tool');
    expect((await ledger.gone.goneCounts('accepted-tool')).gone).toBe(0);
    await db.sql(`update connection_state set deletions_accepted_at = clock_timestamp() - interval '2 hours'`);
    expect((await ledger.gone.goneCounts('accepted-tool')).gone).toBe(1);
  });
});
