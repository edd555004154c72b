/** Since when a cursor has its value, and up to which change nothing more can become visible (design 4, Feeds). */
import type { MigrationSql } from './migrationSql.js';

/** `standing_since` counts only for `standing_value`: a worker of the last release moves `value` alone. */
export const settledCursors = {
  name: '0003_settled_cursors',
  up: `
alter table sweep_cursor
  add column standing_value text,
  add column standing_since timestamptz,
  add column settled_to text;
`,
} as const satisfies MigrationSql;
