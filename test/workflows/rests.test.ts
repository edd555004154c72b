/**
 * Every rest of an item can end by continue-as-new, and loses nothing by it: Temporal refuses each further signal of a
 * run after 10,000. In full: CRAFTSYNC_TEST_SIGNALS=20000.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import { Context, heartbeat } from '@temporalio/activity';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { ItemState, Wait } from '../../domain/itemState.js';
import type { Carried } from '../../workflows/itemSync/run.js';
import { itemRuns, PAUSED, RELEASED, write, type ItemRun, type ItemRuns, type Row } from './itemRun.js';

const SIGNALS = Number(process.env['CRAFTSYNC_TEST_SIGNALS'] ?? 1_500);
/** Enough for one run to be crowded. */
const CROWD = 1_040;
/** Enough for an activity to be cancelled for it. */
const OVERCROWDED = 5_200;
const AT_ONCE = 80;
const WITHIN = { timeout: 60_000 };

async function runIdOf({ handle }: ItemRun): Promise<string> {
  return (await handle.describe()).runId;
}

/** What the present run was given by the one before it. */
async function carriedInto({ handle }: ItemRun): Promise<Carried> {
  const { events } = await handle.fetchHistory();
  const payload = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[1];
  return JSON.parse(Buffer.from(payload?.data ?? []).toString()) as Carried;
}

type Send = (handle: ItemRun['handle'], count: number) => Promise<void>;

/** The server gives a step up when more than a hundred signals come during it, so the run hears each batch first. */
async function sendAll({ handle }: ItemRun, signals: number, send: Send): Promise<void> {
  for (let sent = 0; sent < signals; sent += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, (_, at) => send(handle, sent + at)));
    await handle.query('status').catch(() => undefined);
  }
}

const DONE = { id: 'dev-1', key: 'MOB-1', url: null, status: 'Done', updatedAt: '2026-11-21T11:00:00.000Z' };

/** News as webhooks and sweeps bring it: without a snapshot, with one, of the Craft item. Throws what is refused. */
const tell = (run: ItemRun, signals: number): Promise<void> =>
  sendAll(run, signals, (handle, count) =>
    count % 3 === 0
      ? handle.signal('craftItemChanged', {})
      : handle.signal('devItemChanged', count % 3 === 1 ? {} : { snapshot: DONE }),
  );

const order = (run: ItemRun, signal: string, times: number): Promise<void> =>
  sendAll(run, times, (handle) => handle.signal(signal, {}));

describe('workflows/rests', { timeout: 300_000 + 60 * SIGNALS }, () => {
  let runs: ItemRuns;
  beforeAll(async () => {
    runs = await itemRuns();
  }, 120_000);
  afterAll(() => runs.close());

  const resumeItem = async (row: Row) => {
    write(row, { phase: 'following', blockedBy: null, next: 'follow' });
    return {};
  };

  /** Waits until another run goes on in the place of `before`. */
  const continued = async (run: ItemRun, before: string): Promise<void> => {
    await expect.poll(() => runIdOf(run), WITHIN).not.toBe(before);
  };

  it(`a paused item that hears ${SIGNALS} pieces of news can be resumed, and then looks at both sides`, async () => {
    await runs.run(PAUSED, { resumeItem }, async (run) => {
      const first = await runIdOf(run);
      await tell(run, SIGNALS);
      await continued(run, first);
      expect(run.row.ran).toEqual([]);
      const { historyLength } = await run.handle.describe();
      expect(historyLength).toBeLessThan(4_096);
      await run.handle.signal('resume', {});
      await expect.poll(() => run.row.ran, WITHIN).toEqual(['resumeItem', 'pushProgress', 'checkDrift']);
    });
  });

  it('a wait that an activity asked for goes on in the next run, for the time that is left', async () => {
    const wait: Wait = { ms: 3_600_000, until: '2026-11-21T10:00:00.000Z', reason: 'rate-limit', why: 'the limit' };
    await runs.run({}, { pushProgress: async () => ({ wait }) }, async (run) => {
      const first = await runIdOf(run);
      await expect.poll(() => run.row.ran, WITHIN).toEqual(['pushProgress']);
      await tell(run, CROWD);
      await continued(run, first);
      const { ms } = (await carriedInto(run)).wait ?? wait;
      expect(ms).toBeLessThan(wait.ms);
      expect(ms).toBeGreaterThan(wait.ms - 600_000);
      await run.handle.query('status');
      expect(run.row.ran).toEqual(['pushProgress']);
    });
  });

  it('a blocked item that was woken while its run was crowded is looked at by the next one', async () => {
    const blocked: Partial<ItemState> = { phase: 'blocked', blockedBy: 'tool-down', next: 'follow' };
    let hold = true;
    const pushProgress = async () => {
      while (hold) await sleep(20);
      return {};
    };
    await runs.run(blocked, { pushProgress }, async (run) => {
      const first = await runIdOf(run);
      await expect.poll(() => run.row.ran, WITHIN).toEqual(['pushProgress']);
      await tell(run, CROWD);
      hold = false;
      await continued(run, first);
      await expect.poll(() => run.row.ran.length, WITHIN).toBeGreaterThan(1);
    });
  });

  it.each([
    ['settling', { phase: 'settling', next: 'follow', settleInMs: 3_600_000 }],
    ['orphaned', { phase: 'orphaned', next: 'rest' }],
  ] as const)('the run of an item that is %s and hears much continues as new and goes on', async (_phase, state) => {
    await runs.run(state, {}, async (run) => {
      const first = await runIdOf(run);
      await tell(run, CROWD);
      await continued(run, first);
      const before = run.row.ran.length;
      await run.handle.signal('devItemChanged', {});
      await expect.poll(() => run.row.ran.length, WITHIN).toBeGreaterThan(before);
    });
  });

  it('orders that came as signals are obeyed by the next run, many equal ones once', async () => {
    await runs.run(PAUSED, { resumeItem }, async (run) => {
      const first = await runIdOf(run);
      await order(run, 'resync', CROWD);
      await run.handle.signal('resume', {});
      await continued(run, first);
      await expect.poll(() => run.row.state.phase, WITHIN).toBe('following');
    });
  });

  it('an update is answered before the run continues as new', async () => {
    let end = (): void => undefined;
    const held = new Promise<void>((resolve) => (end = resolve));
    const releaseCraftItem = async (row: Row) => {
      await held;
      write(row, RELEASED);
      return {};
    };
    await runs.run(PAUSED, { releaseCraftItem }, async (run) => {
      const update = run.handle.executeUpdate('release');
      await expect.poll(() => run.row.ran, WITHIN).toEqual(['releaseCraftItem']);
      await tell(run, CROWD);
      end();
      expect(await update).toMatchObject({ outcome: 'released' });
      await run.handle.result();
    });
  });

  it('an update that comes when the run is crowded is answered, and the run continues as new', async () => {
    await runs.run(PAUSED, {}, async (run) => {
      const first = await runIdOf(run);
      // The update is the thousandth thing that the run hears.
      await tell(run, 999);
      await expect(run.handle.executeUpdate('resyncNow')).resolves.toMatchObject({
        outcome: expect.any(String) as string,
      });
      await continued(run, first);
    });
  });

  it('an activity that does not end is cancelled before Temporal refuses signals, and begun again', async () => {
    const pushProgress = async (row: Row) => {
      while (row.ran.length === 1) {
        heartbeat();
        await Context.current().sleep(200);
      }
      return {};
    };
    await runs.run({}, { pushProgress }, async (run) => {
      const first = await runIdOf(run);
      await expect.poll(() => run.row.ran, WITHIN).toEqual(['pushProgress']);
      await tell(run, OVERCROWDED);
      await continued(run, first);
      await expect.poll(() => run.row.ran, WITHIN).toContain('checkDrift');
    });
  });
});
