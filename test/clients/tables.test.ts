import { describe, expect, it } from 'vitest';

import { durationWords } from '../../clients/tables.js';

const MINUTE_MS = 60_000;

describe('clients/tables', () => {
  it.each([
    [60 * MINUTE_MS, '1 hour'],
    [90 * MINUTE_MS, '90 minutes'],
    [25 * 60 * MINUTE_MS, '25 hours'],
    [14 * 24 * 60 * MINUTE_MS, '14 days'],
    [1_500, '1,500 milliseconds'],
    [0, '0 milliseconds'],
  ])('says a duration of %i ms without rounding it', (lengthMs, words) => {
    expect(durationWords(lengthMs)).toBe(words);
  });
});
