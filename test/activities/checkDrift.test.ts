/** What Craft.io says otherwise than it was handed over, and what of it craftsync calls its own (DESIGN 3, Drift). */
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, describe, expect, it } from 'vitest';

import { checkDrift } from '../../src/activities/checkDrift.js';
import { compareListing } from '../../src/activities/driftSweep.js';
import { pushProgress } from '../../src/activities/pushProgress.js';
import type { DriftSweepResult } from '../../src/domain/messages.js';
import type { ProgressRule } from '../../src/domain/settings.js';
import { handedOver, type HandedOver } from './handedOver.js';

describe('src/activities/checkDrift.ts', { timeout: 60_000 }, () => {
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
});
