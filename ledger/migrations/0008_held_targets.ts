/**
 * Where a create was sent to, so that a lost one is looked for there whatever the configuration says now; and whether a
 * pause came of a refused write, which no answered read ends, and of which item's. Internal.
 */
import type { MigrationSql } from './migrationSql.js';

export const heldTargets = {
  name: '0008_held_targets',
  up: `
alter table item_detail add column sent_target jsonb, add column write_refused_at timestamptz;
alter table connection_state add column write_refused boolean not null default false;
`,
} as const satisfies MigrationSql;
