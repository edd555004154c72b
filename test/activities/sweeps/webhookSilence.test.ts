/** Webhooks that have gone silent, with a real ledger: what is counted, and when the operators are told. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { noteUnannounced } from '../../../activities/sweeps/webhookSilence.js';
import type { DevItem } from '../../../domain/devItem.js';
import type { DevToolSettings } from '../../../domain/settings.js';
import { devItem, following, openLedger, type LedgerFixture } from '../../fixtures/ledger.js';

const TOOL = { name: 'km', expectsWebhooks: true, progressEveryMs: 300_000 } as DevToolSettings;

let fixture: LedgerFixture;
let alerts: string[];
beforeAll(async () => {
  fixture = await openLedger();
  await following(fixture.ledger, '1');
});
afterAll(async () => {
  await fixture.close();
});
beforeEach(async () => {
  alerts = [];
  await fixture.sql('delete from webhook_silence');
  await fixture.sql('delete from webhook_delivery');
});

function sweep(runId: string, moved: readonly DevItem[], tool: DevToolSettings = TOOL): Promise<void> {
  const send = (message: string): Promise<void> => Promise.resolve(void alerts.push(message));
  const deps = { ledger: fixture.ledger, alerts: { send } };
  const workflowExecution = { workflowId: 'progress-sweep:km', runId };
  return new MockActivityEnvironment({ workflowExecution }).run(() => noteUnannounced(deps, tool, moved));
}

/** `count` items that moved `minutesAgo`. */
function moved(count: number, minutesAgo: number | null = 3): readonly DevItem[] {
  const updatedAt = minutesAgo === null ? null : new Date(Date.now() - minutesAgo * 60_000).toISOString();
  return Array.from({ length: count }, (_, n) => devItem({ id: `dev-${n + 1}`, updatedAt }));
}

const deliver = (devItemIds: readonly string[] | null) =>
  fixture.ledger.inbox.store({ devTool: 'km', deliveryId: String(Math.random()), devItemIds });

describe('activities/sweeps/webhookSilence', () => {
  it('tells once, after five changes over two sweeps', async () => {
    await deliver(['somebody else’s']);
    await sweep('run-1', moved(4));
    await sweep('run-1', moved(2));
    expect(alerts).toEqual([]);
    await sweep('run-2', moved(1));
    await sweep('run-3', moved(9));
    expect(alerts).toEqual([
      expect.stringMatching(/^km: 7 changes since 20..-..-.. ..:.. UTC came without a webhook; last delivery 20/),
    ]);
    expect(await fixture.ledger.silences.list()).toMatchObject([{ changes: 16, sweeps: 3 }]);
  });

  it('counts nothing that was announced, nor what is so recent that its webhook may be under way', async () => {
    await sweep('run-1', moved(9, 0.5));
    await deliver(null);
    await sweep('run-2', moved(9));
    expect(await fixture.ledger.silences.list()).toEqual([]);
  });

  it('counts changes of tools that give no times', async () => {
    await sweep('run-1', moved(3, null));
    await sweep('run-2', moved(3, null));
    expect(alerts).toHaveLength(1);
  });

  it('begins anew after a delivery about a followed item, and tells again in the next silence', async () => {
    await sweep('run-1', moved(4));
    await deliver(['dev-1']);
    await sweep('run-2', moved(5, 3).slice(1));
    expect(alerts).toEqual([]);
    await sweep('run-3', moved(5, 3).slice(1));
    expect(alerts).toHaveLength(1);
  });

  it('expects no webhooks where no secret is configured', async () => {
    const { expectsWebhooks: _, ...silent } = TOOL;
    await sweep('run-1', moved(9), silent);
    await sweep('run-2', moved(9), silent);
    expect(await fixture.ledger.silences.list()).toEqual([]);
  });
});
