/** Live links: their scopes and dev items for feeds and inventories, and those that nothing has touched lately. */
import type { ItemRef } from '../../domain/ids.js';
import { CLOSED_PHASES, FINAL_PHASES } from '../../domain/phases.js';
import type { Database } from '../database.js';
import type { LiveLinks } from './links.js';
import { LIVE, phaseList } from './sql.js';

const LINKS = `item_link l join item_detail d using (pipeline_id, craft_item_id)`;

/** A closed link whose dev item is known to be missing: nothing is read for it (design 3). */
const KNOWN_MISSING = `(l.phase in ${phaseList(CLOSED_PHASES)} and coalesce(d.missing_since >= l.linked_at, false))`;

/** Steps from scope to scope in the index, so that it does not read every link that has ever been. */
const LIVE_SCOPES = `
with recursive known as (
  select min(dev_scope) as scope from item_link where dev_tool = $1
  union all
  select (select min(dev_scope) from item_link where dev_tool = $1 and dev_scope > known.scope)
  from known where known.scope is not null
)
select scope from known, lateral (
  select from ${LINKS} where dev_tool = $1 and dev_scope = known.scope and ${LIVE} and not ${KNOWN_MISSING} limit 1
) found
order by 1`;

export function createLive({ query }: Database): LiveLinks {
  return {
    async idle(pipeline, idleMs) {
      return await query<ItemRef>(
        `select pipeline_id as pipeline, craft_item_id as "craftItemId" from item_link
         where ($1::text is null or pipeline_id = $1) and phase not in ${phaseList(FINAL_PHASES)}
           and updated_at < clock_timestamp() - $2 * interval '1 millisecond'
         order by updated_at`,
        [pipeline, idleMs],
      );
    },

    async liveScopes(devTool) {
      const rows = await query<{ scope: string }>(LIVE_SCOPES, [devTool]);
      return rows.map((row) => row.scope);
    },

    async liveDevItemIds(devTool, scope) {
      const rows = await query<{ id: string }>(
        `select dev_item_id as id from ${LINKS}
         where dev_tool = $1 and dev_scope = $2 and ${LIVE} and not ${KNOWN_MISSING} order by 1`,
        [devTool, scope],
      );
      return rows.map((row) => row.id);
    },

    async missingDevItemIds(devTool, scope) {
      const rows = await query<{ id: string }>(
        `select dev_item_id as id from ${LINKS}
         where dev_tool = $1 and dev_scope = $2 and ${LIVE} and ${KNOWN_MISSING} order by 1`,
        [devTool, scope],
      );
      return rows.map((row) => row.id);
    },
  };
}
