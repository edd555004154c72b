/**
 * What is known of a create beside its row, also where nothing but a relink tells; who compares markers, and how often
 * that failed; and whether something was pushed since a row was read. Internal.
 */
import type { MigrationSql } from './migrationSql.js';

export const knownCreates = {
  name: '0014_known_creates',
  up: `
alter table sent_create add column linked_dev_items text[] not null default '{}', add column send_before timestamptz;
comment on column sent_create.dev_item_ids is 'Dev items that were seen with the marker.';
comment on column sent_create.linked_dev_items is 'Dev items, with the marker or without, that the item was linked to; the last one is the newest.';
comment on column sent_create.send_before is 'Until when the newest create may have been sent.';

alter table marker_comparison add column claim_token uuid, add column begun_at timestamptz,
  add column failures integer not null default 0, add column reason text;
comment on column marker_comparison.claim_token is 'Whose comparison is under way; null: nobody compares before claimed_until.';
comment on column marker_comparison.failures is 'Comparisons in a row that could not be made.';

alter table item_detail add column pushes integer not null default 0;
comment on column item_detail.pushes is 'How often the state of a dev item was pushed, so that what was pushed meanwhile is noticed.';
`,
} as const satisfies MigrationSql;
