import { describe, expect, it } from 'vitest';
import { nearest, suggestion } from '../../config/nearest.js';

describe('config/nearest', () => {
  it.each([
    ['sweepEvry', 'sweepEvery'],
    ['SWEEPEVERY', 'sweepEvery'],
    ['sweeps', null],
    ['zzz', null],
  ])('takes %s for %s', (given, expected) => {
    expect(nearest(given, ['sweepEvery', 'driftEvery'])).toBe(expected);
  });

  it('lists all known names when none is near', () => {
    expect(suggestion('zzz', ['a', 'b'])).toBe('known: a, b');
    expect(suggestion('zzz', [])).toBe('there are none yet');
  });
});
