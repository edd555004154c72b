/**
 * Whether the ledger knows every dev item that may exist (decision 18): since when it is in use without a gap, what
 * made that doubtful, which pipelines were compared with their dev tool since, and which creates were sent. Internal.
 */
import type { MigrationSql } from './migrationSql.js';

export const continuity = {
  name: '0009_continuity',
  up: `
create table ledger_life (
  only_row boolean primary key default true check (only_row),
  alive_at timestamptz not null
);
comment on table ledger_life is 'Internal: when a process last said that the ledger is in use.';

create table ledger_doubt (
  id integer generated always as identity primary key,
  doubted_at timestamptz not null default clock_timestamp(),
  known_until timestamptz,
  why text not null
);
comment on table ledger_doubt is 'Internal: when the ledger may have lost rows; known_until: what is older is known.';

create table marker_comparison (
  pipeline_id text not null,
  dev_tool text not null,
  doubt_id integer not null default 0,
  compared_at timestamptz,
  claimed_until timestamptz,
  trouble text,
  primary key (pipeline_id, dev_tool)
);
comment on table marker_comparison is 'Internal: up to which doubt the markers in a dev tool were compared with the rows.';

create table sent_create (
  pipeline_id text not null,
  craft_item_id text not null,
  generation integer not null,
  dev_tool text not null,
  sent_at timestamptz not null,
  dev_item_ids text[] not null default '{}',
  primary key (pipeline_id, craft_item_id, generation)
);
comment on table sent_create is 'Internal: creates that were sent, beside their rows, and dev items that carry their markers.';

alter table item_detail add column unknown_searches integer not null default 0;
`,
} as const satisfies MigrationSql;
