/**
 * Moves the rows of a pipeline to a new name. This is safe because of two facts (design 3):
 *  1. A create whose outcome is unknown is found again by its marker, which carries the old name. So nothing is moved
 *     while there is one; the check locks all rows of the pipeline in the same transaction.
 *  2. A run that still uses the old name finds no row: it gets no lease and cannot note `sent_at`, so it sends nothing.
 * Feedback that was sent without an answer also has the old name in its marker; it does not hinder the move and is not
 * sent again.
 */
import type { ItemRef } from '../../domain/ids.js';
import type { Database } from '../database.js';
import type { Renaming } from './links.js';
import { LINKED_HERE, MARKED_HERE } from './sql.js';

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

/**
 * One statement: the foreign key is checked at its end, when both tables have the new name. What is known of the old
 * name's creates goes: a pipeline that is called so later is another one. Which dev items were linked goes along, since
 * they are read by their ids; markers carry the old name.
 */
const MOVE = `
with link as (
  update item_link set pipeline_id = $2 where pipeline_id = $1
), feedback as (
  update item_feedback set pipeline_id = $2,
    outcome = coalesce(outcome, case when sent_at is not null then 'not-repeated' end)
  where pipeline_id = $1
), sent as (
  delete from sent_create where pipeline_id = $1 returning *
), relinked as (
  insert into sent_create as s (pipeline_id, craft_item_id, generation, dev_tool, sent_at, linked_dev_items)
  select $2, craft_item_id, generation, dev_tool, sent_at, linked_dev_items from sent where linked_dev_items <> '{}'
  on conflict (pipeline_id, craft_item_id, generation) do update set dev_tool = excluded.dev_tool,
    dev_item_ids = ${MARKED_HERE}, linked_dev_items = ${LINKED_HERE} || excluded.linked_dev_items
), compared as (
  delete from marker_comparison where pipeline_id = $1
), detail as (
  delete from item_detail where pipeline_id = $1 returning *
)
insert into item_detail
select (jsonb_populate_record(null::item_detail, to_jsonb(detail) || jsonb_build_object('pipeline_id', $2::text))).*
from detail`;
