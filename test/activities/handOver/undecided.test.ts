/** What items are told while the markers of their pipeline are not compared yet (decision 18). */
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { beginItem } from '../../../activities/handOver/beginItem.js';
import { checkReadiness } from '../../../activities/handOver/checkReadiness.js';
import { createDevItem } from '../../../activities/handOver/createDevItem.js';
import { behind } from '../../../activities/handOver/undecided.js';
import type { Wake } from '../../../activities/ports.js';
import { asks, runStep } from '../../../activities/step/step.js';
import type { ReadCall } from '../../../connectors/port/calls.js';
import type { MarkerListing } from '../../../connectors/port/devTool.js';
import { ToolError } from '../../../domain/errors.js';
import type { ItemRef } from '../../../domain/ids.js';
import { wakeEach } from '../../../runtime/itemSyncs.js';
import { openLedger, type LedgerFixture } from '../../fixtures/ledger.js';
import { memorySystems, type MemorySystems } from '../../fixtures/memorySystems.js';

const check = asks('check', checkReadiness);
const create = asks('create', createDevItem);
const items = ['a', 'b', 'c'].map((craftItemId): ItemRef => ({ pipeline: 'mobile', craftItemId }));
const [a, b] = items as [ItemRef, ItemRef];
const DOWN = new ToolError('unavailable', 'km: answered 503');
const NOTHING: MarkerListing = { answer: 'listed', marked: [] };

describe('activities/handOver/undecided', { timeout: 60_000 }, () => {
  let db: LedgerFixture;
  let systems: MemorySystems;
  let listings: number;
  let woken: string[];
  /** What the tool answers, and what happens meanwhile. */
  let list: (signal?: AbortSignal, waiter?: string) => Promise<MarkerListing>;
  beforeEach(async () => {
    db = await openLedger();
    systems = memorySystems(db);
    listings = 0;
    woken = [];
    list = () => Promise.resolve(NOTHING);
    const current = await systems.deps.current();
    const listMarked = (_query: unknown, { signal, waiter }: ReadCall) => {
      listings += 1;
      return list(signal, waiter);
    };
    const devTool = (name: string) => ({ ...current.devTool(name), listMarked });
    const wake = wakeEach(({ item }: Wake) => Promise.resolve(void woken.push(item.craftItemId)));
    const itemSyncs = { ...systems.deps.itemSyncs, wake };
    Object.assign(systems.deps, { current: () => Promise.resolve({ ...current, devTool }), itemSyncs });
    for (const item of items) {
      await new MockActivityEnvironment().run((): Promise<unknown> => beginItem(systems.deps, item, { newRun: true }));
      await systems.step(item, check);
    }
  });
  afterEach(async () => {
    vi.useRealTimers();
    await db.close();
  });

  const row = async (item: ItemRef) => await db.ledger.links.get(item);
  const retryIsDue = () =>
    db.sql(`update marker_comparison set claimed_until = clock_timestamp() - interval '1 second'`);
  /** A blocked item is checked again first. */
  const look = async (item: ItemRef) => {
    await systems.step(item, check);
    return systems.step(item, create);
  };
  const claimed = async () => {
    const [held] = await db.sql<{ token: string | null }>('select claim_token::text as token from marker_comparison');
    return held?.token ?? null;
  };

  it('a comparison that fails is made once for all who wait, and each of them shows why', async () => {
    list = () => Promise.reject(DOWN);
    for (const item of items) {
      const { wait } = await systems.step(item, create);
      expect(wait).toMatchObject({ reason: 'tool-down', why: expect.stringContaining('answered 503') as string });
      expect(await row(item)).toMatchObject({ phase: 'creating', blockedBy: 'tool-down' });
    }
    expect(listings).toBe(1);
  });

  it('a tool that does not answer is asked again sooner, and its items are blocked later', async () => {
    list = () => Promise.reject(DOWN);
    const waits: (number | undefined)[] = [];
    for (let round = 0; round < 9; round += 1) {
      await retryIsDue();
      waits.push((await look(a)).wait?.ms);
    }
    expect(waits.slice(0, 4)).toEqual([5_000, 10_000, 20_000, 40_000]);
    expect(waits.map((ms) => ms === undefined)).toEqual([...Array.from({ length: 8 }, () => false), true]);
    expect(await row(a)).toMatchObject({ phase: 'blocked', blockedBy: 'tool-down' });
  });

  it('it is tried ever more rarely, then the items are blocked with what to do, and are told once it was made', async () => {
    list = () => Promise.resolve({ answer: 'unknown', why: 'there are items that cannot be read' });
    const waits: (number | undefined)[] = [];
    for (let round = 0; round < 7; round += 1) {
      await retryIsDue();
      waits.push((await look(a)).wait?.ms);
    }
    expect(waits).toEqual([30_000, 60_000, 120_000, 240_000, 480_000, undefined, undefined]);
    await look(b);
    for (const item of [a, b]) {
      expect(await row(item)).toMatchObject({ phase: 'blocked', blockedBy: 'bad-answer' });
      expect((await row(item))?.lastError).toMatch(/items that cannot be read.*apply --accept/);
    }
    expect(listings).toBe(7);
    list = () => Promise.resolve(NOTHING);
    await retryIsDue();
    await look(a);
    expect(woken).toEqual(expect.arrayContaining(['a', 'b']));
    expect(systems.created).toHaveLength(1);
  });

  it('those who wait for a comparison under way look ever more rarely, and start none', async () => {
    const first = await db.ledger.continuity.claim('mobile', 'km', 60_000);
    expect(first.status).toBe('claimed');
    const looks: (number | undefined)[] = [];
    for (const since of ['1 second', '40 seconds', '10 minutes']) {
      await db.sql(`update marker_comparison set begun_at = clock_timestamp() - $1::interval`, [since]);
      looks.push((await systems.step(a, create)).wait?.ms);
    }
    expect(looks[0]).toBe(10_000);
    expect(Math.round((looks[1] ?? 0) / 1_000)).toBeCloseTo(40, -1);
    expect(looks[2]).toBe(60_000);
    expect(listings).toBe(0);
  });

  it('a listing that takes longer than its claim keeps it, and nobody begins another', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    list = async () => {
      await db.sql(`update marker_comparison set claimed_until = clock_timestamp() + interval '1 second'`);
      await vi.advanceTimersByTimeAsync(15_000);
      await expect
        .poll(async () => (await db.ledger.continuity.openComparisons())[0]?.againInMs)
        .toBeGreaterThan(50_000);
      return NOTHING;
    };
    await systems.step(a, create);
    expect([listings, systems.created.length]).toEqual([1, 1]);
  });

  it('a listing whose claim was lost ends, and writes nothing about the comparison of the other step', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    let ended: unknown = null;
    list = async (signal) => {
      await retryIsDue();
      await db.ledger.continuity.claim('mobile', 'km', 60_000);
      await vi.advanceTimersByTimeAsync(15_000);
      await expect.poll(() => signal?.aborted).toBe(true);
      ended = signal?.reason;
      throw DOWN;
    };
    expect(await systems.step(a, create)).toMatchObject({ wait: { reason: null } });
    expect(ended).toBeInstanceOf(Error);
    const other = await claimed();
    expect(other).not.toBeNull();
    // The claim that ran out counts as one that failed.
    expect(await db.ledger.continuity.openComparisons()).toMatchObject([{ trouble: null, failures: 1 }]);
    expect(systems.created).toEqual([]);
  });

  it('of two steps that both came to an end only the one with the newest claim says so', async () => {
    list = async () => {
      await retryIsDue();
      await db.ledger.continuity.claim('mobile', 'km', 60_000);
      return NOTHING;
    };
    expect(await systems.step(a, create)).toMatchObject({ wait: { reason: null } });
    expect(await claimed()).not.toBeNull();
    expect(await db.ledger.continuity.doubt('mobile', 'km')).not.toBeNull();
  });

  it('what an operator accepts while somebody compares holds, whatever that step finds', async () => {
    list = () => Promise.reject(DOWN);
    await systems.step(a, create);
    list = async () => {
      const [open] = await db.ledger.continuity.openComparisons();
      expect(open).toMatchObject({ trouble: { reason: 'tool-down' }, underWayMs: expect.any(Number) as number });
      await db.ledger.continuity.dismiss('mobile', 'km');
      throw DOWN;
    };
    await retryIsDue();
    await systems.step(a, create);
    expect(await db.ledger.continuity.openComparisons()).toEqual([]);
    await systems.step(b, create);
    expect(systems.created).toHaveLength(1);
  });

  it('says of a pipeline that has items already only what is true', async () => {
    const doubt = await db.ledger.continuity.doubt('mobile', 'km');
    if (doubt === null) throw new Error('there is no doubt');
    const open = { pipeline: 'mobile', devTool: 'km', trouble: null, failures: 0, underWayMs: 0, againInMs: 60_000 };
    expect(behind(open, doubt, open).why).toBe(
      'what the dev tool holds of this pipeline was never compared: the markers in km are being compared with the ledger',
    );
  });

  it('while the tool takes no calls for a month, each item shows why and until when, and none waits for another', async () => {
    const month = { connection: 'km', retryInMs: 28 * 86_400_000, monthSpent: true };
    list = () => Promise.reject(new ToolError('rate-limited', 'km: the calls of the month are spent', month));
    expect((await systems.step(a, create)).wait).toMatchObject({ reason: 'month-spent', ms: month.retryInMs });
    // Each is told until when.
    expect((await systems.step(b, create)).wait).toMatchObject({ reason: 'month-spent', ms: month.retryInMs });
    const open = { trouble: { reason: 'month-spent' }, failures: 0 };
    expect(await db.ledger.continuity.openComparisons()).toMatchObject([open]);
    list = () => Promise.resolve(NOTHING);
    await systems.step(b, create);
    expect(systems.created).toHaveLength(1);
  });

  it('a tool that is to be left alone for weeks holds up nobody else for more than a minute, who then asks', async () => {
    const details = { connection: 'km', retryInMs: 28 * 86_400_000 };
    list = () => Promise.reject(new ToolError('rate-limited', 'km: is over its limit (status 429)', details));
    await systems.step(a, create);
    const { wait } = await systems.step(b, create);
    expect(wait).toMatchObject({ reason: 'rate-limit', why: expect.stringContaining('status 429') as string });
    expect(wait?.ms).toBeLessThanOrEqual(60_000);
    expect(listings).toBe(1);
    await db.sql(`update marker_comparison set claimed_until = clock_timestamp() + interval '60 days'`);
    expect((await db.ledger.continuity.openComparisons())[0]?.againInMs).toBeGreaterThan(59 * 86_400_000);
  });

  it('a wait for budget is no failure: items are not blocked by it, however often it comes', async () => {
    const details = { connection: 'km', retryInMs: 40_000 };
    list = () => Promise.reject(new ToolError('rate-limited', 'the budget of km is used up', details));
    for (let round = 0; round < 10; round += 1) {
      await retryIsDue();
      expect((await systems.step(a, create)).wait).toMatchObject({ ms: 40_000, reason: 'rate-limit' });
    }
    expect((await systems.step(b, create)).wait).toMatchObject({ reason: 'rate-limit' });
    expect(await row(b)).toMatchObject({ phase: 'creating' });
  });

  it('a comparison lines up for budget under its own name, so that whoever makes it keeps its place', async () => {
    const waiters = new Set<string | undefined>();
    list = (_signal, waiter) => {
      waiters.add(waiter);
      return Promise.reject(
        new ToolError('rate-limited', 'the budget of km is used up', { connection: 'km', retryInMs: 1 }),
      );
    };
    for (const item of items) {
      await retryIsDue();
      await systems.step(item, create);
    }
    expect([...waiters]).toEqual(['compare:mobile']);
  });

  it('a verb, or the end of the worker, that interrupts a listing is no failure of the tool', async () => {
    const env = new MockActivityEnvironment();
    list = async (signal) => {
      env.cancel('CANCELLED');
      await expect.poll(() => signal?.aborted).toBe(true);
      throw new ToolError('unavailable', 'km: GET /items got no answer: given up by craftsync');
    };
    await expect(env.run((): Promise<unknown> => runStep(systems.deps, a, create))).rejects.toThrow(
      'a verb came first',
    );
    expect(await db.ledger.continuity.openComparisons()).toEqual([]);
    expect(await row(a)).toMatchObject({ phase: 'creating', blockedBy: null });
    list = () => Promise.resolve(NOTHING);
    await systems.step(b, create);
    expect(systems.created).toHaveLength(1);
  });

  it('a claim that ran out counts as a failure that is shown, so that items do not wait for ever', async () => {
    for (let round = 0; round < 6; round += 1) {
      await retryIsDue();
      await db.ledger.continuity.claim('mobile', 'km', 60_000);
    }
    const { wait } = await systems.step(a, create);
    expect(wait).toMatchObject({ reason: 'unexpected', why: expect.stringContaining('came to no end') as string });
    await retryIsDue();
    await db.ledger.continuity.claim('mobile', 'km', 60_000);
    await systems.step(a, create);
    expect(await row(a)).toMatchObject({ phase: 'blocked', blockedBy: 'unexpected' });
  });

  it('a listing that takes hours is ended and counted as a failure', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    list = async (signal) => {
      await vi.advanceTimersByTimeAsync(101 * 60_000);
      await expect.poll(() => signal?.aborted).toBe(true);
      throw new ToolError('unavailable', 'km: given up by craftsync');
    };
    const { wait } = await systems.step(a, create);
    expect(wait?.why).toContain('took longer than');
    expect(await db.ledger.continuity.openComparisons()).toMatchObject([{ failures: 1 }]);
  });

  it('a comparison that was made at last wakes those that it had blocked, and nobody else', async () => {
    list = () => Promise.resolve({ answer: 'unknown', why: 'it cannot be read' });
    await systems.step(a, create);
    await db.ledger.phases.set(a, { phase: 'blocked', blockedBy: 'missing-field' });
    await db.ledger.phases.set(b, { phase: 'blocked', blockedBy: 'bad-answer' });
    list = () => Promise.resolve(NOTHING);
    await retryIsDue();
    await systems.step({ pipeline: 'mobile', craftItemId: 'c' }, create);
    expect(woken).toContain('b');
    expect(woken).not.toContain('a');
  });
});
