/**
 * The same refusal of item after item pauses their pipeline (decision 32); and items that a step read singly, whose
 * custom fields the lock may take over (decision 31). Internal.
 */
import type { MigrationSql } from './migrationSql.js';

export const refusedPipelines = {
  name: '0016_refused_pipelines',
  up: `
alter table connection_state
  add column refusal text,
  add column refused_step text,
  add column refused_items text[] not null default '{}',
  add column refused_at timestamptz,
  add column refused_settings text,
  add column admitted_items text[] not null default '{}';
comment on column connection_state.connection is 'A connection, or pipeline:<name>.';
comment on column connection_state.refused_items is 'Different items of the pipeline that were refused in a row, in the same words.';
comment on column connection_state.refused_settings is 'What the pipeline was configured as when it was paused.';
comment on column connection_state.admitted_items is 'Items that are tried although the pipeline is paused.';

alter table item_snapshot add column read_singly boolean not null default false;
comment on column item_snapshot.read_singly is 'A step read it, not a sweep: it is not what is handed over.';
`,
} as const satisfies MigrationSql;
