/** Operator verbs are carried out, however long they have to wait and whatever fails meanwhile (design 3, Verbs). */
import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { StepItem } from '../../domain/ids.js';
import type { ItemState, Wait } from '../../domain/itemState.js';
import { itemRuns, PAUSED, RELEASED, write, type ItemRuns, type Row } from './itemRun.js';

const WITHIN = { timeout: 10_000 };

describe('workflows/verbs', { timeout: 120_000 }, () => {
  let runs: ItemRuns;
  beforeAll(async () => {
    runs = await itemRuns();
  }, 120_000);
  afterAll(() => runs.close());

  const wait = (ms: number): Wait => ({
    ms,
    until: '2026-11-21T10:00:00.000Z',
    reason: 'rate-limit',
    why: 'the limit',
  });
  const pauseItem = async (row: Row) => {
    write(row, PAUSED);
    return {};
  };
  const resumeItem = async (row: Row) => {
    write(row, { phase: 'following', blockedBy: null, next: 'follow' });
    return {};
  };

  it('a release of a paused item that has to wait is done after the wait, without a resume', async () => {
    const waits = [wait(300), wait(300)];
    const releaseCraftItem = async (row: Row) => {
      const next = waits.shift();
      if (next !== undefined) return { wait: next };
      write(row, RELEASED);
      return {};
    };
    await runs.run(PAUSED, { releaseCraftItem }, async ({ row, handle }) => {
      expect(await handle.executeUpdate('release')).toMatchObject({ outcome: 'waiting', status: { phase: 'paused' } });
      await expect.poll(() => row.ran, WITHIN).toEqual(Array(3).fill('releaseCraftItem'));
      await handle.result();
    });
  });

  it('the steps of an update, whose sender waits, are made by hand; those of a signal, and what follows, are not', async () => {
    const byHand: [string, unknown][] = [];
    const noting = (name: string) => async (_row: Row, item: StepItem) => {
      byHand.push([name, item.byHand]);
      return {};
    };
    const played = { pushProgress: noting('pushProgress'), checkDrift: noting('checkDrift') };
    await runs.run({ phase: 'following', next: 'follow' }, played, async ({ handle }) => {
      await expect.poll(() => byHand.length, WITHIN).toBe(2);
      await handle.executeUpdate('resyncNow');
      await handle.signal('resync');
      await expect.poll(() => byHand.length, WITHIN).toBe(6);
      const each = (by: unknown) => [
        ['pushProgress', by],
        ['checkDrift', by],
      ];
      expect(byHand).toEqual([...each(undefined), ...each(true), ...each(undefined)]);
    });
  });

  it('a recreate whose own webhook comes before its lock has recreated the item', async () => {
    const recreateItem = async (row: Row) => {
      write(row, { phase: 'creating', generation: 2, next: 'create', devItem: null });
      return {};
    };
    const createDevItem = async (row: Row) => {
      write(row, { phase: 'locking', next: 'lock', devItem: { id: 'second', key: null, url: null }, updatedAt: '2' });
      return {};
    };
    let webhook: () => Promise<void> = () => Promise.resolve();
    const lockCraftItem = async (row: Row) => {
      await webhook();
      write(row, { phase: 'following', next: 'follow' });
      return {};
    };
    const orphaned = { phase: 'orphaned', next: 'rest' } as const;
    await runs.run(orphaned, { recreateItem, createDevItem, lockCraftItem }, async ({ handle }) => {
      webhook = () => handle.signal('devItemChanged', {});
      expect(await handle.executeUpdate('recreate')).toMatchObject({ outcome: 'recreated' });
    });
  });

  it('a release of a paused item that changes nothing is not repeated without end', async () => {
    await runs.run(PAUSED, {}, async ({ row, handle }) => {
      expect(await handle.executeUpdate('release')).toMatchObject({ outcome: 'waiting' });
      await expect.poll(() => row.ran.length, WITHIN).toBe(2);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      expect(row.ran).toEqual(['releaseCraftItem', 'releaseCraftItem']);
    });
  });

  it('a release of a done item that has to wait is done before its run ends', async () => {
    const waits = [wait(300)];
    const releaseCraftItem = async (row: Row) => {
      const next = waits.shift();
      if (next !== undefined) return { wait: next };
      write(row, RELEASED);
      return {};
    };
    let goOn = (): void => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    const pushProgress = async () => {
      await held;
      return {};
    };
    await runs.run({ phase: 'done', next: 'end' }, { releaseCraftItem, pushProgress }, async ({ row, handle }) => {
      await expect.poll(() => row.ran, WITHIN).toEqual(['pushProgress']);
      const update = handle.executeUpdate('release');
      await new Promise((resolve) => setTimeout(resolve, 300));
      goOn();
      expect(await update).toMatchObject({ outcome: 'waiting', status: { phase: 'done' } });
      await handle.result();
      expect(row.state.phase).toBe('released');
    });
  });

  it('a release of an orphaned item that fails for good is not begun again at once', async () => {
    const releaseCraftItem = () => Promise.reject(ApplicationFailure.nonRetryable('craft: 503', 'unavailable'));
    await runs.run({ phase: 'orphaned', next: 'rest' }, { releaseCraftItem }, async ({ row, handle }) => {
      expect(await handle.executeUpdate('release')).toMatchObject({ outcome: 'waiting' });
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      expect(row.ran.filter((name) => name === 'releaseCraftItem')).toHaveLength(1);
    });
  });

  it('a pause that comes after a release which has to wait holds it up until the resume', async () => {
    let isFree = false;
    const releaseCraftItem = async (row: Row) => {
      if (!isFree) return { wait: wait(60_000) };
      write(row, RELEASED);
      return {};
    };
    await runs.run({}, { releaseCraftItem, pauseItem, resumeItem }, async ({ row, handle }) => {
      await expect.poll(() => row.ran, WITHIN).toEqual(['pushProgress', 'checkDrift']);
      expect(await handle.executeUpdate('release')).toMatchObject({ outcome: 'waiting' });
      isFree = true;
      await handle.signal('pause');
      await expect.poll(() => row.state.phase, WITHIN).toBe('paused');
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      expect(row.state.phase).toBe('paused');
      await handle.signal('resume');
      await handle.result();
      expect(row.state.phase).toBe('released');
    });
  });

  it('a step whose worker is lost while a verb waits for it counts as interrupted, not as failed', async () => {
    let end = (): void => undefined;
    const lost = new Promise<void>((resolve) => (end = resolve));
    const pushProgress = async () => {
      await lost;
      return {};
    };
    await runs.run({}, { pushProgress, pauseItem }, async ({ row, handle }) => {
      await expect.poll(() => row.ran, WITHIN).toEqual(['pushProgress']);
      await handle.signal('pause');
      // The attempt beats no more: it is given up after its heartbeat's time limit.
      await expect
        .poll(() => row.ran, { timeout: 30_000 })
        .toEqual(['pushProgress', 'pauseItem'])
        .finally(end);
    });
  });

  it('a step whose attempt fails while a verb waits for it counts as interrupted, not as failed', async () => {
    let fail = (): void => undefined;
    const down = new Promise<void>((_, reject) => (fail = () => reject(new Error('km: 503'))));
    const pushProgress = async () => {
      await down;
      return {};
    };
    await runs.run({}, { pushProgress, pauseItem }, async ({ row, handle }) => {
      await expect.poll(() => row.ran, WITHIN).toEqual(['pushProgress']);
      await handle.signal('pause');
      await new Promise((resolve) => setTimeout(resolve, 500));
      fail();
      await expect.poll(() => row.ran, WITHIN).toEqual(['pushProgress', 'pauseItem']);
    });
  });

  it('an order that finds a newer row than it was given with is given again, with that row', async () => {
    const seen: unknown[] = [];
    const newer = { updatedAt: '2026-11-21T10:00:01.000Z' };
    const outrun = async (row: Row, _item: never, pause: never) => {
      seen.push((pause as { seenAt?: string }).seenAt);
      write(row, seen.length === 1 ? newer : PAUSED);
      return seen.length === 1 ? ({ outdated: true } as const) : {};
    };
    await runs.run({}, { pauseItem: outrun }, async ({ row, handle }) => {
      const { updatedAt } = row.state;
      await handle.signal('pause');
      await expect.poll(() => seen, WITHIN).toEqual([updatedAt, newer.updatedAt]);
    });
  });

  it('an orphaned item whose look failed for good stays orphaned, and is looked at again after a while', async () => {
    let looks = 0;
    const pushProgress = async () => {
      looks += 1;
      throw ApplicationFailure.nonRetryable('km: 503', 'unavailable');
    };
    const orphaned: Partial<ItemState> = { phase: 'orphaned', next: 'rest' };
    const timing = { sweepEveryMs: 1_500, settleForMs: 1_000, readAfterWriteMs: 1_000 };
    await runs.run({ ...orphaned, timing }, { pushProgress }, async ({ row, handle }) => {
      await handle.signal('devItemChanged');
      await expect.poll(() => row.ran, WITHIN).toEqual(['pushProgress', 'setAside']);
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect(looks).toBe(1);
      await expect.poll(() => looks, WITHIN).toBe(2);
    });
  });
});
