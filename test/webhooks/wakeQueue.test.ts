import type { Client } from '@temporalio/client';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startWakeQueue } from '../../webhooks/wakeQueue.js';
import { openLedger, type LedgerFixture } from '../fixtures/ledger.js';

describe('webhooks/wakeQueue', () => {
  let db: LedgerFixture;

  beforeEach(async () => {
    db = await openLedger();
  });
  afterEach(() => db.close());

  it.each(['held in memory', 'found in the inbox'])(
    'a tool whose items cannot be woken holds up no other tool, for deliveries that are %s',
    async (where) => {
      const { inbox } = db.ledger;
      const deliveries = [];
      for (const devTool of ['a', 'b', 'c']) {
        const stored = await inbox.store({ devTool, deliveryId: '1', devItemIds: null });
        if (stored !== null) deliveries.push(stored);
      }
      const isHeld = where === 'held in memory';
      if (!isHeld) await db.sql(`update webhook_delivery set received_at = received_at - interval '1 minute'`);
      let calls = 0;
      const withDeadline: Client['withDeadline'] = (_deadline, call) =>
        (calls += 1) === 1 ? Promise.reject(new Error('no connection')) : call();
      const queue = startWakeQueue({
        deps: { ledger: db.ledger, wake: () => Promise.resolve([]) },
        client: { withDeadline },
        startProgressSweep: () => Promise.resolve(true),
        logger: pino({ level: 'silent' }),
        onWoken: () => undefined,
      });
      try {
        if (isHeld) for (const delivery of deliveries) queue.add(delivery);
        await vi.waitFor(async () => expect(await inbox.waiting()).toMatchObject([{ count: 1 }]), { timeout: 4_000 });
      } finally {
        await queue.stop();
      }
    },
  );
});
