/** What people are told to do about a failure. */
import { describe, expect, it } from 'vitest';
import { ToolError, withAdvice } from '../../domain/errors.js';

describe('domain/errors', () => {
  it('advises nobody to lower a limit where the month is spent, or where nothing is answered', () => {
    const limited = (details: ConstructorParameters<typeof ToolError>[2]) =>
      withAdvice(new ToolError('rate-limited', 'craft: it waits', details));
    expect(limited({})).toContain('Lower rateLimit');
    expect(limited({ monthSpent: true })).toMatch(/^craft: it waits\. It goes on by itself then; a larger plan/);
    expect(limited({ unanswered: true })).toMatch(/cannot be reached: check its address/);
  });
});
