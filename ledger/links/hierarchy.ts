/** Parents and children in Craft.io, and the items that a text links to (design 4, Hierarchy). */
import type { ItemRef } from '../../domain/ids.js';
import { FINAL_PHASES } from '../../domain/phases.js';
import type { Database } from '../database.js';
import type { Hierarchy } from './links.js';
import { LINK_COLUMNS, LINK_TABLES, type LinkRow, linkFromRow } from '../rows.js';
import { LIVE, phaseList } from './sql.js';

/** How far a chain of parents is followed; Craft.io itself has fewer levels. */
const MAX_LEVELS = 50;

/** Items of any pipeline, not final or paused, that have sent nothing and have this one noted as their parent. */
export const WAITING_CHILDREN = (parentId: string): string => `
select l.pipeline_id as pipeline, l.craft_item_id as "craftItemId" from ${LINK_TABLES}
where d.parent_craft_item_id = ${parentId} and l.dev_item_id is null and l.sent_at is null
  and l.phase not in ${phaseList(['paused', ...FINAL_PHASES])}`;

export function createHierarchy({ query }: Database): Hierarchy {
  return {
    async handOvers(craftItemId) {
      const rows = await query<LinkRow>(
        `select ${LINK_COLUMNS} from ${LINK_TABLES} where l.craft_item_id = $1 order by l.linked_at, l.pipeline_id`,
        [craftItemId],
      );
      return rows.map(linkFromRow);
    },

    async isCollected(craftItemId, pipelines) {
      const rows = await query(COLLECTED, [craftItemId, pipelines]);
      return rows.length > 0;
    },

    async childrenWithoutDevItem(craftItemId) {
      return await query<ItemRef>(`${WAITING_CHILDREN('$1')} order by 1, 2`, [craftItemId]);
    },

    async isAncestor(craftItemId, ofCraftItemId) {
      const rows = await query(ANCESTORS, [ofCraftItemId, craftItemId]);
      return rows.length > 0;
    },

    async liveByCraftUrl(urls) {
      if (urls.length === 0) return [];
      const rows = await query<LinkRow>(
        `select ${LINK_COLUMNS} from ${LINK_TABLES} where d.craft_url = any($1::text[]) and ${LIVE}
           and l.phase <> 'orphaned' order by l.linked_at, l.pipeline_id`,
        [urls],
      );
      return rows.map(linkFromRow);
    },
  };
}

/** Longer than the longest wait of a sweep between two attempts, and a page; and than a run takes to its first step. */
const LIFELESS_AFTER = `interval '30 minutes'`;

/**
 * Collected by a sweep that will start it, or has started it and its run has not come to its first step yet: nothing
 * that was found out of it is newer than that the sweep has seen it ready.
 */
const COLLECTED = `
select 1 as collected from sweep_item s
join ready_collection c on c.pipeline_id = s.pipeline_id and c.sweep_id = s.sweep_id
left join item_link l on l.pipeline_id = s.pipeline_id and l.craft_item_id = s.craft_item_id collate "default"
where s.craft_item_id = $1 and s.pipeline_id = any($2::text[])
  and (l.phase is null or (l.phase = 'not-ready' and l.updated_at < s.collected_at))
  and case when s.started_at is null
    then c.ended_at is null and c.seen_at > clock_timestamp() - ${LIFELESS_AFTER}
    else s.started_at > clock_timestamp() - ${LIFELESS_AFTER} end
limit 1`;

/** The limit on levels ends a circle. */
const ANCESTORS = `
with recursive ancestor (craft_item_id, level) as (
  select $1::text, 0
  union
  select d.parent_craft_item_id, ancestor.level + 1 from ancestor
  join item_detail d on d.craft_item_id = ancestor.craft_item_id
  where d.parent_craft_item_id is not null and ancestor.level < ${MAX_LEVELS}
)
select 1 as found from ancestor where craft_item_id = $2 limit 1`;
