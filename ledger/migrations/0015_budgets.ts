/** The budget of each connection, shared by all processes, and the places of those who wait for it. Internal. */
import type { MigrationSql } from './migrationSql.js';

export const budgets = {
  name: '0015_budgets',
  up: `
create table rate_budget (
  connection text primary key,
  state jsonb not null default '{}',
  version bigint not null default 0,
  updated_at timestamptz not null default clock_timestamp()
) with (fillfactor = 50);
comment on table rate_budget is 'Internal: the budget of calls of each connection; runtime/budget/state.ts knows its form.';

create table budget_waiter (
  connection text not null,
  waiter text not null,
  call_class text not null,
  asked_ms double precision not null,
  turn_ms double precision not null,
  primary key (connection, waiter)
);
create index budget_waiter_line on budget_waiter (connection, call_class, asked_ms) include (turn_ms, waiter);
comment on table budget_waiter is 'Internal: who was told to come back for a call, since when it waits, and when its turn is.';
`,
} as const satisfies MigrationSql;
