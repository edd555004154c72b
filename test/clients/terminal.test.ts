import { describe, expect, it } from 'vitest';
import { concealed, isColorful } from '../../clients/terminal.js';

describe('clients/terminal', () => {
  it('has no colours where NO_COLOR is set or stdout is no terminal', () => {
    expect(isColorful({}, true)).toBe(true);
    expect(isColorful({ NO_COLOR: '1' }, true)).toBe(false);
    expect(isColorful({ NO_COLOR: '' }, true)).toBe(true);
    expect(isColorful({}, false)).toBe(false);
  });

  it('never shows a secret', () => {
    expect(concealed('key abcdef123 in a URL', ['abcdef123'])).toBe('key [secret] in a URL');
  });
});
