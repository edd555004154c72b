import { describe, expect, it } from 'vitest';
import { PHASES, REASONS } from '../../../domain/phases.js';
import { isStateDue, releasedWords, stateWords } from '../../../domain/rules/stateWords.js';
import { REASON_TEXTS } from '../../../domain/reasons.js';
import { linkWith } from '../../fixtures/links.js';

const NOW = new Date('2026-11-21T15:00:00.000Z');

describe('domain/rules/stateWords', () => {
  it('says what is missing in the words of the last error', () => {
    const link = linkWith({ phase: 'blocked', blockedBy: 'missing-field', lastError: 'Effort is empty' });
    expect(stateWords(link, NOW)).toBe('Blocked: Effort is empty');
  });

  it.each(REASONS)('has words and advice for the reason %s', (reason) => {
    expect(stateWords(linkWith({ phase: 'blocked', blockedBy: reason }), NOW)).toBe(
      `Blocked: ${REASON_TEXTS[reason].words}`,
    );
    expect(REASON_TEXTS[reason].advice).toMatch(/\.$/);
  });

  it('tells a long wait with its time, and keeps silent about a short one', () => {
    const waiting = { phase: 'creating', blockedBy: 'rate-limit' } as const;
    const long = linkWith({ ...waiting, blockedUntil: '2026-11-21T15:10:00.000Z' });
    expect(stateWords(long, NOW)).toBe('Waiting for budget, about 15:10 UTC');
    expect(stateWords(linkWith({ ...waiting, blockedUntil: '2026-11-21T15:01:00.000Z' }), NOW)).toBeNull();
  });

  it('tells of a month whose calls are spent with the day on which it goes on', () => {
    const spent = { phase: 'creating', blockedBy: 'month-spent', blockedUntil: '2026-12-01T00:00:00.000Z' } as const;
    expect(stateWords(linkWith(spent), NOW)).toBe("Waiting: the month's calls are spent, goes on 2026-12-01 00:00 UTC");
  });

  it.each(PHASES)('does not change from one minute to the next in phase %s', (phase) => {
    const link = linkWith({ phase, devItemId: 'a', devItemKey: 'MOB-1' });
    expect(stateWords(link, NOW)).toBe(stateWords(link, new Date(NOW.getTime() + 60_000)));
  });

  it('names the fields that were changed after the hand-over', () => {
    const link = linkWith({ phase: 'following', devItemKey: 'MOB-1', drift: true, driftFields: ['title', 'dev_lock'] });
    expect(stateWords(link, NOW)).toContain('Changed in Craft.io since the hand-over: title, dev_lock.');
  });

  it('is due on change only', () => {
    expect(isStateDue('In sync with MOB-1.', undefined)).toBe(true);
    expect(isStateDue('In sync with MOB-1.', 'In sync with MOB-1.')).toBe(false);
    expect(isStateDue(null, 'Blocked: x')).toBe(false);
    expect(isStateDue('', undefined)).toBe(false);
    expect(isStateDue('', 'Blocked: x')).toBe(true);
  });

  it('says since when nothing is synced', () => {
    expect(releasedWords(NOW)).toBe('No longer synced since 2026-11-21 15:00 UTC.');
  });
});
