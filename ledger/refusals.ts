/**
 * Refusals of a pipeline's items in a row, and the pause of the pipeline that the same refusal of several of them
 * begins. It is kept, probed and ended as the pause of a connection, under `pipelinePauseKey`.
 */
import { pipelinePauseKey, type ItemRef } from '../domain/ids.js';
import type { RefusedStep } from '../domain/rules/refusals.js';
import type { Database } from './database.js';
import { storableText } from './rows.js';

/** What a paused pipeline was refused. */
export interface Refused {
  readonly pipeline: string;
  readonly step: RefusedStep;
  /** Craft.io's ids of the items that were refused in a row; they are blocked, each with its own reason. */
  readonly items: readonly string[];
  /** Items that are tried nevertheless. */
  readonly admitted: readonly string[];
  /** As `refusedSettings` gives them. */
  readonly settings: string | null;
}

export interface NewRefusal {
  readonly step: RefusedStep;
  /** As `refusalWords` gives them. */
  readonly words: string;
  /** Why the pipeline is paused, should this refusal pause it. */
  readonly message: string;
  readonly settings: string;
  /** The log's outcomes that say that this step of another item was accepted. */
  readonly accepted: readonly string[];
  /** So many different items in a row pause the pipeline. */
  readonly most: number;
}

export interface NotedRefusal {
  /** This refusal has paused the pipeline. */
  readonly pausedNow: boolean;
  /** It was paused before, and this is the same refusal: the item is not one of those that it was paused for. */
  readonly isOneMore: boolean;
}

export interface Refusals {
  /**
   * Notes that an item was refused. The row of the same refusals begins anew with other words, and when an item of the
   * pipeline was accepted in between, as the log says. One statement decides, whichever process asks.
   */
  note(item: ItemRef, refusal: NewRefusal): Promise<NotedRefusal>;
  /** The item is tried although its pipeline is paused, until it is refused; does nothing where it is not paused. */
  admit(item: ItemRef): Promise<void>;
  /** The item waits as the others do. */
  dismiss(item: ItemRef): Promise<void>;
  /** Other items that wait for the paused pipeline: how many look again within `soonMs`, how many are to be locked. */
  waiting(item: ItemRef, soonMs: number): Promise<{ readonly soon: number; readonly locking: number }>;
}

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
         from item_link where pipeline_id = $1 and craft_item_id <> $2 and blocked_by = 'pipeline-paused'`,
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
