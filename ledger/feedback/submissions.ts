/**
 * Submissions of feedback, one row each. Their leases follow the rules of `links/leases.ts`.
 * Texts are kept only until they are submitted.
 */
import type { FeedbackDraft, Submission, SubmissionPhase, SubmissionRef } from '../../domain/feedback.js';
import type { Reason } from '../../domain/phases.js';
import type { Database, SqlValue } from '../database.js';
import { deadlineFromNow } from '../links/leases.js';
import { iso, storableText } from '../rows.js';
import type { Submissions } from './feedback.js';

interface Row {
  portal: string;
  origin: string;
  reference: string;
  intake: string | null;
  ref: string;
  dev_item_key: string | null;
  dev_item_url: string | null;
  dev_scope: string | null;
  phase: SubmissionPhase;
  blocked_by: Reason | null;
  blocked_until: Date | null;
  last_error: string | null;
  claim_token: string | null;
  send_before: Date | null;
  sent_at: Date | null;
  comment_sent_at: Date | null;
  feedback_id: string | null;
  feedback_link: string | null;
  updated_at: Date;
}

/** Everything but the texts. */
const COLUMNS = `portal, origin, reference, intake, ref, dev_item_key, dev_item_url, dev_scope, phase, blocked_by,
  blocked_until, last_error, claim_token, send_before, sent_at, comment_sent_at, feedback_id, feedback_link, updated_at`;

const THIS = 'portal = $1 and origin = $2 and reference = $3';

function fromRow(row: Row): Submission {
  return {
    portal: row.portal,
    origin: row.origin,
    reference: row.reference,
    intake: row.intake,
    ref: row.ref,
    devItemKey: row.dev_item_key,
    devItemUrl: row.dev_item_url,
    devScope: row.dev_scope,
    phase: row.phase,
    blockedBy: row.blocked_by,
    blockedUntil: iso(row.blocked_until),
    lastError: row.last_error,
    claimToken: row.claim_token,
    sendBefore: iso(row.send_before),
    sentAt: iso(row.sent_at),
    commentSentAt: iso(row.comment_sent_at),
    feedback: row.feedback_id === null ? null : { id: row.feedback_id, link: row.feedback_link },
    updatedAt: row.updated_at.toISOString(),
  };
}

function keyOf({ portal, origin, reference }: SubmissionRef): SqlValue[] {
  return [portal, origin, reference];
}

export function createSubmissions(database: Database): Submissions {
  return { ...createReading(database), ...createLeases(database), ...createEndings(database) };
}

type Reading = Pick<Submissions, 'collect' | 'get' | 'draft' | 'open' | 'countDone' | 'listOpen'>;

function createReading({ query }: Database): Reading {
  return {
    async collect(submissions) {
      for (const one of submissions) {
        await query(COLLECT, [
          ...keyOf(one),
          one.intake,
          one.ref,
          one.devItemKey,
          one.devItemUrl,
          one.devScope,
          storableText(one.title),
          storableText(one.description),
          one.category,
          one.submitter,
        ]);
      }
    },

    async get(submission) {
      const rows = await query<Row>(`select ${COLUMNS} from feedback_submission where ${THIS}`, keyOf(submission));
      return rows[0] === undefined ? null : fromRow(rows[0]);
    },

    async draft(submission) {
      const sql = `select title, description, category, submitter from feedback_submission where ${THIS}`;
      const [row] = await query<Omit<FeedbackDraft, 'title'> & { title: string | null }>(sql, keyOf(submission));
      if (row === undefined || row.title === null) return null;
      return { ...row, title: row.title, description: row.description };
    },

    open: async (intake, after, limit) => (await query<Row>(OPEN, [intake, after, limit])).map(fromRow),

    async countDone(portal, origin, references) {
      const rows = await query<{ count: number }>(
        `select count(*)::int as count from feedback_submission
         where portal = $1 and origin = $2 and reference = any($3::text[]) and phase = 'done'`,
        [portal, origin, references],
      );
      return rows[0]?.count ?? 0;
    },

    async listOpen() {
      const sql = `select ${COLUMNS} from feedback_submission where phase <> 'done' order by created_at, reference`;
      return (await query<Row>(sql)).map(fromRow);
    },
  };
}

const OPEN = `
select ${COLUMNS} from feedback_submission
where intake = $1 and phase <> 'done' and ($2::text is null or reference > $2) order by reference limit $3`;

const COLLECT = `
insert into feedback_submission as f (portal, origin, reference, intake, ref, dev_item_key, dev_item_url, dev_scope, title,
  description, category, submitter)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
on conflict (portal, origin, reference) do update set intake = excluded.intake, title = excluded.title,
  description = excluded.description, category = excluded.category, submitter = excluded.submitter
where f.phase = 'waiting' and f.sent_at is null`;

type Leases = Pick<Submissions, 'takeLease' | 'noteSent' | 'clearSent' | 'storeSubmitted' | 'noteCommentSent'>;

function createLeases({ query }: Database): Leases {
  return {
    async takeLease(submission, aheadMs) {
      const deadline = deadlineFromNow(aheadMs);
      const [row] = await query<Row & { new_token: string }>(TAKE_LEASE, [...keyOf(submission), aheadMs]);
      if (row === undefined) throw new Error('there is no row for the submission that is to be sent');
      return { token: row.new_token, deadline, before: fromRow(row) };
    },

    async noteSent(submission, token) {
      const rows = await query(
        `update feedback_submission set sent_at = clock_timestamp(), updated_at = clock_timestamp()
         where ${THIS} and claim_token::text = $4 and sent_at is null and phase = 'waiting' returning 1 as noted`,
        [...keyOf(submission), token],
      );
      return rows.length === 1;
    },

    async clearSent(submission, token) {
      await query(
        `update feedback_submission set sent_at = null, updated_at = clock_timestamp()
         where ${THIS} and claim_token::text = $4 and phase = 'waiting'`,
        [...keyOf(submission), token],
      );
    },

    async storeSubmitted(submission, token, { id, link }) {
      const rows = await query(
        `update feedback_submission set phase = 'submitted', feedback_id = $5, feedback_link = $6, title = null,
           description = null, submitted_at = clock_timestamp(), blocked_by = null, blocked_until = null,
           last_error = null, updated_at = clock_timestamp()
         where ${THIS} and claim_token::text = $4 and phase = 'waiting' returning 1 as stored`,
        [...keyOf(submission), token, id, link],
      );
      return rows.length === 1;
    },

    async noteCommentSent(submission, token) {
      const rows = await query(
        `update feedback_submission set comment_sent_at = clock_timestamp(), updated_at = clock_timestamp()
         where ${THIS} and claim_token::text = $4 returning 1 as noted`,
        [...keyOf(submission), token],
      );
      return rows.length === 1;
    },
  };
}

const TAKE_LEASE = `
with before as (
  select ${COLUMNS} from feedback_submission where ${THIS} for update
), taken as (
  update feedback_submission set claim_token = gen_random_uuid(), updated_at = clock_timestamp(),
    send_before = clock_timestamp() + $4 * interval '1 millisecond'
  where ${THIS} and exists (select from before)
  returning claim_token
)
select before.*, taken.claim_token as new_token from before, taken`;

function createEndings({ query }: Database): Pick<Submissions, 'finish' | 'noteTrouble'> {
  return {
    async finish(submission) {
      await query(
        `update feedback_submission set phase = 'done', blocked_by = null, blocked_until = null, last_error = null,
           updated_at = clock_timestamp() where ${THIS} and phase = 'submitted'`,
        keyOf(submission),
      );
    },

    async noteTrouble(submission, trouble) {
      await query(
        `update feedback_submission set blocked_by = $4, blocked_until = $5, last_error = $6,
           updated_at = clock_timestamp() where ${THIS}`,
        [
          ...keyOf(submission),
          trouble?.reason ?? null,
          trouble?.until ?? null,
          storableText(trouble === null ? null : trouble.why),
        ],
      );
    },
  };
}
