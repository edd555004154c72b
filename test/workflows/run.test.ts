import { describe, expect, it } from 'vitest';
import { mergeNews } from '../../workflows/itemSync/run.js';

const snapshot = (status: string, updatedAt: string | null) => ({
  snapshot: { id: 'a', key: 'MOB-1', url: null, status, updatedAt },
});

describe('workflows/run', () => {
  it('keeps the newer of two snapshots, in whichever order they arrive', () => {
    const older = snapshot('To do', '2026-11-21T10:00:00.000Z');
    const newer = snapshot('Done', '2026-11-21T10:00:01.000Z');
    expect(mergeNews(older, newer)).toBe(newer);
    expect(mergeNews(newer, older)).toBe(newer);
  });

  it('asks for a read when two snapshots are of the same time', () => {
    const one = snapshot('To do', '2026-11-21T10:00:00.000Z');
    const other = snapshot('Done', '2026-11-21T10:00:00.000Z');
    expect(mergeNews(one, other)).toEqual({});
  });

  it('asks for a read when a time is missing or news came without a snapshot', () => {
    const timed = snapshot('To do', '2026-11-21T10:00:00.000Z');
    expect(mergeNews(timed, snapshot('Done', null))).toEqual({});
    expect(mergeNews({}, timed)).toEqual({});
    expect(mergeNews(timed, {})).toEqual({});
  });
});
