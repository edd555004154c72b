import { describe, expect, it } from 'vitest';
import { tokenWarning } from '../../../clients/listen/guard.js';

describe('clients/listen/guard', () => {
  it('warns of a token that can be guessed, without showing it', () => {
    for (const token of ['x', 'hunter2', '123456789012345']) {
      expect(tokenWarning(token)).toMatch(/^CRAFTSYNC_TOKEN has fewer than 16 characters/);
      expect(tokenWarning(token)).not.toContain(token === 'x' ? '"x"' : token);
    }
    expect(tokenWarning('1234567890123456')).toBeNull();
    expect(tokenWarning(null)).toBeNull();
  });
});
