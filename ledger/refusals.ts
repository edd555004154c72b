/**
 * Refusals of a pipeline's items in a row, and the pause of the pipeline that the same refusal of several of them
 * begins. It is kept, probed and ended as the pause of a connection, under `pipelinePauseKey`.
 */
import { pipelinePauseKey } from '../domain/ids.js';
import { HANDING_OVER_PHASES } from '../domain/phases.js';
import type { Database } from './database.js';
import { phaseList } from './links/sql.js';
import type { NotedRefusal, Refusals } from './pipelineRefusals.js';
import { storableText } from './rows.js';

export function createRefusals({ query }: Database): Refusals {
  return {
    async note({ pipeline, craftItemId }, { step, words, message, settings, accepted, most }) {
      const key = pipelinePauseKey(pipeline);
      await query('insert into connection_state (connection) values ($1) on conflict do nothing', [key]);
      const what = [storableText(words), step, accepted, most, storableText(message), storableText(settings)];
      const [row] = await query<NotedRefusal>(NOTE, [key, pipeline, craftItemId, ...what]);
      return row ?? { pausedNow: false, isOneMore: false };
    },

    async admit({ pipeline, craftItemId }) {
      await query(
        `update connection_state set admitted_items = admitted_items || $2::text
         where connection = $1 and paused_by is not null and $2 <> all(admitted_items)`,
        [pipelinePauseKey(pipeline), craftItemId],
      );
    },

    async dismiss({ pipeline, craftItemId }) {
      await query(
        `update connection_state set admitted_items = array_remove(admitted_items, $2::text)
         where connection = $1 and $2 = any(admitted_items)`,
        [pipelinePauseKey(pipeline), craftItemId],
      );
    },

    async waiting({ pipeline, craftItemId }, soonMs) {
      const [row] = await query<{ soon: number; locking: number }>(
        `select count(*) filter (where blocked_until < clock_timestamp() + $3 * interval '1 millisecond')::int as soon,
           count(*) filter (where phase = 'locking')::int as locking
         from item_link where pipeline_id = $1 and craft_item_id <> $2 and blocked_by = 'pipeline-paused'
           and phase in ${phaseList(HANDING_OVER_PHASES)}`,
        [pipeline, craftItemId, soonMs],
      );
      return row ?? { soon: 0, locking: 0 };
    },
  };
}

/** $1 the key, $2 pipeline, $3 item, $4 words, $5 step, $6 accepted, $7 most, $8 message, $9 settings. */
const NOTE = `
with before as (
  select paused_by is not null as is_paused, refused_items, refused_at,
    refusal is not distinct from $4 and refused_step is not distinct from $5 as is_same
  from connection_state where connection = $1 for update
), next as (
  select is_paused, is_paused and is_same and $3 <> all(refused_items) as is_one_more,
    array_remove(case when is_same and not exists (
      select from sync_log l where l.pipeline_id = $2 and l.outcome = any($6::text[]) and l.at > before.refused_at
    ) then refused_items else '{}' end, $3::text) || $3::text as items
  from before
), changed as (
  update connection_state c set refusal = $4, refused_step = $5, refused_items = next.items,
    refused_at = clock_timestamp(),
    paused_by = case when cardinality(next.items) >= $7 then 'pipeline-paused' end,
    message = case when cardinality(next.items) >= $7 then $8 end,
    since = case when cardinality(next.items) >= $7 then clock_timestamp() end,
    probed_at = case when cardinality(next.items) >= $7 then clock_timestamp() end,
    refused_settings = $9
  from next where c.connection = $1 and not next.is_paused
  returning c.paused_by is not null as paused
)
select next.is_one_more as "isOneMore", coalesce((select paused from changed), false) as "pausedNow" from next`;
