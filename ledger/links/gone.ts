/** Dev items that are not found by id: when they were looked for, and how many vanished (design 3, Gone). */
import { CLOSED_PHASES, FINAL_PHASES } from '../../domain/phases.js';
import type { Database } from '../database.js';
import type { GoneDevItems } from './goneItems.js';
import { noRow } from './reading.js';
import { COUNTED, THIS_ITEM, phaseList } from './sql.js';

export function createGone(database: Database): GoneDevItems {
  return { ...createCounts(database), ...createLooks(database), ...createClosed(database) };
}

function createCounts({ query }: Database): Pick<GoneDevItems, 'noteGone' | 'goneCounts'> {
  return {
    async noteGone(item) {
      const rows = await query(
        `update item_detail set gone_at = case when gone_at >= clock_timestamp() - interval '1 hour' then gone_at
           else clock_timestamp() end
         where ${THIS_ITEM} returning 1 as noted`,
        [item.pipeline, item.craftItemId],
      );
      if (rows.length === 0) throw noRow(item);
    },

    async goneCounts(devTool) {
      const rows = await query<{ gone: number; followed: number }>(GONE_COUNTS, [devTool]);
      return rows[0] ?? { gone: 0, followed: 0 };
    },
  };
}

function createLooks({ query }: Database): Pick<GoneDevItems, 'noteMissing' | 'noteFound' | 'nextLook'> {
  return {
    async noteMissing(item, { beganMsAgo, readAfterWriteMs }) {
      await query(NOTE_MISSING, [item.pipeline, item.craftItemId, beganMsAgo, readAfterWriteMs]);
    },

    async noteFound(item) {
      await query(
        `update item_detail d set missing_since = null,
           gone_at = case when d.gone_at >= l.linked_at then null else d.gone_at end
         from item_link l where l.pipeline_id = d.pipeline_id and l.craft_item_id = d.craft_item_id
           and d.pipeline_id = $1 and d.craft_item_id = $2`,
        [item.pipeline, item.craftItemId],
      );
    },

    async nextLook(item, readAfterWriteMs) {
      const rows = await query<{ is_second: boolean; wait_ms: number }>(NEXT_LOOK, [
        item.pipeline,
        item.craftItemId,
        readAfterWriteMs,
      ]);
      if (rows[0] === undefined) throw noRow(item);
      return { isSecond: rows[0].is_second, waitMs: rows[0].wait_ms };
    },
  };
}

function createClosed({ query }: Database): Pick<GoneDevItems, 'noteClosedMissing' | 'noteClosedFound'> {
  return {
    async noteClosedMissing(devTool, devItemIds) {
      if (devItemIds.length === 0) return;
      await query(
        `update item_detail d set missing_since = case
             when d.missing_since >= l.linked_at then d.missing_since else clock_timestamp() end ${OF_CLOSED}
           and l.dev_item_id = any($2::text[])`,
        [devTool, devItemIds],
      );
    },

    async noteClosedFound(devTool, devItems) {
      if (devItems.length === 0) return;
      const ids = devItems.map(({ id }) => id);
      await query(
        `update item_detail d set missing_since = null ${OF_CLOSED} and l.dev_item_id = any($2::text[])
           and d.missing_since is not null`,
        [devTool, ids],
      );
      await query(
        `update item_link l set dev_scope = found.scope
         from unnest($2::text[], $3::text[]) as found (id, scope)
         where l.dev_tool = $1 and l.dev_item_id = found.id and l.phase in ${phaseList(CLOSED_PHASES)}
           and l.dev_scope is distinct from found.scope`,
        [devTool, ids, devItems.map(({ scope }) => scope)],
      );
    },
  };
}

const OF_CLOSED = `from item_link l where l.pipeline_id = d.pipeline_id and l.craft_item_id = d.craft_item_id
  and l.dev_tool = $1 and l.phase in ${phaseList(CLOSED_PHASES)}`;

/** When a read that began $3 milliseconds ago began. */
const BEGAN = "clock_timestamp() - $3 * interval '1 millisecond'";

const NOTE_MISSING = `
update item_detail d set missing_since = case
    when d.missing_since >= l.linked_at then d.missing_since
    when ${BEGAN} >= l.linked_at + $4 * interval '1 millisecond' then ${BEGAN}
  end
from item_link l where l.pipeline_id = d.pipeline_id and l.craft_item_id = d.craft_item_id
  and d.pipeline_id = $1 and d.craft_item_id = $2`;

/** A note from before `linked_at` is about an earlier dev item. */
const NEXT_LOOK = `
select coalesce(d.missing_since >= l.linked_at, false) as is_second,
  greatest(0, ceil(1000 * extract(epoch from
    case when d.missing_since >= l.linked_at then d.missing_since else l.linked_at end
    + $3 * interval '1 millisecond' - clock_timestamp())))::int as wait_ms
from item_link l join item_detail d on d.pipeline_id = l.pipeline_id and d.craft_item_id = l.craft_item_id
where l.pipeline_id = $1 and l.craft_item_id = $2`;

/**
 * An item counts by the time at which it was found gone, whatever a policy did with it since; `followed` includes the
 * gone ones. For an hour after a person resumed a connection that was paused for mass deletion, none counts: that
 * person accepted the deletions, including those that had not been found yet.
 */
const GONE_COUNTS = `
with noted as (
  select l.dev_item_id is not null and l.phase not in ${phaseList(FINAL_PHASES)} as followed,
    coalesce(d.gone_at >= clock_timestamp() - interval '1 hour', false) as gone
  from item_link l join item_detail d on d.pipeline_id = l.pipeline_id and d.craft_item_id = l.craft_item_id
  where l.dev_tool = $1
${COUNTED}`;
