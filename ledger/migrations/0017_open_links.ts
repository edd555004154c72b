/**
 * Links whose work is not over, found without reading those that are done: sweeps ask for them every few minutes, and
 * what is done only grows. Internal.
 *
 * It names no column that changes while an item keeps its phase, so that such changes write no index.
 */
import type { MigrationSql } from './migrationSql.js';

export const openLinks = {
  name: '0017_open_links',
  up: `
create index item_link_open on item_link (pipeline_id, dev_tool) where phase not in ('done', 'released', 'not-ready');
`,
} as const satisfies MigrationSql;
