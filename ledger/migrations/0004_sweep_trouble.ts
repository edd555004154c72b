/** Why a sweep does not come to its end, for `status`; internal. */
import type { MigrationSql } from './migrationSql.js';

export const sweepTrouble = {
  name: '0004_sweep_trouble',
  up: `
alter table sweep_run add column trouble text, add column trouble_since timestamptz;
`,
} as const satisfies MigrationSql;
