import { describe, expect, it } from 'vitest';
import { createWithSummary, withSummary } from '../../workflows/activityOptions.js';

describe('workflows/activityOptions', () => {
  it('leaves a create the time to read a whole dev tool first, and takes nothing else from it', () => {
    const step = withSummary('a step');
    expect(createWithSummary('a step')).toEqual({ ...step, startToCloseTimeout: '2 hours' });
    expect(step.startToCloseTimeout).not.toBe('2 hours');
  });
});
