/** Webhooks that arrived (the listener's inbox; design 4, Inbox), and changes that none of them announced. */
import type { MigrationSql } from './migrationSql.js';

export const webhooks = {
  name: '0005_webhooks',
  up: `
create table webhook_delivery (
  id bigint generated always as identity primary key,
  dev_tool text not null,
  delivery_id text not null,
  dev_item_ids text[],
  received_at timestamptz not null default clock_timestamp(),
  tried_at timestamptz,
  handed_on_at timestamptz,
  attempts integer not null default 0,
  last_error text,
  unique (dev_tool, delivery_id)
);
create index webhook_delivery_waiting on webhook_delivery (received_at) where handed_on_at is null;
create index webhook_delivery_received on webhook_delivery (dev_tool, received_at);
comment on table webhook_delivery is 'Internal: webhooks that were verified, by the ids of the dev items that they name; never their texts.';
comment on column webhook_delivery.dev_item_ids is 'Null: something changed, the feeds tell what.';

create table webhook_silence (
  dev_tool text primary key,
  unannounced integer not null,
  sweeps integer not null,
  since timestamptz not null,
  last_run text not null,
  alerted_at timestamptz
);
comment on table webhook_silence is 'Internal: changes in a row that a progress sweep found and no webhook had announced.';
`,
} as const satisfies MigrationSql;
