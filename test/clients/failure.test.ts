import { describe, expect, it } from 'vitest';
import { explain } from '../../clients/failure.js';
import { ToolError } from '../../domain/errors.js';
import { LedgerError } from '../../ledger/ledgerError.js';
import { StackError } from '../../stack/stackError.js';

describe('clients/failure', () => {
  it('is one line with what to do, whatever was thrown', () => {
    const error = new ToolError('unauthorized', 'km: GET /spaces was answered\nwith 401.');
    expect(explain(error)).toBe(
      'km: GET /spaces was answered with 401. The key is not accepted: put a valid key into the configuration and restart the workers.',
    );
    expect(explain(new Error('broken'))).toBe('broken; LOG_LEVEL=debug shows where it happened');
  });

  it('adds nothing to errors of other rooms that say what to do themselves', () => {
    expect(explain(new LedgerError('full', 'no disk space;\nfree some'))).toBe('no disk space; free some');
    expect(explain(new StackError('port 1 is in use: choose another'))).toBe('port 1 is in use: choose another');
  });
});
