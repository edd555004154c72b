#!/bin/sh
# Creates roles and databases, once, when PostgreSQL starts with an empty volume:
#   temporal         owns Temporal's two databases
#   craftsync_owner  owns the ledger: `craftsync apply` migrates as this role
#   craftsync        reads and writes the ledger's rows and changes no table: the role of workers and listener
# To change a password later: ALTER ROLE … PASSWORD, then the same value in .env (docs/runbook.md).
set -eu

# psql quotes the passwords (:'name'), whatever characters they hold.
psql --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname=postgres \
  --set=temporal_password="$TEMPORAL_DB_PASSWORD" \
  --set=owner_password="$LEDGER_OWNER_PASSWORD" \
  --set=ledger_password="$LEDGER_PASSWORD" <<'SQL'
create role temporal login password :'temporal_password';
create role craftsync_owner login password :'owner_password';
create role craftsync login password :'ledger_password';

create database temporal owner temporal;
create database temporal_visibility owner temporal;
create database craftsync owner craftsync_owner;
revoke connect on database temporal, temporal_visibility, craftsync from public;
grant connect on database craftsync to craftsync;

\connect craftsync
grant usage on schema public to craftsync;
alter default privileges for role craftsync_owner in schema public
  grant select, insert, update, delete on tables to craftsync;
SQL
