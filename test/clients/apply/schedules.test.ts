import type { Client } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { describeChange } from '../../../clients/apply/command.js';
import {
  changeSchedule,
  existingSchedules,
  scheduleChanges,
  wantedSchedules,
} from '../../../clients/apply/schedules.js';
import type { ScheduleFacts } from '../../../clients/apply/schedules.js';
import type { Settings } from '../../../domain/settings.js';
import { freshNamespace, type FreshNamespace } from '../../harness/servers/temporal.js';
import { pipelineOf, settingsOf } from '../../fixtures/settings.js';

const settings = settingsOf([pipelineOf('mobile'), pipelineOf('web')]);

describe('clients/apply/schedules', () => {
  describe('the wanted schedules', () => {
    it('are two sweeps for each pipeline and one for each dev tool that a pipeline uses', () => {
      expect(wantedSchedules(settings).map(({ id }) => id)).toEqual([
        'drift-sweep:mobile',
        'drift-sweep:web',
        'progress-sweep:km',
        'ready-sweep:mobile',
        'ready-sweep:web',
      ]);
    });

    it('start each sweep on the task queue with the schedule’s own id, one at a time', () => {
      expect(wantedSchedules(settings).find(({ id }) => id === 'ready-sweep:mobile')).toMatchObject({
        workflowType: 'readySweep',
        input: { pipeline: 'mobile' },
        taskQueue: 'craftsync',
        workflowId: 'ready-sweep:mobile',
        everyMs: 3_600_000,
        overlap: 'SKIP',
      });
    });
  });

  describe('a difference', () => {
    const wanted = wantedSchedules(settings);
    const ours = (facts: ScheduleFacts) => ({ facts, isOurs: true });

    it('is not found where all schedules are there', () => {
      expect(scheduleChanges(wanted, wanted.map(ours))).toEqual([]);
    });

    it('is another interval, shown with the one before', () => {
      const [first, ...others] = wanted;
      if (first === undefined) throw new Error('no schedule');
      const [change] = scheduleChanges(wanted, [
        { ...ours(first), facts: { ...first, everyMs: 60_000 } },
        ...others.map(ours),
      ]);
      if (change?.action !== 'update') throw new Error('no update');
      expect(describeChange(change)).toBe('updated drift-sweep:mobile: every 1 hour, was 1 minute');
    });

    it('is a surplus schedule of ours, never somebody else’s', () => {
      const surplus = (isOurs: boolean) => ({
        facts: { ...(wanted[0] as ScheduleFacts), id: 'ready-sweep:old' },
        isOurs,
      });
      expect(scheduleChanges(wanted, [...wanted.map(ours), surplus(true)])).toEqual([
        { action: 'delete', id: 'ready-sweep:old' },
      ]);
      expect(scheduleChanges(wanted, [...wanted.map(ours), surplus(false)])).toEqual([]);
    });

    it('is reported, not corrected, where somebody else’s schedule has our id', () => {
      const existing = wanted.map((facts, index) => ({ facts, isOurs: index > 0 }));
      expect(scheduleChanges(wanted, existing)).toEqual([{ action: 'foreign', id: 'drift-sweep:mobile' }]);
    });
  });

  describe('on a Temporal server', () => {
    let temporal: FreshNamespace;
    beforeAll(async () => {
      temporal = await freshNamespace();
    });
    afterAll(() => temporal.close());

    it('creates all, changes nothing the second time, updates an interval, and deletes what is surplus', async () => {
      expect(await bring(temporal.client, settings)).toHaveLength(5);
      expect(await bring(temporal.client, settings)).toEqual([]);
      const slower = settingsOf([pipelineOf('mobile', { sweepEveryMs: 7_200_000 }), pipelineOf('web')]);
      expect(await bring(temporal.client, slower)).toEqual(['updated ready-sweep:mobile: every 2 hours, was 1 hour']);
      const ids = wantedSchedules(settings).map(({ id }) => id);
      const less = await bring(temporal.client, settingsOf([pipelineOf('mobile', { sweepEveryMs: 7_200_000 })]), ids);
      expect(less.sort()).toEqual(['deleted drift-sweep:web', 'deleted ready-sweep:web']);
    });

    it('keeps a schedule paused, with its note, when its interval changes', async () => {
      const one = settingsOf([pipelineOf('kept')]);
      await bring(temporal.client, one);
      const handle = temporal.client.schedule.getHandle('ready-sweep:kept');
      await handle.pause('the team is away');
      await bring(temporal.client, settingsOf([pipelineOf('kept', { sweepEveryMs: 60_000 })]));
      const { state, spec, policies } = await handle.describe();
      expect(state).toMatchObject({ paused: true, note: 'the team is away' });
      expect(spec.intervals).toMatchObject([{ every: 60_000 }]);
      expect(policies).toMatchObject({ overlap: 'SKIP', catchupWindow: 60_000 });
    });

    it('corrects what somebody changed by hand', async () => {
      const one = settingsOf([pipelineOf('byhand')]);
      await bring(temporal.client, one);
      await temporal.client.schedule.getHandle('drift-sweep:byhand').update((previous) => ({
        ...previous,
        action: { ...previous.action, taskQueue: 'elsewhere' },
        spec: { intervals: [{ every: 5_000 }] },
      }));
      expect(await bring(temporal.client, one)).toEqual(['updated drift-sweep:byhand: every 1 hour, was 5 seconds']);
    });
  });
});

/** Looks only at the ids of these settings: tests share a namespace, and earlier ones leave schedules behind. */
async function bring(client: Client, wantedBy: Settings, also: readonly string[] = []): Promise<string[]> {
  const wanted = wantedSchedules(wantedBy);
  const ids = new Set([...wanted.map(({ id }) => id), ...also]);
  const existing = await existingSchedules(client, [...ids]);
  const said: string[] = [];
  for (const change of scheduleChanges(
    wanted,
    existing.filter(({ facts }) => ids.has(facts.id)),
  )) {
    if (change.action === 'foreign') throw new Error(`${change.id} is somebody else's`);
    await changeSchedule(client, change);
    said.push(describeChange(change));
  }
  return said;
}
