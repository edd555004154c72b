/** Internal tables of sweeps, feeds and connections: no one may rely on their columns. */
import type { MigrationSql } from './migrationSql.js';

export const sweepsAndConnections = {
  name: '0002_sweeps_and_connections',
  up: `
create table item_snapshot (
  pipeline_id text not null,
  craft_item_id text not null,
  item json,
  problem text,
  read_at timestamptz not null default clock_timestamp(),
  primary key (pipeline_id, craft_item_id)
);
create index item_snapshot_read on item_snapshot (read_at);
comment on table item_snapshot is 'Internal: the newest text of an item that a sweep read; deleted at the lock, at the latest after a day.';

create table sweep_item (
  pipeline_id text not null,
  sweep_id text not null,
  craft_item_id text collate "C" not null,
  short_id text,
  collected_at timestamptz not null default clock_timestamp(),
  started_at timestamptz,
  primary key (pipeline_id, sweep_id, craft_item_id)
);
create index sweep_item_collected on sweep_item (collected_at);
comment on table sweep_item is 'Internal: which items one sweep collected and started.';

create table sweep_cursor (
  dev_tool text not null,
  scope text not null,
  value text,
  version integer not null default 0,
  last_inventory timestamptz,
  primary key (dev_tool, scope)
);
create table handed_on (
  dev_tool text not null,
  scope text not null,
  dev_item_id text not null,
  updated_at text not null,
  updated_time timestamptz not null,
  primary key (dev_tool, scope, dev_item_id, updated_at),
  foreign key (dev_tool, scope) references sweep_cursor on delete cascade
);
comment on table handed_on is 'Internal: changes near the cursor that were handed on already.';

create table pending_change (
  dev_tool text not null,
  dev_item_id text not null,
  snapshot json not null,
  stored_at timestamptz not null default clock_timestamp(),
  primary key (dev_tool, dev_item_id)
);
comment on table pending_change is 'Internal: changes whose hand-on failed, for the next sweep.';

create table connection_state (
  connection text primary key,
  paused_by text,
  message text,
  since timestamptz,
  probed_at timestamptz,
  deletions_accepted_at timestamptz
);
create table connection_memory (
  connection text not null,
  key text not null,
  value text not null,
  primary key (connection, key)
);
create table sweep_run (
  schedule_id text primary key,
  started_at timestamptz not null,
  ended_at timestamptz,
  result json,
  held_back text
);
create table applied_configuration (
  only_row boolean primary key default true check (only_row),
  configuration json not null,
  applied_at timestamptz not null default clock_timestamp()
);
`,
} as const satisfies MigrationSql;
