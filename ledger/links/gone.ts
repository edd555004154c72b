/** Counts dev items that vanished, for the guard against mass deletion (design 3, Gone). */
import { FINAL_PHASES } from '../../domain/phases.js';
import type { Database } from '../database.js';
import type { GoneDevItems } from './links.js';
import { noRow } from './reading.js';
import { phaseList } from './sql.js';

export function createGone({ query }: Database): GoneDevItems {
  return {
    async noteGone(item) {
      const rows = await query(
        `update item_detail set gone_at = case when gone_at >= clock_timestamp() - interval '1 hour' then gone_at
           else clock_timestamp() end
         where pipeline_id = $1 and craft_item_id = $2 returning 1 as noted`,
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

/**
 * An item counts by when it was found gone, whatever a policy has made of it since; `followed` is what was followed
 * before, the gone ones among it. For an hour after a person resumed a connection that was paused for mass deletion,
 * none counts: that is what was accepted, also of those that nobody had come to yet.
 */
const GONE_COUNTS = `
with noted as (
  select l.dev_item_id is not null and l.phase not in ${phaseList(FINAL_PHASES)} as followed,
    coalesce(d.gone_at >= clock_timestamp() - interval '1 hour', false) as gone
  from item_link l join item_detail d on d.pipeline_id = l.pipeline_id and d.craft_item_id = l.craft_item_id
  where l.dev_tool = $1
), accepted as (
  select exists (
    select from connection_state
    where connection = $1 and deletions_accepted_at >= clock_timestamp() - interval '1 hour'
  ) as deletions
)
select case when accepted.deletions then 0 else count(*) filter (where gone)::int end as gone,
  count(*) filter (where gone or followed)::int as followed
from accepted left join noted on true group by accepted.deletions`;
