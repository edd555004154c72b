/**
 * Where a create was sent, so that a lost one is looked for there, whatever the configuration says now; whether a
 * refused write caused a pause, which an answered read does not end; and which item's write it was. Internal.
 */
import type { MigrationSql } from './migrationSql.js';

export const heldTargets = {
  name: '0008_held_targets',
  up: `
alter table item_detail add column sent_target jsonb, add column write_refused_at timestamptz;
alter table connection_state add column write_refused boolean not null default false;
`,
} as const satisfies MigrationSql;
