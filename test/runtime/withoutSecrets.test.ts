import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createRedactor } from '../../domain/redaction/redactor.js';
import type { Ledger } from '../../ledger/ledger.js';
import { withoutSecrets } from '../../runtime/withoutSecrets.js';
import { linked, openLedger, type LedgerFixture } from '../fixtures/ledger.js';

const KEY = 'Zk9aBcD3eFgHiJkL7mN';
const TEXT = `it said ${encodeURIComponent(KEY)} and ${Buffer.from(`me:${KEY}`).toString('base64')} and ${KEY.slice(4, 15)}`;

describe('runtime/withoutSecrets', () => {
  let db: LedgerFixture;
  let ledger: Ledger;
  beforeAll(async () => {
    db = await openLedger();
    ledger = withoutSecrets(db.ledger, createRedactor([KEY]));
  });
  afterAll(() => db.close());

  it('leaves nothing of a key in any table, whichever way a text is stored', async () => {
    const { item } = await linked(ledger, 'secret');
    const none = { attempt: 1, workflowId: null, runId: null };
    await ledger.log.append({ ...item, step: 'lock', outcome: 'failed', detail: TEXT, ...none });
    await ledger.phases.set(item, { phase: 'following', lastError: TEXT });
    await ledger.connections.pause('km', 'connection', TEXT);
    await ledger.connections.noteSweepTrouble('progress-sweep:km', TEXT);
    const stored = await ledger.inbox.store({ devTool: 'km', deliveryId: 'd1', devItemIds: null });
    await ledger.inbox.noteFailed([stored?.id ?? ''], TEXT);
    const tables = ['item_link', 'sync_log', 'connection_state', 'sweep_run', 'webhook_delivery'];
    for (const table of tables) {
      const rows = JSON.stringify(await db.sql(`select * from ${table}`));
      expect(rows, table).toContain('it said [redacted]');
      for (let at = 0; at + 8 <= KEY.length; at += 1) expect(rows, table).not.toContain(KEY.slice(at, at + 8));
    }
  });
});
