import { describe, expect, it } from 'vitest';

import { readsSince, settledBy } from '../../../activities/sweeps/feedBounds.js';

const RAW_MS = 10_000;
const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1_000).toISOString();
const cursor = (more: object = {}) => ({
  value: at(100),
  version: 1,
  standsForMs: 0,
  settledTo: null,
  lookedUpAt: at(10_000),
  ...more,
});

describe('activities/sweeps/feedBounds', () => {
  it('a read begins readAfterWrite and a second before the cursor, the first one at the beginning', () => {
    expect(readsSince(cursor(), RAW_MS)).toBe(at(89));
    expect(readsSince(cursor({ value: null }), RAW_MS)).toBeNull();
  });

  it('a cursor that has stood long enough before the read is settled, whatever the read found', () => {
    expect(settledBy(cursor({ standsForMs: 14_999 }), { newest: at(300) }, RAW_MS)).toBeNull();
    expect(settledBy(cursor({ standsForMs: 15_000 }), { newest: at(300) }, RAW_MS)).toBe(at(100));
  });

  it("by the tool's own time, what is older than 15 seconds is settled, and no more than what was seen", () => {
    expect(settledBy(cursor(), { newest: at(200), toolTime: at(210) }, RAW_MS)).toBe(at(195));
    expect(settledBy(cursor(), { newest: at(200), toolTime: at(9_000) }, RAW_MS)).toBe(at(200));
    expect(settledBy(cursor(), { newest: null, toolTime: at(9_000) }, RAW_MS)).toBeNull();
  });

  it("where the tool's time is ahead of the ledger's, the ledger's counts", () => {
    const early = cursor({ lookedUpAt: at(205) });
    expect(settledBy(early, { newest: at(200), toolTime: at(3_800) }, RAW_MS)).toBe(at(190));
  });
});
