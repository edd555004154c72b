/** The end of a link: each dev item that it had is told once (design 3, Verbs). */
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { lockCraftItem } from '../../../activities/handOver/lockCraftItem.js';
import { releaseCraftItem } from '../../../activities/follow/releaseCraftItem.js';
import { relinkItem } from '../../../activities/follow/operatorVerbs.js';
import type { StepResult } from '../../../domain/itemState.js';
import { handedOver, type HandedOver } from '../../fixtures/handedOver.js';

const TOLD = [expect.stringContaining('No longer synced with Craft.io.')];

describe('activities/follow/releaseCraftItem', { timeout: 60_000 }, () => {
  let over: HandedOver;
  beforeEach(async () => {
    over = await handedOver();
  });
  afterEach(() => over.close());

  const release = () => over.step(releaseCraftItem('by an operator'));
  const relink = async (devItemId: string): Promise<void> => {
    const step = (): Promise<StepResult> => relinkItem(over.deps, over.item, devItemId);
    await new MockActivityEnvironment().run(step);
    expect((await over.step(lockCraftItem)).state.phase).toBe('following');
  };

  it('a dev item that took the place of a released one is told too when it is released', async () => {
    const other = over.anotherDevItem();
    await release();
    await relink(other);
    expect((await release()).state.phase).toBe('released');
    expect([over.comments(), over.comments(other)]).toEqual([TOLD, TOLD]);
    expect((await over.row()).generation).toBe(1);
  });

  it('a dev item is told once by an attempt that is lost after it told and by the next', async () => {
    const { ledger } = over.deps;
    const setUnder = () => Promise.reject(new Error('lost'));
    const lost = { ...over.deps, ledger: { ...ledger, phases: { ...ledger.phases, setUnder } } };
    await expect(over.step(releaseCraftItem('by an operator'), lost)).rejects.toThrow('lost');
    expect(over.comments()).toEqual(TOLD);
    await release();
    expect(over.comments()).toEqual(TOLD);
    expect((await over.row()).phase).toBe('released');
  });
});
