/** What happened to the feedback of an item: one row for each piece. */
import type { Database } from '../database.js';
import { iso } from '../rows.js';
import type { ItemFeedback } from './feedback.js';

interface Row {
  feedback_id: string;
  sent_at: Date | null;
  open_until: Date | null;
  outcome: string | null;
}

const KEY = 'pipeline_id = $1 and craft_item_id = $2 and generation = $3';

export function createItemFeedback({ query }: Database): ItemFeedback {
  return {
    async list({ pipeline, craftItemId }, generation) {
      const rows = await query<Row>(`select * from item_feedback where ${KEY}`, [pipeline, craftItemId, generation]);
      return rows.map((row) => ({
        feedbackId: row.feedback_id,
        sentAt: iso(row.sent_at),
        openUntil: iso(row.open_until),
        outcome: row.outcome,
      }));
    },

    async noteSent({ pipeline, craftItemId }, generation, feedbackId, openMs) {
      await query(NOTE_SENT, [pipeline, craftItemId, generation, feedbackId, openMs]);
    },

    async clearSent({ pipeline, craftItemId }, generation, feedbackId) {
      await query(
        `update item_feedback set sent_at = null, open_until = null, updated_at = clock_timestamp()
         where ${KEY} and feedback_id = $4 and outcome is null`,
        [pipeline, craftItemId, generation, feedbackId],
      );
    },

    async noteOutcome({ pipeline, craftItemId }, generation, feedbackId, outcome) {
      await query(
        `insert into item_feedback (pipeline_id, craft_item_id, generation, feedback_id, outcome)
         values ($1, $2, $3, $4, $5)
         on conflict (pipeline_id, craft_item_id, generation, feedback_id) do update set
           outcome = excluded.outcome, updated_at = clock_timestamp()`,
        [pipeline, craftItemId, generation, feedbackId, outcome],
      );
    },

    async settled(pipeline) {
      const rows = await query<{ craft_item_id: string; ids: string[] }>(SETTLED, [pipeline]);
      return new Map(rows.map((row) => [row.craft_item_id, new Set(row.ids)]));
    },
  };
}

const NOTE_SENT = `
insert into item_feedback (pipeline_id, craft_item_id, generation, feedback_id, sent_at, open_until)
 values ($1, $2, $3, $4, clock_timestamp(), clock_timestamp() + $5 * interval '1 millisecond')
 on conflict (pipeline_id, craft_item_id, generation, feedback_id) do update set
   sent_at = excluded.sent_at, open_until = excluded.open_until, updated_at = clock_timestamp()`;

const SETTLED = `
select f.craft_item_id, array_agg(f.feedback_id) as ids
 from item_feedback f join item_link l on l.pipeline_id = f.pipeline_id
   and l.craft_item_id = f.craft_item_id and l.generation = f.generation
 where f.pipeline_id = $1 and f.outcome is not null group by f.craft_item_id`;
