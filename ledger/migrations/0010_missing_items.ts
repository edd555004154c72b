/**
 * Since when an item has not been found by id, on either side, and what the listing of its source says about it. So no
 * single answer makes an item gone (design 3, Gone). Internal.
 */
import type { MigrationSql } from './migrationSql.js';

export const missingItems = {
  name: '0010_missing_items',
  up: `
alter table item_detail
  add column missing_since timestamptz,
  add column craft_missing_since timestamptz,
  add column craft_looked_up_at timestamptz,
  add column craft_listed boolean;
create index item_detail_craft_missing on item_detail (craft_missing_since) where craft_missing_since is not null;

create table craft_look_up (
  pipeline_id text primary key,
  begun_at timestamptz not null
);
comment on table craft_look_up is 'Internal: when the listing of a pipeline was last read for items that are not found by id.';
`,
} as const satisfies MigrationSql;
