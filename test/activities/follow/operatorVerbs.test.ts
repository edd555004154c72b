import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { relinkItem } from '../../../activities/follow/operatorVerbs.js';
import { releaseCraftItem } from '../../../activities/follow/releaseCraftItem.js';
import { createDevItem } from '../../../activities/handOver/createDevItem.js';
import { asks } from '../../../activities/step/step.js';
import { ToolError } from '../../../domain/errors.js';
import type { StepResult } from '../../../domain/itemState.js';
import {
  begin,
  devItem,
  openLedger,
  PIPELINE,
  type LedgerFixture,
  CREATES_AN_HOUR_AGO,
} from '../../fixtures/ledger.js';
import { memorySystems, type MemorySystems } from '../../fixtures/memorySystems.js';

const item = { pipeline: PIPELINE, craftItemId: 'a' };
const MADE = 'of craftsync:mobile/a/1';

describe('activities/follow/operatorVerbs', () => {
  let db: LedgerFixture;
  let systems: MemorySystems;
  beforeEach(async () => {
    db = await openLedger();
    systems = memorySystems(db);
    await begin(db.ledger, 'a');
    await db.ledger.phases.set(item, { phase: 'creating' });
    await db.ledger.continuity.beat();
    await db.ledger.continuity.dismiss(PIPELINE, 'km');
    systems.beforeAnswer = () => Promise.reject(new ToolError('ambiguous', 'km: no answer'));
    await systems.step(item, asks('create', createDevItem));
  });
  afterEach(() => db.close());

  const relink = (deps = systems.deps): Promise<StepResult> =>
    new MockActivityEnvironment().run((): Promise<StepResult> => relinkItem(deps, item, 'by hand'));
  const asRead = async () => ({ visibleMs: 60_000, token: (await db.ledger.links.get(item))?.claimToken ?? null });
  const later = () => db.sql(CREATES_AN_HOUR_AGO);

  it('an item whose create may be under way still is not relinked, and it says from when on it can be', async () => {
    await expect(relink()).rejects.toThrow(/^not relinked: a create was sent for it .*: try again after 2\d{3}-/);
    expect(await db.ledger.links.get(item)).toMatchObject({ devItemId: null, phase: 'creating' });
  });

  it('a create that is sent while a relink is under way holds it up as well', async () => {
    const byHand = devItem({ id: 'by hand' });
    expect(await db.ledger.pairings.relink(item, 'km', byHand, await asRead())).toMatchObject({ status: 'superseded' });
    expect(await db.ledger.links.get(item)).toMatchObject({ devItemId: null, phase: 'creating' });
  });

  it('so does one that is noted beside a row that was put back and knows of none', async () => {
    await db.sql('update item_link set sent_at = null, send_before = null, claim_token = null');
    await expect(relink()).rejects.toThrow(/^not relinked: a create was sent for it .*: try again after 2\d{3}-/);
    expect(await db.ledger.links.get(item)).toMatchObject({ devItemId: null, sentAt: expect.any(String) as string });
  });

  it('a release of such a row takes that create first, and releases what it has made', async () => {
    await db.sql('update item_link set sent_at = null, send_before = null, claim_token = null');
    const release = releaseCraftItem('by an operator');
    expect((await systems.step(item, release)).wait).toBeDefined();
    expect(await db.ledger.links.get(item)).toMatchObject({ phase: 'creating', sentAt: expect.any(String) as string });
    await db.sql(CREATES_AN_HOUR_AGO);
    await systems.step(item, release);
    expect(await db.ledger.links.get(item)).toMatchObject({ phase: 'released', devItemId: MADE });
  });

  it('what a lost create has made is named as dismissed once the item is relinked to another dev item', async () => {
    await later();
    await relink();
    expect(await db.ledger.links.get(item)).toMatchObject({ devItemId: 'by hand', dismissedDevItems: [MADE] });
  });

  it('a relink that goes on once a newer one was obeyed changes nothing', async () => {
    await later();
    const ordered = await db.ledger.links.get(item);
    const to = (devItemId: string): Promise<StepResult> =>
      new MockActivityEnvironment().run(() => relinkItem(systems.deps, item, devItemId, ordered?.updatedAt));
    const newer = await to('newer');
    expect(newer).not.toHaveProperty('outdated');
    expect(await to('by hand')).toMatchObject({ outdated: true });
    const as = { visibleMs: 60_000, token: ordered?.claimToken ?? null };
    const late = await db.ledger.pairings.relink(item, 'km', devItem({ id: 'by hand' }), as);
    expect(late).toMatchObject({ status: 'superseded' });
    expect(await db.ledger.links.get(item)).toMatchObject({ devItemId: 'newer' });
  });

  it.each(['paused', 'released'] as const)(
    'a relink that goes on once it was obeyed and the item %s changes nothing',
    async (phase) => {
      await later();
      const ordered = await db.ledger.links.get(item);
      const again = (): Promise<StepResult> =>
        new MockActivityEnvironment().run(() => relinkItem(systems.deps, item, 'by hand', ordered?.updatedAt));
      expect(await again()).not.toHaveProperty('outdated');
      expect(await again()).not.toHaveProperty('outdated');
      await db.ledger.phases.set(item, { phase });
      expect(await again()).toMatchObject({ outdated: true });
      expect(await db.ledger.links.get(item)).toMatchObject({ phase, devItemId: 'by hand' });
    },
  );

  it('an item is relinked although the search for what a lost create has made fails', async () => {
    await later();
    const findByMarker = () => Promise.reject(new ToolError('unavailable', 'km: no answer'));
    const current = async () => {
      const known = await systems.deps.current();
      return { ...known, devTool: (name: string) => ({ ...known.devTool(name), findByMarker }) };
    };
    await relink({ ...systems.deps, current });
    expect(await db.ledger.links.get(item)).toMatchObject({ devItemId: 'by hand' });
  });
});
