/**
 * What anybody may send to a run: a signal with an odd payload counts as one without, an update is refused in words.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { itemRuns, PAUSED, write, type ItemRuns, type Row } from './itemRun.js';

const ODD = [null, 'soon', 7, true, [], [{ reason: 'x' }]].map((odd) => ({ odd }));
const WITHIN = { timeout: 10_000 };

describe('workflows/payloads', { timeout: 120_000 }, () => {
  let runs: ItemRuns;
  beforeAll(async () => {
    runs = await itemRuns();
  }, 120_000);
  afterAll(() => runs.close());

  it.each(ODD)('signals with $odd for an object do what they do without one', async ({ odd }) => {
    const reasons: unknown[] = [];
    const pauseItem = async (row: Row, _item: never, pause: never) => {
      reasons.push((pause as { why: unknown }).why);
      write(row, PAUSED);
      return {};
    };
    const resumeItem = async (row: Row) => {
      write(row, { phase: 'following', blockedBy: null, next: 'follow' });
      return {};
    };
    await runs.run({}, { pauseItem, resumeItem }, async ({ row, handle }) => {
      await expect.poll(() => row.ran, WITHIN).toEqual(['pushProgress', 'checkDrift']);
      await handle.signal('devItemChanged', odd);
      await expect.poll(() => row.ran.slice(2), WITHIN).toEqual(['pushProgress']);
      await handle.signal('craftItemChanged', odd);
      await expect.poll(() => row.ran.slice(3), WITHIN).toEqual(['checkDrift']);
      await handle.signal('pause', odd);
      await expect.poll(() => row.ran.slice(4), WITHIN).toEqual(['pauseItem']);
      await handle.signal('resume', odd);
      await expect.poll(() => row.ran.slice(5), WITHIN).toEqual(['resumeItem', 'pushProgress', 'checkDrift']);
      await handle.signal('resync', odd);
      await expect.poll(() => row.ran.slice(8), WITHIN).toEqual(['pushProgress', 'checkDrift']);
      expect(reasons).toEqual([null]);
    });
  });

  it('a signal with one odd part does what the rest of it says', async () => {
    const seen: unknown[] = [];
    const pushProgress = async (_row: Row, _item: never, snapshot?: unknown) => {
      seen.push(snapshot);
      return {};
    };
    const pauseItem = async (row: Row, _item: never, pause?: unknown) => {
      seen.push(pause);
      write(row, PAUSED);
      return {};
    };
    await runs.run({}, { pushProgress, pauseItem }, async ({ row, handle }) => {
      await expect.poll(() => row.ran, WITHIN).toEqual(['pushProgress', 'checkDrift']);
      const whole = { id: 'dev-1', key: null, url: null, status: 'Done', updatedAt: '2026-11-21T10:00:00.000Z' };
      for (const snapshot of [null, 'soon', { ...whole, status: 7 }, { id: 'dev-1' }, whole]) {
        const before = row.ran.length;
        await handle.signal('devItemChanged', { snapshot });
        await expect.poll(() => row.ran.length, WITHIN).toBe(before + 1);
      }
      await handle.signal('pause', { reason: { text: 'x' } });
      await expect.poll(() => row.state.phase, WITHIN).toBe('paused');
      const seenAt: unknown = expect.any(String);
      expect(seen).toEqual([...Array<undefined>(5), whole, { reason: 'operator', why: null, seenAt }]);
    });
  });

  it('updates take null like no payload, and refuse what is not an object or has fields of another type', async () => {
    await runs.run({}, {}, async ({ handle }) => {
      expect(await handle.executeUpdate('resyncNow', { args: [null] })).toMatchObject({ outcome: 'unchanged' });
      expect(await handle.executeUpdate('resyncNow', { args: [{ reason: null }] })).toMatchObject({
        outcome: 'unchanged',
      });
      const refusal = async (update: string, input?: unknown): Promise<string> => {
        const error: unknown = await handle.executeUpdate(update, { args: [input] }).then(
          () => null,
          (refused: unknown) => (refused as { cause: unknown }).cause,
        );
        return error instanceof Error ? error.message : 'accepted';
      };
      for (const update of ['resyncNow', 'release', 'recreate', 'relink']) {
        expect(await refusal(update, 'now')).toBe(`${update} takes one optional object; it got "now"`);
        expect(await refusal(update, [1])).toBe(`${update} takes one optional object; it got [1]`);
        expect(await refusal(update, { reason: 7 })).toBe(`reason of ${update} is a string; it got 7`);
      }
      expect(await refusal('resyncNow', { acceptDrift: 'yes' })).toBe(
        'acceptDrift of resyncNow is a boolean; it got "yes"',
      );
      expect(await refusal('recreate', null)).toContain('recreate works from');
      for (const input of [undefined, null, {}, { devItemId: 7 }]) {
        expect(await refusal('relink', input)).toContain('relink needs');
      }
    });
  });
});
