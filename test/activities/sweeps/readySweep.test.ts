import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collectReady, reviveLost, type Collected } from '../../../activities/sweeps/readySweep.js';
import type { ItemRef } from '../../../domain/ids.js';
import { createItemSyncs } from '../../../runtime/itemSyncs.js';
import { following, openLedger, PIPELINE, type LedgerFixture } from '../../fixtures/ledger.js';
import { memorySystems } from '../../fixtures/memorySystems.js';
import { pipelineOf, settingsOf } from '../../fixtures/settings.js';
import { PORTFOLIO } from '../../connectors/craft/craftServer.js';
import { DEVELOPING, item, open } from '../../connectors/craft/setUp.js';

describe('activities/sweeps/readySweep', () => {
  let db: LedgerFixture;

  beforeEach(async () => {
    db = await openLedger();
    for (const id of ['a', 'b', 'c', 'd']) await following(db.ledger, id);
    await db.sql(`update item_link set updated_at = now() - interval '1 hour'`);
    await db.sql(`update item_link set updated_at = now() - interval '2 hours' where craft_item_id = 'a'`);
  });
  afterEach(() => db.close());

  /** Temporal refuses to start the run of `a`. */
  function temporal(list: () => AsyncIterable<{ workflowId: string }>) {
    const started: string[] = [];
    const start = (_type: string, { workflowId }: { workflowId: string }) =>
      workflowId.endsWith(':a') ? Promise.reject(new Error('refused')) : Promise.resolve(started.push(workflowId));
    const client = { workflow: { list, start } } as never;
    const itemSyncs = createItemSyncs({ client, ledger: db.ledger, startedBy: 'test' });
    const { deps } = memorySystems(db);
    return { started, deps: { ...deps, itemSyncs } };
  }

  const revive = (deps: Parameters<typeof reviveLost>[0]): Promise<number> =>
    new MockActivityEnvironment().run((): Promise<number> => reviveLost(deps, PIPELINE));

  it('one lost item that cannot be started stops the revival of no other', async () => {
    const { deps, started } = temporal(async function* () {
      yield await Promise.resolve({ workflowId: `item-sync:${PIPELINE}:d` });
    });
    expect(await revive(deps)).toBe(2);
    expect(started.sort()).toEqual([`item-sync:${PIPELINE}:b`, `item-sync:${PIPELINE}:c`]);
    const waiting: readonly ItemRef[] = await db.ledger.live.idle(PIPELINE, 600_000);
    expect(waiting.map(({ craftItemId }) => craftItemId)).toContain('a');
  });

  it('a Temporal that cannot say what runs does not stop the sweep', async () => {
    const { deps, started } = temporal(() => {
      throw new Error('no visibility');
    });
    expect(await revive(deps)).toBe(0);
    expect(started).toEqual([]);
  });

  it.each(['guide', 'swagger'] as const)(
    'reads each initiative once, however often its list is read (%s)',
    async (dialect) => {
      const initiatives = [item(1), item(2), item(3, { type: 'Theme' }), item(4, { status: DEVELOPING })];
      const made = await open({ dialect, initiatives });
      const systems = memorySystems(db);
      const ready = { status: 'Ready for Development', types: ['Feature'], where: [] };
      systems.settings = settingsOf([{ ...pipelineOf('mobile', { source: { portfolio: PORTFOLIO } }), ready }]);
      const current = async () => ({ ...(await systems.deps.current()), craft: made.craft });
      const collect = (): Promise<Collected> =>
        collectReady({ ...systems.deps, current }, { pipeline: 'mobile', sweepId: 'once' });
      expect(await new MockActivityEnvironment().run(collect)).toMatchObject({ found: 2 });
      const calls = made.server.calls();
      expect(calls.filter((call) => call.endsWith(`/portfolio/${PORTFOLIO}/items`)).length).toBeGreaterThan(1);
      expect(calls.filter((call) => call.startsWith('GET /portfolio_item/'))).toHaveLength(3);
    },
  );
});
