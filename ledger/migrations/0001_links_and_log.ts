/** The public tables `item_link` and `sync_log` (design 7, Tables), and `item_detail`, a link's internal companion. */
import type { MigrationSql } from './migrationSql.js';

export const linksAndLog = {
  name: '0001_links_and_log',
  up: `
create table item_link (
  pipeline_id text not null,
  craft_item_id text not null,
  craft_short_id text,
  dev_tool text not null,
  dev_item_id text,
  dev_item_key text,
  dev_item_url text,
  dev_scope text,
  dev_status text,
  generation integer not null default 1 check (generation >= 1),
  phase text not null check (phase in ('checking', 'blocked', 'creating', 'locking', 'following', 'paused', 'orphaned',
    'settling', 'done', 'released', 'not-ready')),
  blocked_by text,
  blocked_until timestamptz,
  last_error text,
  drift boolean not null default false,
  duplicate boolean not null default false,
  claim_token uuid,
  claimed_at timestamptz,
  send_before timestamptz,
  sent_at timestamptz,
  linked_at timestamptz,
  locked_at timestamptz,
  handed_over jsonb,
  fingerprint text,
  last_progress jsonb,
  dev_updated_at timestamptz,
  dismissed_dev_items text[] not null default '{}',
  woken_at timestamptz,
  updated_at timestamptz not null default clock_timestamp(),
  primary key (pipeline_id, craft_item_id)
);
create unique index item_link_live_dev_item on item_link (dev_tool, dev_item_id) where phase <> 'released';
create index item_link_dev_item on item_link (dev_tool, dev_item_id);
create index item_link_dev_scope on item_link (dev_tool, dev_scope);
create index item_link_craft_item on item_link (craft_item_id);
create index item_link_craft_short_id on item_link (pipeline_id, craft_short_id);
comment on table item_link is 'One row for each Craft item in each pipeline; columns are documented and stable.';

create table item_detail (
  pipeline_id text not null,
  craft_item_id text not null,
  craft_url text,
  drift_fields text[] not null default '{}',
  duplicate_dev_items text[] not null default '{}',
  unanswered jsonb,
  uncertain_creates integer not null default 0,
  paused_from text,
  settling_since timestamptz,
  gone_at timestamptz,
  primary key (pipeline_id, craft_item_id),
  foreign key (pipeline_id, craft_item_id) references item_link on delete cascade
);
create index item_detail_gone on item_detail (gone_at) where gone_at is not null;
comment on table item_detail is 'Internal: what craftsync notes of a link besides its public columns.';

create table sync_log (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  pipeline_id text not null,
  craft_item_id text,
  step text not null,
  outcome text not null,
  attempt integer not null,
  detail text,
  workflow_id text,
  run_id text
);
create index sync_log_item on sync_log (pipeline_id, craft_item_id, id);
create index sync_log_at on sync_log (at);
comment on table sync_log is 'Append-only: what was done, when and how it ended; columns are documented and stable.';
`,
} as const satisfies MigrationSql;
