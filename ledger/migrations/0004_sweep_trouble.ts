/** Why a sweep cannot finish, for `status`; internal. */
import type { MigrationSql } from './migrationSql.js';

export const sweepTrouble = {
  name: '0004_sweep_trouble',
  up: `
alter table sweep_run add column trouble text, add column trouble_since timestamptz;
`,
} as const satisfies MigrationSql;
