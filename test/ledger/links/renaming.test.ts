import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { begin, following, openLedger, type LedgerFixture } from '../../fixtures/ledger.js';

let fixture: LedgerFixture;
beforeAll(async () => {
  fixture = await openLedger();
}, 60_000);
afterAll(() => fixture.close());

describe('ledger/links/renaming', () => {
  it('moves the outcome of an item’s feedback along, and repeats nothing whose answer was lost under the old name', async () => {
    const { ledger } = fixture;
    const { item } = await following(ledger, '700', {}, 'old');
    await ledger.itemFeedback.noteSent(item, 1, 'told', 60_000);
    await ledger.itemFeedback.noteOutcome(item, 1, 'told', 'feedback');
    await ledger.itemFeedback.noteSent(item, 1, 'lost', 60_000);
    await ledger.itemFeedback.noteSent(item, 1, 'refused', 60_000);
    await ledger.itemFeedback.clearSent(item, 1, 'refused');

    expect((await ledger.renaming.renamePipeline('old', 'new')).status).toBe('moved');

    expect(await ledger.itemFeedback.list(item, 1)).toEqual([]);
    const moved = await ledger.itemFeedback.list({ ...item, pipeline: 'new' }, 1);
    const outcomes = moved.map(({ feedbackId, outcome }) => [feedbackId, outcome]);
    expect(Object.fromEntries(outcomes)).toEqual({ told: 'feedback', lost: 'not-repeated', refused: null });
  });

  it('leaves no create and no comparison of the old name to a pipeline that is called so later', async () => {
    const { ledger } = fixture;
    const { item } = await following(ledger, '701', {}, 'former');
    await ledger.continuity.doubt('former', 'km');
    await ledger.continuity.dismiss('former', 'km');
    expect((await ledger.renaming.renamePipeline('former', 'present')).status).toBe('moved');

    await begin(ledger, '701', 'former');
    expect(await ledger.continuity.recall(item)).toBe(false);
    expect(await ledger.links.get(item)).toMatchObject({ phase: 'checking', sentAt: null });
    expect(await ledger.continuity.doubt('former', 'km')).toMatchObject({ isFirst: true, knownUntil: null });
  });

  it('keeps which dev items an item was linked to by hand, under its new name', async () => {
    const { ledger } = fixture;
    const { item } = await following(ledger, '702', {}, 'first');
    await ledger.continuity.remember(item, { devTool: 'km', generation: 1, marked: ['m'], linked: ['by hand'] });
    expect((await ledger.renaming.renamePipeline('first', 'second')).status).toBe('moved');
    const generation = { generation: 1, devTool: 'km' };
    expect(await ledger.continuity.knownDevItems({ ...item, pipeline: 'second' }, generation)).toEqual({
      marked: [],
      linked: ['by hand'],
    });
    expect(await ledger.continuity.knownDevItems(item, generation)).toEqual({ marked: [], linked: [] });
  });
});
