/** Internal tables of feedback: what is submitted to a portal, and what is passed on with an item. */
import type { MigrationSql } from './migrationSql.js';

export const feedback = {
  name: '0006_feedback',
  up: `
create table feedback_submission (
  portal text not null,
  origin text not null,
  reference text collate "C" not null,
  intake text,
  ref text not null,
  dev_item_key text,
  dev_item_url text,
  dev_scope text,
  title text,
  description text,
  category text,
  submitter text,
  phase text not null default 'waiting' check (phase in ('waiting', 'submitted', 'done')),
  blocked_by text,
  blocked_until timestamptz,
  last_error text,
  claim_token uuid,
  send_before timestamptz,
  sent_at timestamptz,
  feedback_id text,
  feedback_link text,
  submitted_at timestamptz,
  comment_sent_at timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  primary key (portal, origin, reference)
);
create index feedback_submission_open on feedback_submission (intake, reference) where phase <> 'done';
comment on table feedback_submission is 'Internal: feedback for Craft.io portals, each once; its texts are deleted when it is submitted.';

create table item_feedback (
  pipeline_id text not null,
  craft_item_id text not null,
  generation integer not null,
  feedback_id text not null,
  sent_at timestamptz,
  open_until timestamptz,
  outcome text,
  updated_at timestamptz not null default clock_timestamp(),
  primary key (pipeline_id, craft_item_id, generation, feedback_id)
);
comment on table item_feedback is 'Internal: Craft.io feedback that went along with a handed-over item.';
`,
} as const satisfies MigrationSql;
