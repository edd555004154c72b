/**
 * Progress whose PUT had no answer: in the end Craft.io shows the dev item's state (design 3, follow; invariant I3).
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { checkDrift } from '../../../activities/follow/checkDrift.js';
import { pushProgress } from '../../../activities/follow/pushProgress.js';
import { reportState } from '../../../activities/follow/reportState.js';
import { handedOver, type HandedOver } from '../../fixtures/handedOver.js';

const LOST = { kind: 'lose-answer', applied: true, silence: 'reset' } as const;

describe('activities/follow/pushProgress', { timeout: 60_000 }, () => {
  let over: HandedOver;
  beforeEach(async () => {
    over = await handedOver();
    await push('In Progress');
    expect(over.field('dev_status')).toBe('In development');
  });
  afterEach(() => over.close());

  const push = async (status: string) => {
    over.space.move([over.devItemId], status);
    return over.step(pushProgress());
  };
  /** "Done" is in, but its PUT had no answer. */
  const loseDone = async (): Promise<void> => {
    over.strike(LOST);
    await expect(push('Done')).rejects.toMatchObject({ type: 'ambiguous' });
    expect(over.field('dev_status')).toBe('Done');
    expect((await over.row()).lastProgress).toMatchObject({ dev_status: 'In development' });
  };

  it('a value that went back after a PUT without an answer is written', async () => {
    await loseDone();
    await over.settle();
    expect(await push('In Progress')).toMatchObject({ pushed: true });
    expect(over.field('dev_status')).toBe('In development');
    expect(await over.row()).toMatchObject({ unanswered: null, lastProgress: { dev_status: 'In development' } });
  });

  it('a value that went back is not written where the PUT without an answer was not applied', async () => {
    over.strike({ ...LOST, applied: false });
    await expect(push('Done')).rejects.toMatchObject({ type: 'ambiguous' });
    await over.settle();
    const before = over.space.sandbox.records.putsOf(over.item.craftItemId).length;
    expect((await push('In Progress')).pushed).toBe(false);
    expect(over.space.sandbox.records.putsOf(over.item.craftItemId)).toHaveLength(before);
    expect((await over.row()).unanswered).toBeNull();
  });

  it('a value that went back is written though the state in words was written in between', async () => {
    await loseDone();
    await over.settle();
    await over.deps.ledger.phases.set(over.item, { phase: 'blocked', blockedBy: 'tool-down', lastError: 'no' });
    await over.step(reportState);
    expect(over.field('dev_state')).toBe('Blocked: no');
    await push('In Progress');
    expect(over.field('dev_status')).toBe('In development');
    expect(over.field('dev_state')).toBe('In sync with MOB-3.');
    expect((await over.row()).unanswered).toBeNull();
  });

  it("a value that a PUT without an answer left is not taken for a person's by a drift check before the next push", async () => {
    await loseDone();
    await over.settle();
    await over.step(checkDrift({ acceptDrift: false }));
    expect(over.field('dev_status')).toBe('Done');
    over.edit({ customFields: { dev_status: 'by hand' } });
    await over.step(checkDrift({ acceptDrift: false }));
    expect(over.field('dev_status')).toBe('Done');
  });

  it('words that went back after a PUT without an answer are due, and written', async () => {
    const { phases } = over.deps.ledger;
    const words = over.field('dev_state');
    await phases.set(over.item, { phase: 'paused', blockedBy: 'operator' });
    over.strike(LOST);
    await over.step(reportState);
    expect(over.field('dev_state')).toBe('Paused: paused by an operator');
    await phases.set(over.item, { phase: 'following' });
    await over.settle();
    expect((await over.step(() => Promise.resolve(undefined))).state.stateDue).toBe(true);
    expect((await over.step(reportState)).state.stateDue).toBe(false);
    expect(over.field('dev_state')).toBe(words);
  });
});
