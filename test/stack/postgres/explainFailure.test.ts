import { describe, expect, it } from 'vitest';
import { explainFailure } from '../../../stack/postgres/explainFailure.js';

describe('stack/postgres/explainFailure', () => {
  it('explains a full disk in words that say what to do', () => {
    const lines = ['2026-01-01 UTC [1] FATAL:  could not write to file "pg_wal/xlogtemp.1": No space left on device'];
    expect(explainFailure('postgres', lines, 'exit code 1', '/data').message).toBe(
      'no disk space for PostgreSQL where /data is: free some, or choose another folder with --state',
    );
  });
});
