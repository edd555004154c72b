import { describe, expect, it } from 'vitest';
import { explain } from '../../clients/failure.js';
import { ToolError } from '../../domain/errors.js';

describe('clients/failure', () => {
  it('is one line with what to do, whatever was thrown', () => {
    const error = new ToolError('unauthorized', 'km: GET /spaces was answered\nwith 401.');
    expect(explain(error)).toBe(
      'km: GET /spaces was answered with 401. The key is not accepted: put a valid key into the configuration and restart the workers.',
    );
    expect(explain(new Error('broken'))).toBe('broken; LOG_LEVEL=debug shows where it happened');
  });
});
