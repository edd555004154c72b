/** Which links are alive: their scopes and dev items for feeds and inventories, and those that nobody has touched lately. */
import type { ItemRef } from '../../domain/ids.js';
import { FINAL_PHASES } from '../../domain/phases.js';
import type { Database } from '../database.js';
import type { LiveLinks } from './links.js';
import { LIVE, phaseList } from './sql.js';

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
      const rows = await query<{ scope: string }>(
        `select distinct dev_scope as scope from item_link l
         where dev_tool = $1 and ${LIVE} and dev_scope is not null order by 1`,
        [devTool],
      );
      return rows.map((row) => row.scope);
    },

    async liveDevItemIds(devTool, scope) {
      const rows = await query<{ id: string }>(
        `select dev_item_id as id from item_link l where dev_tool = $1 and dev_scope = $2 and ${LIVE} order by 1`,
        [devTool, scope],
      );
      return rows.map((row) => row.id);
    },
  };
}
