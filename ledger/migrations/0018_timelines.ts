/**
 * A failover or a restore of the database server is told by its timeline, beside the time when the ledger was last in
 * use; a doubt says whether the ledger is merely new; and a create that is noted beside its row says where it was sent
 * to. Internal.
 *
 * Every role may ask for the timeline of the WAL that is being written. A server that does not tell it, as some managed
 * ones, is taken as one whose timeline is not known.
 */
import type { MigrationSql } from './migrationSql.js';

export const timelines = {
  name: '0018_timelines',
  up: `
create function ledger_timeline() returns text language plpgsql stable set search_path = pg_catalog as $$
begin
  return substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8);
exception when others then
  return null;
end $$;
grant execute on function ledger_timeline() to public;
comment on function ledger_timeline() is 'Internal: the timeline on which the server writes; null: it does not tell.';

alter table ledger_life add column timeline text;
comment on column ledger_life.timeline is 'The timeline of the server at alive_at; null: not known.';

alter table ledger_doubt add column is_new boolean not null default false;
comment on column ledger_doubt.is_new is 'Nothing suggests that there was a ledger before this one.';

alter table sent_create add column target jsonb;
comment on column sent_create.target is 'Where the newest create was sent to in its tool; null: not known.';
`,
} as const satisfies MigrationSql;
