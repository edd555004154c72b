/** Which ready sweeps are under way: two of one pipeline may be, the scheduled one and one by hand. Internal. */
import type { MigrationSql } from './migrationSql.js';

export const readyCollections = {
  name: '0012_ready_collections',
  up: `
create table ready_collection (
  pipeline_id text not null,
  sweep_id text not null,
  seen_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  primary key (pipeline_id, sweep_id)
);
create index ready_collection_seen on ready_collection (seen_at);
comment on table ready_collection is 'Internal: the ready sweeps that collect items, each by itself; one that was terminated shows no life.';
`,
} as const satisfies MigrationSql;
