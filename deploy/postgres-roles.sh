#!/bin/sh
# Makes roles and databases as they should be. Safe to run again: what is there stays, and a role gets the password that
# .env has now.
#   temporal         owns Temporal's two databases
#   craftsync_owner  owns the ledger: `craftsync apply` migrates as this role
#   craftsync        reads and writes the ledger's rows and changes no table: the role of workers and listener
# Where and as whom: PGHOST, PGUSER, PGPASSWORD, read by psql.
set -eu

# psql reads the passwords itself (\getenv) and quotes them (:'name'), whatever characters they hold: as arguments they
# could be seen in the list of processes.
psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --dbname=postgres <<'SQL'
\getenv temporal_password TEMPORAL_DB_PASSWORD
\getenv owner_password LEDGER_OWNER_PASSWORD
\getenv ledger_password LEDGER_PASSWORD

select format('create role %I login', name)
from unnest(array['temporal', 'craftsync_owner', 'craftsync']) as name
where not exists (select from pg_roles where rolname = name) \gexec
-- No statement with a password into the server's log, should it fail.
set log_min_error_statement = panic;
alter role temporal password :'temporal_password';
alter role craftsync_owner password :'owner_password';
alter role craftsync password :'ledger_password';
reset log_min_error_statement;

select format('create database %I owner %I', name, owner)
from (values ('temporal', 'temporal'), ('temporal_visibility', 'temporal'), ('craftsync', 'craftsync_owner'))
  as wanted (name, owner)
where not exists (select from pg_database where datname = name) \gexec
revoke all on database temporal, temporal_visibility, craftsync from public;
grant connect on database craftsync to craftsync;

\connect craftsync
grant usage on schema public to craftsync;
alter default privileges for role craftsync_owner in schema public
  grant select, insert, update, delete on tables to craftsync;
SQL
echo 'roles and databases are as they should be'
