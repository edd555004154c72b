import { describe, expect, it } from 'vitest';
import { cursorAfter, driftSettings, noteSeen, planOf, readCursor } from '../../../activities/sweeps/driftBounds.js';
import type { DriftCursor, SeenItems } from '../../../activities/sweeps/driftBounds.js';
import { craftItem } from '../../fixtures/ledger.js';
import { pipelineOf, settingsOf } from '../../fixtures/settings.js';

const NOW = new Date('2026-11-21T12:00:00.000Z');
const cursor: DriftCursor = {
  from: '2026-11-21T10:00:00.000Z',
  newest: '2026-11-21T10:11:00.000Z',
  seenBy: '2026-11-21T11:55:00.000Z',
  wholeAt: '2026-11-21T06:00:00.000Z',
  settings: 's',
  pages: 3,
};
const asked = { now: NOW, settings: 's', followed: 50, knowsUpdates: true };

function seenOf(times: readonly (string | null)[], entries = 250): SeenItems {
  const seen: SeenItems = { newestMs: null, timeless: false, entries };
  for (const updateTime of times) noteSeen(seen, craftItem('1', { updateTime }));
  return seen;
}

describe('activities/sweeps/driftBounds', () => {
  it('reads what was updated since the last sweep, and everything once a day', () => {
    expect(planOf(cursor, asked)).toEqual({ read: 'changed', from: cursor.from });
    expect(planOf({ ...cursor, wholeAt: '2026-11-20T12:00:00.000Z' }, asked)).toEqual({ read: 'listing' });
  });

  it.each([
    ['nothing is known yet', null, asked],
    ['the settings have changed', cursor, { ...asked, settings: 'other' }],
    ['the listing cannot be narrowed', cursor, { ...asked, knowsUpdates: false }],
    ['no time is known', { ...cursor, from: null }, asked],
  ])('reads the whole listing where %s', (_when, known, of) => {
    expect(planOf(known, of)).toEqual({ read: 'listing' });
  });

  it('reads fewer items than the listing has pages singly', () => {
    const whole = { ...asked, knowsUpdates: false };
    expect(planOf(cursor, { ...whole, followed: 2 })).toEqual({ read: 'singly' });
    expect(planOf(cursor, { ...whole, followed: 3 })).toEqual({ read: 'listing' });
  });

  const after = (
    before: DriftCursor | null,
    seen: SeenItems,
    read: 'changed' | 'listing' = 'changed',
    tookMs = 60_000,
  ) => {
    const plan = read === 'changed' ? { read, from: cursor.from ?? '' } : { read };
    return cursorAfter(before, { plan, seen, tookMs, beganAt: NOW, settings: 's' });
  };

  it('goes on from the newest update that it saw, less its own time and an overlap', () => {
    expect(after(cursor, seenOf(['2026-11-21T11:30:00.000Z', '2026-11-21T11:00:00.000Z']))).toEqual({
      ...cursor,
      from: '2026-11-21T11:19:00.000Z',
      newest: '2026-11-21T11:30:00.000Z',
      seenBy: '2026-11-21T12:01:00.000Z',
    });
  });

  it('never goes back, and stays where nothing was updated', () => {
    expect(after(cursor, seenOf(['2026-11-21T10:05:00.000Z']))).toEqual(cursor);
    expect(after(cursor, seenOf([]))).toEqual(cursor);
  });

  it('leaves out the newest update, too, once a sweep later than the overlap has seen nothing newer', () => {
    const seenBy = '2026-11-21T11:50:00.000Z';
    expect(after({ ...cursor, seenBy }, seenOf([]))).toEqual({ ...cursor, seenBy, from: '2026-11-21T10:11:00.001Z' });
    expect(after({ ...cursor, seenBy }, seenOf(['2026-11-21T11:00:00.000Z'])).from).toBe('2026-11-21T10:49:00.000Z');
  });

  it('forgets everything with settings that decide what is compared, the length of the listing included', () => {
    const other = { ...cursor, settings: 'other' };
    expect(after(other, seenOf([]))).toMatchObject({ from: null, newest: null, pages: null, settings: 's' });
    expect(planOf(other, { ...asked, followed: 1 })).toEqual({ read: 'listing' });
  });

  it('trusts no listing with an item that has no time, or one that is still to come', () => {
    expect(after(cursor, seenOf(['2026-11-21T11:00:00.000Z', null])).from).toBeNull();
    expect(after(cursor, seenOf(['2099-01-01T00:00:00.000Z'])).from).toBeNull();
  });

  it('keeps how long the whole listing was, and when it was read', () => {
    expect(after(cursor, seenOf([], 20))).toMatchObject({ pages: 3, wholeAt: cursor.wholeAt });
    expect(after(null, seenOf([], 401), 'listing')).toMatchObject({ pages: 5, wholeAt: NOW.toISOString(), from: null });
    expect(readCursor(JSON.stringify(cursor))).toEqual(cursor);
    expect(readCursor(null)).toBeNull();
  });

  it('a changed lock decides what is compared, an interval does not', () => {
    const { craft } = settingsOf([]);
    const of = (changes: object) => driftSettings({ ...pipelineOf('mobile'), ...changes }, craft);
    expect(of({ driftEveryMs: 1 })).toBe(of({}));
    expect(of({ fields: {} })).not.toBe(of({}));
  });
});
