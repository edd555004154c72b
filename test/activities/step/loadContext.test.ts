import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StepItem } from '../../../domain/ids.js';
import { begin, openLedger, PIPELINE, type LedgerFixture } from '../../fixtures/ledger.js';
import { memorySystems } from '../../fixtures/memorySystems.js';

describe('activities/step/loadContext', () => {
  let db: LedgerFixture;
  beforeAll(async () => {
    db = await openLedger();
  });
  afterAll(() => db.close());

  it('a step that a person waits for calls by hand, every other one for the hand-over', async () => {
    const systems = memorySystems(db);
    await begin(db.ledger, 'a');
    const item: StepItem = { pipeline: PIPELINE, craftItemId: 'a' };
    const classes: string[] = [];
    const note = ({ call }: { readonly call: { readonly callClass: string } }) => {
      classes.push(call.callClass);
      return Promise.resolve(undefined);
    };
    await systems.step(item, note);
    await systems.step({ ...item, byHand: true } as StepItem, note);
    expect(classes).toEqual(['hand-over', 'manual']);
  });
});
