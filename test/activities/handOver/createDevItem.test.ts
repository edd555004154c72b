import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDevItem } from '../../../activities/handOver/createDevItem.js';
import { checkReadiness } from '../../../activities/handOver/checkReadiness.js';
import { asks } from '../../../activities/step/step.js';
import { ToolError } from '../../../domain/errors.js';
import { begin, openLedger, PIPELINE, type LedgerFixture } from '../../fixtures/ledger.js';
import { memorySystems } from '../../fixtures/memorySystems.js';

const item = { pipeline: PIPELINE, craftItemId: 'a' };
const create = asks('create', createDevItem);

describe('activities/handOver/createDevItem', () => {
  let db: LedgerFixture;

  beforeEach(async () => {
    db = await openLedger();
  });
  afterEach(() => db.close());

  it('reads nothing from Craft.io before it has its turn in the budget of the dev tool', async () => {
    const systems = memorySystems(db);
    await begin(db.ledger, 'a');
    await systems.step(item, asks('check', checkReadiness));
    const readBefore = systems.itemReads.length;
    const details = { connection: 'km', retryInMs: 40_000 };
    systems.turn = () => Promise.reject(new ToolError('rate-limited', 'the budget of km is used up', details));
    for (let attempt = 0; attempt < 10; attempt += 1) {
      expect((await systems.step(item, create)).wait).toMatchObject({ ms: 40_000, reason: 'rate-limit' });
    }
    expect(systems.itemReads).toHaveLength(readBefore);
    const order: string[] = [];
    systems.turn = () => {
      order.push(`turn after ${systems.itemReads.length - readBefore} reads`);
      return Promise.resolve(() => void order.push(`given back after ${systems.created.length} creates`));
    };
    await systems.step(item, create);
    expect(order).toEqual(['turn after 0 reads', 'given back after 1 creates']);
    expect(systems.itemReads).toHaveLength(readBefore + 1);
  });

  it('gives its turn back when the item is no longer ready', async () => {
    const systems = memorySystems(db);
    await begin(db.ledger, 'a');
    await db.ledger.phases.set(item, { phase: 'creating' });
    const mobile = systems.settings.pipelines[PIPELINE];
    if (mobile === undefined) throw new Error('the settings have no such pipeline');
    const ready = { ...mobile.ready, status: 'Another' };
    systems.settings = { ...systems.settings, pipelines: { [PIPELINE]: { ...mobile, ready } } };
    let givenBack = 0;
    systems.turn = () => Promise.resolve(() => void (givenBack += 1));
    expect((await systems.step(item, create)).state.phase).toBe('not-ready');
    expect(givenBack).toBe(1);
  });
});
