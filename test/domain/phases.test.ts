import { describe, expect, it } from 'vitest';
import { mayBeRecreated } from '../../domain/phases.js';

describe('domain/phases', () => {
  it('a recreate works from where a link has ended, and where a known dev item may have been deleted', () => {
    expect(mayBeRecreated('orphaned', { blockedBy: null, isLinked: true })).toBe(true);
    expect(mayBeRecreated('blocked', { blockedBy: 'bad-answer', isLinked: false })).toBe(true);
    expect(mayBeRecreated('blocked', { blockedBy: 'bad-answer', isLinked: true })).toBe(false);
    expect(mayBeRecreated('blocked', { blockedBy: 'refused', isLinked: false })).toBe(false);
    expect(mayBeRecreated('checking', { blockedBy: 'bad-answer', isLinked: false })).toBe(false);
  });
});
