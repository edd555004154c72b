/** Whether the ledger knows every dev item: `continuity.ts`, over one pool. */
import type { Database } from '../database.js';
import { createClaims } from './claims.js';
import { createComparisons } from './comparisons.js';
import type { Continuity } from './continuity.js';
import { createLife } from './life.js';
import { createSentCreates } from './sentCreates.js';

export function createContinuity(database: Database): Continuity {
  return {
    ...createLife(database),
    ...createSentCreates(database),
    ...createClaims(database),
    ...createComparisons(database),
  };
}
