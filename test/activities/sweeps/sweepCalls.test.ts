/** Whom the calls of sweeps count for: their share of a month, or the person who asked for the run. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, it } from 'vitest';
import type { Current } from '../../../activities/ports.js';
import { beginSweep, sweepCall } from '../../../activities/step/sweepStep.js';
import { collectReady } from '../../../activities/sweeps/readySweep.js';
import { takeInventory } from '../../../activities/sweeps/inventory.js';
import { listScopes, readFeed } from '../../../activities/sweeps/progressSweep.js';
import type { ReadCall } from '../../../connectors/port/calls.js';
import { pipelineOf, settingsOf } from '../../fixtures/settings.js';

const run = <T>(body: () => Promise<T>): Promise<T> => new MockActivityEnvironment().run(body);

/** Every call is refused, once it is noted. */
function refusing() {
  const calls: ReadCall[] = [];
  const noted = (...given: unknown[]): never => {
    const call = given.find((one): one is ReadCall => typeof one === 'object' && one !== null && 'callClass' in one);
    if (call !== undefined) calls.push(call);
    throw new Error('noted');
  };
  const refuse = (...given: unknown[]) => Promise.resolve().then(() => noted(...given));
  const settings = settingsOf([pipelineOf('mobile')]);
  const tool = { scopeOf: refuse, readFeed: refuse, listIds: refuse, readItems: refuse };
  const nothing = () => Promise.resolve([]);
  const deps = {
    current: () => Promise.resolve({ settings, devTool: () => tool, craft: { listReady: noted } }),
    ledger: {
      connections: { paused: () => Promise.resolve(null), noteSweep: nothing, noteSweepTrouble: nothing },
      live: { liveScopes: nothing },
      feeds: { cursor: () => Promise.resolve({ value: null, version: 0 }) },
      snapshots: { noteUnderWay: nothing },
    },
  };
  // The parts that a step asks before its first call.
  const each = async (step: (parts: never) => Promise<unknown>): Promise<readonly unknown[]> => {
    calls.length = 0;
    await run(() => step(deps as never).catch(() => undefined));
    return calls.map(({ callClass, sweep }) => [callClass, sweep]);
  };
  return each;
}

const FEEDS = 'progress-sweep:km';
const REF = { devTool: 'km', scope: 'space-a' };
const READY = { pipeline: 'mobile', sweepId: 's' };

describe('activities/sweeps/sweepCalls', () => {
  it('the calls of each step of a sweep count for the sweeps of its schedule', async () => {
    const each = refusing();
    expect(await each((deps) => listScopes(deps, 'km'))).toEqual([['progress', FEEDS]]);
    expect(await each((deps) => readFeed(deps, REF))).toEqual([['progress', FEEDS]]);
    expect(await each((deps) => takeInventory(deps, REF))).toEqual([['sweep', FEEDS]]);
    expect(await each((deps) => collectReady(deps, READY))).toEqual([['sweep', 'ready-sweep:mobile']]);
  });

  it('those of a run that a person asked for are made by hand, and count for no sweep', async () => {
    const each = refusing();
    const byHand = { byHand: true } as const;
    const manual = [['manual', undefined]];
    expect(await each((deps) => listScopes(deps, 'km', byHand))).toEqual(manual);
    expect(await each((deps) => readFeed(deps, { ...REF, ...byHand }))).toEqual(manual);
    expect(await each((deps) => takeInventory(deps, { ...REF, ...byHand }))).toEqual(manual);
    expect(await each((deps) => collectReady(deps, { ...READY, ...byHand }))).toEqual(manual);
  });

  it('keep their place under the name of the run', async () => {
    const call = await run(() => Promise.resolve(sweepCall('sweep', FEEDS)));
    expect(call.waiter).toBeTypeOf('string');
  });

  it('a run that may not begin yet is told how its sweep is stretched, in words', async () => {
    const asked: unknown[] = [];
    const begin: Current['beginSweep'] = (...given) => {
      asked.push(given);
      return Promise.resolve(
        asked.length === 1
          ? null
          : { scheduleId: FEEDS, everyMs: 300_000, inForceMs: 5_400_000, next: '2026-11-12T14:00:00.000Z', why: 'why' },
      );
    };
    const deps = { ledger: {}, current: () => Promise.resolve({ beginSweep: begin } as unknown as Current) };
    const env = new MockActivityEnvironment({ workflowExecution: { workflowId: 'w', runId: 'r' } });
    const ask = (): Promise<string | null> => env.run(() => beginSweep(deps, FEEDS));
    expect(await ask()).toBeNull();
    expect(await ask()).toBe(
      'stretched: every 5 minutes became about 90 minutes, next about 2026-11-12 14:00 UTC: why',
    );
    expect(asked).toEqual([
      [FEEDS, 'r'],
      [FEEDS, 'r'],
    ]);
  });
});
