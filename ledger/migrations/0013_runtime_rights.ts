/**
 * What a role that is not the owner may not do, whatever it was granted by default: take a migration back or pretend
 * one, and change, backdate or delete a line of the log. Lines older than a day, the shortest `keepLog`, may go.
 * A policy and not a function prunes them, so that the last release's workers, which delete directly, go on.
 * Nothing changes where one role owns the tables and works with them: an owner is bound neither by rights nor policies.
 */
import type { MigrationSql } from './migrationSql.js';

export const runtimeRights = {
  name: '0013_runtime_rights',
  up: `
alter table sync_log enable row level security;
create policy sync_log_is_read on sync_log for select using (true);
create policy sync_log_is_appended_to on sync_log for insert with check (true);
create policy sync_log_is_pruned on sync_log for delete using (at < now() - interval '1 day');

do $$
declare
  held record;
begin
  for held in
    select c.relname, case a.grantee when 0 then 'public' else a.grantee::regrole::text end as role_name,
      bool_or(a.privilege_type = 'INSERT') as inserts
    from pg_class c cross join lateral aclexplode(c.relacl) a
    where c.oid in ('sync_log'::regclass, 'craftsync_migrations'::regclass) and a.grantee <> c.relowner
    group by c.relname, a.grantee
  loop
    if held.relname = 'craftsync_migrations' then
      execute 'revoke insert, update, delete, truncate on craftsync_migrations from ' || held.role_name;
      continue;
    end if;
    execute 'revoke insert, update, truncate on sync_log from ' || held.role_name;
    if held.inserts then
      execute 'grant insert (pipeline_id, craft_item_id, step, outcome, attempt, detail, workflow_id, run_id) on sync_log to '
        || held.role_name;
    end if;
  end loop;
end $$;
`,
} as const satisfies MigrationSql;
