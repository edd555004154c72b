/**
 * What a row was told last, so that the same news is not told again; and what a blocked item was blocked with, so that
 * a sweep sees whether that has changed. Internal.
 */
import type { MigrationSql } from './migrationSql.js';

export const rests = {
  name: '0011_rests',
  up: `
alter table item_detail add column told text, add column told_at timestamptz, add column checked text,
  add column listed text, add column listed_times integer not null default 0;
comment on column item_detail.told is 'The facts about the dev item that the run was told last and has not dealt with.';
comment on column item_detail.checked is 'Fingerprint of the Craft item and the settings that the last check before the hand-over saw.';
comment on column item_detail.listed is 'Fingerprint of what a ready sweep last woke the blocked item for.';
`,
} as const satisfies MigrationSql;
