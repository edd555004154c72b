import { describe, expect, it } from 'vitest';
import { budgetView } from '../../../runtime/budget/view.js';

const DAY_MS = 24 * 3_600_000;
const NOW_MS = Date.UTC(2026, 10, 20);

describe('runtime/budget/view', () => {
  it('one more that waits where the month is spent waits until the next month, but for what is done by hand', () => {
    const rateLimit = { perMinute: 60, burst: 1, perMonth: 100 };
    const month = { name: '2026-11', used: { progress: 96 }, sweeps: 0 };
    const stored = { state: { month }, away: { progress: 3 }, nowMs: NOW_MS };
    const { waiting } = budgetView({ connection: 'craft', rateLimit, sweeps: [] }, stored);
    const oneMore = (callClass: string) => waiting.find((one) => one.callClass === callClass)?.oneMoreMs ?? 0;
    expect(oneMore('progress')).toBeGreaterThanOrEqual(11 * DAY_MS);
    expect(oneMore('manual')).toBeLessThan(10_000);
  });
});
