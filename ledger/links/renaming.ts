/**
 * Moves the rows of a pipeline to a new name. Sound only because of two facts (design 3):
 *  1. A create whose outcome is not known is found again by its marker, which carries the old name. So nothing is moved
 *     while there is one, seen with all rows of the pipeline locked in the same transaction.
 *  2. Whatever still runs under the old name finds no row: it gets no lease and may note no `sent_at`, so it sends nothing.
 * Feedback that was sent without an answer has the old name in its marker, too; it stops nobody, and is not repeated.
 */
import type { ItemRef } from '../../domain/ids.js';
import type { Database } from '../database.js';
import type { Renaming } from './links.js';

export function createRenaming({ transaction }: Database): Renaming {
  return {
    renamePipeline: (from, to) =>
      transaction(async (query) => {
        const rows = await query<{ craftItemId: string; isBeingCreated: boolean }>(
          `select craft_item_id as "craftItemId", sent_at is not null and dev_item_id is null as "isBeingCreated"
           from item_link where pipeline_id = $1 order by craft_item_id for update`,
          [from],
        );
        const creating = rows.filter((row) => row.isBeingCreated).map((row) => refOf(from, row.craftItemId));
        if (creating.length > 0) return { status: 'creating', items: creating };
        const taken = await query<{ craftItemId: string }>(
          `select a.craft_item_id as "craftItemId" from item_link a join item_link b using (craft_item_id)
           where a.pipeline_id = $1 and b.pipeline_id = $2 order by 1`,
          [from, to],
        );
        if (taken.length > 0) return { status: 'taken', items: taken.map((row) => refOf(to, row.craftItemId)) };
        await query(MOVE, [from, to]);
        return { status: 'moved', items: rows.map((row) => refOf(to, row.craftItemId)) };
      }),
  };
}

function refOf(pipeline: string, craftItemId: string): ItemRef {
  return { pipeline, craftItemId };
}

/** One statement: the foreign key is checked at its end, when both tables have the new name. */
const MOVE = `
with link as (
  update item_link set pipeline_id = $2 where pipeline_id = $1
), feedback as (
  update item_feedback set pipeline_id = $2,
    outcome = coalesce(outcome, case when sent_at is not null then 'not-repeated' end)
  where pipeline_id = $1
), detail as (
  delete from item_detail where pipeline_id = $1 returning *
)
insert into item_detail
select (jsonb_populate_record(null::item_detail, to_jsonb(detail) || jsonb_build_object('pipeline_id', $2::text))).*
from detail`;
