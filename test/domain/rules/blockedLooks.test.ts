import { describe, expect, it } from 'vitest';

import { REASONS } from '../../../domain/phases.js';
import { blockedLookMs } from '../../../domain/rules/blockedLooks.js';

const HOUR_MS = 3_600_000;
const before = { lockedAt: null, checked: 'f' };

describe('domain/rules/blockedLooks', () => {
  it('gives no time to reasons that a sweep or a parent ends, and a day to those that it mostly does', () => {
    const of = (ms: number | null) =>
      REASONS.filter((blockedBy) => blockedLookMs({ ...before, blockedBy }, HOUR_MS) === ms);
    expect(of(null)).toEqual(['missing-field', 'value-unmapped', 'status-unmapped', 'parent', 'linked-elsewhere']);
    expect(of(24 * HOUR_MS)).toEqual(['refused', 'duplicate']);
  });

  it('lets an item that no listing can be compared with look every sweepEvery, whatever the reason', () => {
    for (const blockedBy of REASONS) {
      expect(blockedLookMs({ ...before, checked: null, blockedBy }, HOUR_MS)).toBe(HOUR_MS);
    }
    expect(blockedLookMs({ ...before, blockedBy: null }, HOUR_MS)).toBe(HOUR_MS);
  });

  it('needs no listing once the item is locked', () => {
    const locked = { lockedAt: '2026-11-21T10:00:00.000Z', checked: null };
    expect(blockedLookMs({ ...locked, blockedBy: 'status-unmapped' }, HOUR_MS)).toBeNull();
    expect(blockedLookMs({ ...locked, blockedBy: 'tool-down' }, HOUR_MS)).toBe(HOUR_MS);
  });
});
