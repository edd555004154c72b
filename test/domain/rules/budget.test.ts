import { describe, expect, it } from 'vitest';
import {
  aboutWords,
  closedWords,
  type ConnectionBudget,
  minuteWords,
  monthWords,
  paceWords,
  stretchedWords,
  waitingWords,
} from '../../../domain/rules/budget.js';
import { budgetOf } from '../../fixtures/budgets.js';

describe('domain/rules/budget', () => {
  it.each([
    [{ perMinute: null, burst: 1, learned: false }, 0, 'no limit a minute'],
    [{ perMinute: 60, burst: 1, learned: false }, 1_020, '60 a minute: one call every 1.02 s'],
    [{ perMinute: 10, burst: 5, learned: false }, 10_200, '10 a minute, up to 5 at once: one call every 10.2 s'],
    [{ perMinute: 1_000, burst: 1, learned: false }, 61.2, '1000 a minute: one call every 61 ms'],
    [{ perMinute: 43.7, burst: 1, learned: true }, 1_400, '43 a minute, learned from refusals: one call every 1.4 s'],
  ])('says how fast calls go out: %o', (limit, intervalMs, words) => {
    expect(paceWords({ limit, intervalMs })).toBe(words);
  });

  it('says what is used and left, of the minute and of the month, and what a tool says itself', () => {
    expect(minuteWords(budgetOf({ minute: { used: 3, left: 57 } }))).toBe('3 used, 57 left');
    expect(minuteWords(budgetOf({ minute: { used: 3, left: null } }))).toBe('3 used');
    const { month } = budgetOf();
    expect(monthWords(budgetOf())).toBe('no limit, 0 used');
    const limited = { ...month, limit: 500, used: 230, left: 270, sweeps: { used: 130, share: 250 } };
    expect(monthWords(budgetOf({ month: limited }))).toBe('230 of 500 used (sweeps 130 of 250), 270 left');
    expect(monthWords(budgetOf({ month: { ...limited, left: 12, toolLeft: 12 } }))).toBe(
      '230 of 500 used (sweeps 130 of 250), 12 left; the tool says 12 left',
    );
  });

  const next = '2026-12-01T00:00:00.000Z';
  const spent = (left: number): Partial<ConnectionBudget> => ({
    month: { ...budgetOf().month, limit: 500, left, spentUntil: next },
  });
  it.each<[string, Partial<ConnectionBudget>, string | null]>([
    ['calls go out', {}, null],
    ['a 429', { closedUntil: '2026-11-30T14:32:10.000Z' }, 'closed by the tool until 2026-11-30 14:32 UTC'],
    [
      'the part that is not kept for people is spent',
      spent(25),
      "the month's calls are spent but for what is done by hand, goes on 2026-12-01 00:00 UTC",
    ],
    ['all is spent', spent(0), "the month's calls are spent, goes on 2026-12-01 00:00 UTC"],
    [
      'a tool that does not answer',
      { unansweredSince: '2026-11-30T14:32:10.000Z' },
      'calls fail since 2026-11-30 14:32 UTC, tried one by one',
    ],
  ])('says when it goes on: %s', (_what, own, words) => {
    expect(closedWords(budgetOf(own))).toBe(words);
  });

  it('names the classes that wait, and how long one more would', () => {
    expect(waitingWords(budgetOf())).toBe('none');
    const waiting = [
      { callClass: 'manual', count: 0, oneMoreMs: 0 },
      { callClass: 'hand-over', count: 12, oneMoreMs: 20_400 },
      { callClass: 'sweep', count: 1, oneMoreMs: 150_000 },
    ];
    expect(waitingWords(budgetOf({ waiting }))).toBe(
      'hand-over 12 (one more: about 20 s), sweep 1 (one more: about 2.5 minutes)',
    );
  });

  it('says how a sweep is stretched, until when, and why', () => {
    const sweep = { scheduleId: 'ready-sweep:mobile', everyMs: 3_600_000, next, why: 'why' };
    expect(stretchedWords({ ...sweep, inForceMs: 11_520_000 })).toBe(
      'stretched: every 60 minutes became about 3.2 hours, next about 2026-12-01 00:00 UTC: why',
    );
    expect(stretchedWords({ ...sweep, inForceMs: null })).toBe('stretched: none before 2026-12-01 00:00 UTC: why');
  });

  it.each([
    [0, '0 s'],
    [950, '0.9 s'],
    [45_400, '45 s'],
    [120_000, '2 minutes'],
    [5_400_000, '90 minutes'],
    [11_520_000, '3.2 hours'],
    [259_200_000, '3 days'],
  ])('says %i ms in short', (ms, words) => {
    expect(aboutWords(ms)).toBe(words);
  });
});
