import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createDevItem } from '../../../activities/handOver/createDevItem.js';
import { checkReadiness } from '../../../activities/handOver/checkReadiness.js';
import { lockCraftItem } from '../../../activities/handOver/lockCraftItem.js';
import { asks, unlessHandsOff } from '../../../activities/step/step.js';
import { attentionOf } from '../../../clients/status/attention.js';
import { ToolError } from '../../../domain/errors.js';
import {
  begin,
  craftItem,
  openLedger,
  PIPELINE,
  type LedgerFixture,
  CREATES_AN_HOUR_AGO,
} from '../../fixtures/ledger.js';
import { memorySystems } from '../../fixtures/memorySystems.js';

const item = { pipeline: PIPELINE, craftItemId: 'a' };
const create = asks('create', createDevItem);
const READY = { status: { id: '1', name: 'Ready' } };

describe('activities/handOver/createDevItem', () => {
  let db: LedgerFixture;

  beforeEach(async () => {
    db = await openLedger();
  });
  afterEach(async () => {
    vi.useRealTimers();
    await db.close();
  });

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

  it('what was known when the step began is looked up again after a wait for the turn', async () => {
    const systems = memorySystems(db);
    await db.ledger.snapshots.collect(PIPELINE, 'sweep', [craftItem('a', { ...READY, title: 'Before' })]);
    await begin(db.ledger, 'a');
    await systems.step(item, asks('check', checkReadiness));
    systems.turn = async () => {
      await db.ledger.snapshots.collect(PIPELINE, 'sweep', [craftItem('a', { ...READY, title: 'Meanwhile' })]);
      await sleep(1_100);
      return () => undefined;
    };
    await systems.step(item, create);
    expect(systems.created.map(({ draft }) => draft.title)).toEqual(['Meanwhile']);
  });

  it.each(['before this step', 'during this step'])('wakes the items that began to wait for it %s', async (when) => {
    const systems = memorySystems(db);
    await begin(db.ledger, 'a');
    await begin(db.ledger, 'below');
    await systems.step(item, asks('check', checkReadiness));
    const wake = vi.spyOn(systems.deps.itemSyncs, 'wake');
    const waits = async (): Promise<void> => {
      await db.ledger.phases.patch({ pipeline: PIPELINE, craftItemId: 'below' }, { parentCraftItemId: 'a' });
    };
    if (when === 'before this step') await waits();
    else systems.beforeAnswer = waits;
    await systems.step(item, create);
    systems.beforeAnswer = () => Promise.resolve();
    if (when === 'during this step') await systems.step(item, unlessHandsOff(lockCraftItem));
    expect(wake.mock.calls.map(([wakes]) => wakes.map((one) => one.item.craftItemId))).toEqual([['below']]);
  });

  it('an item on which alone the tool fails three times shows its text as the suspect, and needs a person', async () => {
    const systems = memorySystems(db);
    await begin(db.ledger, 'a');
    await systems.step(item, asks('check', checkReadiness));
    const details = { connection: 'km', status: 500, write: true };
    systems.refusals.set('km', new ToolError('ambiguous', 'km: POST /items failed with status 500', details));
    const passed = {
      pipeline: PIPELINE,
      craftItemId: 'another',
      step: 'createDevItem',
      outcome: 'created',
      attempt: 1,
    };
    const reasons: unknown[] = [];
    for (let failure = 0; failure < 3; failure += 1) {
      await systems.step(item, create);
      reasons.push((await db.ledger.links.get(item))?.blockedBy);
      await db.ledger.log.append({ ...passed, detail: null, workflowId: null, runId: null });
      await db.sql(CREATES_AN_HOUR_AGO);
    }
    expect(reasons).toEqual(['tool-down', 'tool-down', 'refused']);
    const link = await db.ledger.links.get(item);
    expect(link?.lastError).toMatch(/status 500\. It fails on this item alone, while others pass/);
    expect(link === null ? [] : attentionOf(link)).toMatchObject([{ what: 'creating (refused)' }]);
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

  it('a create that comes to no end is given up after ten minutes, and looked for', async () => {
    const systems = memorySystems(db);
    await begin(db.ledger, 'a');
    await systems.step(item, asks('check', checkReadiness));
    await db.ledger.continuity.doubt(PIPELINE, 'km');
    await db.ledger.continuity.dismiss(PIPELINE, 'km');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    systems.beforeAnswer = () => {
      void vi.advanceTimersByTimeAsync(10 * 60_000);
      return new Promise(() => undefined);
    };
    const failure = { message: expect.stringContaining('end within 10 minutes') as string, type: 'unavailable' };
    await expect(systems.step(item, create)).rejects.toMatchObject(failure);
    expect(await db.ledger.links.get(item)).toMatchObject({ devItemId: null, sentAt: expect.any(String) as string });
  });
});
