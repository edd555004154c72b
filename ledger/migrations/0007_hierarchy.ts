/** The parent of an item in Craft.io, so that a parent can wake the items that wait for it; internal. */
import type { MigrationSql } from './migrationSql.js';

export const hierarchy = {
  name: '0007_hierarchy',
  up: `
alter table item_detail add column parent_craft_item_id text;
create index item_detail_parent on item_detail (parent_craft_item_id) where parent_craft_item_id is not null;
create index item_detail_craft_url on item_detail (craft_url) where craft_url is not null;
create index sweep_item_craft_item on sweep_item (craft_item_id);
`,
} as const satisfies MigrationSql;
