/**
 * Where a create was sent to, so that a lost one is looked for there whatever the configuration says now; and whether a
 * pause came of a refused write, which no answered read ends. Internal.
 */
import type { MigrationSql } from './index.js';

export const heldTargets = {
  name: '0008_held_targets',
  up: `
alter table item_detail add column sent_target jsonb;
alter table connection_state add column write_refused boolean not null default false;
`,
} as const satisfies MigrationSql;
