/** Differences from what was handed over, and which fields craftsync calls its own (design 3, Drift). */
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, describe, expect, it } from 'vitest';

import { checkDrift } from '../../../activities/follow/checkDrift.js';
import { compareListing } from '../../../activities/sweeps/driftSweep.js';
import { pushProgress } from '../../../activities/follow/pushProgress.js';
import type { DriftSweepResult } from '../../../domain/messages.js';
import type { ProgressRule } from '../../../domain/settings.js';
import { lock } from '../../fixtures/craftItems.js';
import { handedOver, type HandedOver } from '../../fixtures/handedOver.js';

describe('activities/follow/checkDrift', { timeout: 60_000 }, () => {
  let over: HandedOver;
  afterEach(() => over.close());

  const look = () => over.step(checkDrift({ acceptDrift: false }));
  const sweep = async (): Promise<number> => {
    const compare = (): Promise<DriftSweepResult> => compareListing(over.deps, 'mobile');
    const { differing }: DriftSweepResult = await new MockActivityEnvironment().run(compare);
    return differing;
  };
  const configure = (progress: Partial<ProgressRule>): void => {
    const { progress: rule } = over.pipeline;
    if (rule === null) throw new Error('the pipeline writes no progress');
    over.pipeline = { ...over.pipeline, progress: { ...rule, ...progress } };
  };

  it('a field of ours that a person overwrote is written again', async () => {
    over = await handedOver();
    expect(await sweep()).toBe(0);
    over.edit({ customFields: { dev_state: 'by hand' } });
    expect(await sweep()).toBe(1);
    await look();
    expect(over.field('dev_state')).toBe('In sync with MOB-3.');
  });

  it('a row that was put back from a copy does not bring back what the dev item was then', async () => {
    over = await handedOver();
    const then = await over.row();
    over.space.move([over.devItemId], 'In Progress');
    await over.step(pushProgress());
    expect(over.field('dev_status')).toBe('In development');
    await over.space.db.sql('update item_link set last_progress = $1, dev_status = $2, dev_updated_at = $3', [
      then.lastProgress,
      then.devStatus,
      then.devUpdatedAt,
    ]);
    expect(await sweep()).toBe(1);
    const before = over.space.sandbox.records.putsOf(over.item.craftItemId).length;
    await look();
    expect(over.field('dev_status')).toBe('In development');
    expect(over.space.sandbox.records.putsOf(over.item.craftItemId)).toHaveLength(before + 1);
    expect(await over.row()).toMatchObject({
      devStatus: 'In Progress',
      lastProgress: { dev_status: 'In development' },
    });
    expect(await sweep()).toBe(0);
  });

  it('an overwritten field gets what was written last where the tool itself was put back', async () => {
    over = await handedOver();
    const shown = over.field('dev_status');
    await over.space.db.sql(`update item_link set dev_updated_at = clock_timestamp() + interval '1 hour'`);
    over.edit({ customFields: { dev_status: 'by hand' } });
    await look();
    expect(over.field('dev_status')).toBe(shown);
  });

  it('an overwritten field gets what was written last where the rule makes nothing of the status', async () => {
    over = await handedOver();
    const shown = over.field('dev_status');
    configure({ statuses: {}, unmapped: 'ignore' });
    over.edit({ customFields: { dev_status: 'by hand' } });
    await look();
    expect(over.field('dev_status')).toBe(shown);
  });

  it('a field that was taken out of the configuration belongs to people, though it was ours', async () => {
    over = await handedOver();
    configure({ stateField: null });
    over.edit({ customFields: { dev_state: 'by hand' } });
    expect(await sweep()).toBe(0);
    await look();
    expect(over.field('dev_state')).toBe('by hand');
  });

  it('a field that was taken out of the configuration and of Craft.io holds nothing up', async () => {
    over = await handedOver();
    configure({ stateField: null });
    over.removeField('dev_state');
    expect(await sweep()).toBe(0);
    over.edit({ customFields: { dev_key: 'by hand' } });
    expect((await look()).state).toMatchObject({ phase: 'following', lastError: null });
    expect(over.field('dev_key')).toBe('MOB-3');
  });

  it('a field under a new name is ours from the next push on, and the old name is forgotten', async () => {
    over = await handedOver();
    configure({ stateField: 'dev_key', keyField: null });
    await over.step(pushProgress());
    expect(over.field('dev_key')).toBe('In sync with MOB-3.');
    expect(Object.keys((await over.row()).lastProgress ?? {}).sort()).toEqual(['dev_key', 'dev_status']);
  });

  describe('under onDrift: forward', () => {
    const forwarding = async (): Promise<void> => {
      over = await handedOver({ lock: { ...lock, onDrift: 'forward' } });
    };
    const told = (): readonly string[] => over.comments().map((text) => /title: (.*)/.exec(text)?.[1] ?? text);
    const change = async (title: string): Promise<void> => {
      over.edit({ title });
      await look();
    };

    it('each change is told, even one that was told before and taken back', async () => {
      await forwarding();
      for (const title of ['One', 'Two', 'One', 'Two']) await change(title);
      expect(told()).toEqual(['One', 'Two', 'One', 'Two']);
      expect((await over.row()).drift).toBe(false);
    });

    it('a change is told once by an attempt that is lost after it told and by the next', async () => {
      await forwarding();
      await change('One');
      const { ledger } = over.deps;
      const patch = () => Promise.reject(new Error('lost'));
      const lost = { ...over.deps, ledger: { ...ledger, phases: { ...ledger.phases, patch } } };
      over.edit({ title: 'Two' });
      await expect(over.step(checkDrift({ acceptDrift: false }), lost)).rejects.toThrow('lost');
      expect(told()).toEqual(['One', 'Two']);
      await look();
      expect(told()).toEqual(['One', 'Two']);
      expect((await over.row()).handedOver).toMatchObject({ values: { title: 'Two' }, forwards: 2 });
    });

    it('what an operator accepts in between makes nothing untold', async () => {
      await forwarding();
      await change('One');
      over.edit({ title: 'Two' });
      await over.step(checkDrift({ acceptDrift: true }));
      await change('One');
      expect(told()).toEqual(['One', 'One']);
    });
  });
});
