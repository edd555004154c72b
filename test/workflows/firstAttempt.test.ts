/** What the workflow makes of the first attempt of a step, which is made within the workflow task (decision 30). */
import { setTimeout as sleep } from 'node:timers/promises';

import { cancelled } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { ItemState } from '../../domain/itemState.js';
import { itemRuns, PAUSED, write, type ItemRuns, type Row } from './itemRun.js';

const TO_CREATE = { phase: 'creating', next: 'create', devItem: null } as const;
const TO_LOCK = { phase: 'locking', next: 'lock', devItem: { id: 'dev-1', key: 'MOB-1', url: null } } as const;
const FOLLOWING = { phase: 'following', next: 'follow' } as const;
const WITHIN = { timeout: 20_000 };

const becomes = (changes: Partial<ItemState>) => (row: Row) => {
  write(row, changes);
  return Promise.resolve({});
};
const createDevItem = becomes(TO_LOCK);
const lockCraftItem = becomes(FOLLOWING);

/** The types of a run's events, and for local activities and patches the names of their markers. */
async function eventsOf(handle: WorkflowHandle): Promise<readonly string[]> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).map((event) => {
    const attributes = Object.keys(event).find((key) => key.endsWith('EventAttributes')) ?? '';
    return event.markerRecordedEventAttributes?.markerName ?? attributes.replace('EventAttributes', '');
  });
}

describe('workflows/firstAttempt', { timeout: 60_000 }, () => {
  let runs: ItemRuns;
  beforeAll(async () => {
    runs = await itemRuns();
  }, 60_000);
  afterAll(() => runs.close());

  it('an item is handed over in one workflow task of twelve events at most, and shows its phase once it rests', async () => {
    await runs.run(
      TO_CREATE,
      {},
      async ({ row, handle }) => {
        await expect.poll(() => row.state.phase, WITHIN).toBe('following');
        await expect.poll(() => eventsOf(handle), WITHIN).toContain('upsertWorkflowSearchAttributes');
        const events = await eventsOf(handle);
        expect(events.filter((name) => name === 'workflowTaskCompleted')).toHaveLength(1);
        expect(events.filter((name) => name === 'core_local_activity')).toHaveLength(3);
        expect(events.length).toBeLessThanOrEqual(12);
        expect(row.ran).toEqual([]);
        const { typedSearchAttributes } = await handle.describe();
        const shown = typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]);
        expect(Object.fromEntries(shown)).toMatchObject({ CraftsyncPhase: 'following', CraftsyncDevItem: 'MOB-1' });
      },
      { createDevItem, lockCraftItem },
    );
  });

  it('a step that fails, or hands on, goes on as an ordinary activity with its line, and its phase is shown', async () => {
    const answers: (() => Promise<never> | Promise<{ handedOn: string }>)[] = [
      () => Promise.reject(ApplicationFailure.create({ message: 'km: 503', type: 'unavailable' })),
      () => Promise.resolve({ handedOn: 'it takes longer' }),
    ];
    let tries = 0;
    const first = () => (answers[(tries += 1) - 1] ?? (() => Promise.resolve({ handedOn: 'never' })))();
    await runs.run(
      TO_CREATE,
      { createDevItem, lockCraftItem },
      async ({ row, handle }) => {
        await expect.poll(() => row.state.phase, WITHIN).toBe('following');
        expect(row.ran).toEqual(['createDevItem', 'lockCraftItem']);
        const { events } = await handle.fetchHistory();
        const names = await eventsOf(handle);
        expect(names.indexOf('upsertWorkflowSearchAttributes')).toBeLessThan(names.indexOf('activityTaskScheduled'));
        const scheduled = (events ?? []).filter((event) => event.activityTaskScheduledEventAttributes);
        const lines = scheduled.map((event) => String(event.userMetadata?.summary?.data));
        expect(lines).toEqual(['"Create F-1 in km"', '"Make F-1 view-only"']);
      },
      { createDevItem: first, lockCraftItem: first },
    );
  });

  it('an item whose next step is an ordinary activity at once shows its phase while that is under way', async () => {
    let end = (): void => undefined;
    const held = new Promise<void>((resolve) => (end = resolve));
    await runs.run(
      FOLLOWING,
      { checkDrift: () => held.then(() => ({})) },
      async ({ row, handle }) => {
        await expect.poll(() => row.ran, WITHIN).toEqual(['checkDrift']);
        const { typedSearchAttributes } = await handle.describe();
        end();
        const shown = typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]);
        expect(Object.fromEntries(shown)).toMatchObject({ CraftsyncPhase: 'settling', CraftsyncItem: 'F-1' });
      },
      { pushProgress: becomes({ phase: 'settling', settleInMs: 3_600_000 }) },
    );
  });

  it('a verb that comes while a first attempt cannot be ended waits for its result, and nothing is begun again', async () => {
    const ended: string[] = [];
    let attempts = 0;
    const sent = async (row: Row) => {
      attempts += 1;
      await cancelled().catch(() => undefined);
      // The answer to a create comes later, and is needed.
      await sleep(1_000);
      ended.push(`creates after ${row.ran.join() || 'nothing'}`);
      write(row, TO_LOCK);
      return {};
    };
    await runs.run(
      TO_CREATE,
      { pauseItem: becomes(PAUSED) },
      async ({ row, handle }) => {
        await expect.poll(() => attempts, WITHIN).toBe(1);
        await handle.signal('pause');
        await expect.poll(() => row.ran, WITHIN).toEqual(['pauseItem']);
        await expect.poll(() => ended, WITHIN).toEqual(['creates after nothing']);
        expect(attempts).toBe(1);
      },
      { createDevItem: sent },
    );
  });

  it('a pause that comes during a first attempt ends it, and nothing is begun again', async () => {
    let attempts = 0;
    const waiting = async () => {
      attempts += 1;
      await cancelled();
      return {};
    };
    await runs.run(
      TO_CREATE,
      { pauseItem: becomes(PAUSED) },
      async ({ row, handle }) => {
        await expect.poll(() => attempts, WITHIN).toBe(1);
        await handle.signal('pause');
        // The signal is heard with the next workflow task: when the open one is prolonged, after eight seconds.
        await expect.poll(() => row.ran, WITHIN).toEqual(['pauseItem']);
        expect(row.state.phase).toBe('paused');
        expect(attempts).toBe(1);
      },
      { createDevItem: waiting },
    );
  });
});
