/** Live links: their scopes and dev items for feeds and inventories, and those that nothing has touched lately. */
import type { ItemRef } from '../../domain/ids.js';
import { CLOSED_PHASES, FINAL_PHASES } from '../../domain/phases.js';
import type { ShownProgress } from '../../domain/rules/progress.js';
import type { Database } from '../database.js';
import { LINK_COLUMNS, LINK_TABLES, linkFromRow, type LinkRow } from '../rows.js';
import type { LiveLinks } from './liveLinks.js';
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

/** $1: pipeline, $2: field. A row that waits, or whose last write was not answered, is looked at by its own run. */
const SHOWN = `
from ${LINK_TABLES}
where l.pipeline_id = $1 and l.dev_item_id is not null and l.locked_at is not null and l.dev_status is not null
  and l.blocked_until is null and d.unanswered is null
  and (l.phase in ${phaseList(['following', 'settling'])} or (l.phase = 'blocked' and l.blocked_by = 'status-unmapped'))`;
const SHOWN_VALUE = 'l.last_progress ->> $2::text';

export function createLive(database: Database): LiveLinks {
  const { query } = database;
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

    ...createShown(database),
  };
}

function createShown({ query }: Database): Pick<LiveLinks, 'shown' | 'shownAs'> {
  return {
    async shown(pipeline, field) {
      return await query<ShownProgress>(
        `select distinct l.phase, l.dev_status as "devStatus", ${SHOWN_VALUE} as value ${SHOWN} order by 1, 2, 3`,
        [pipeline, field],
      );
    },

    async shownAs(pipeline, field, { phase, devStatus, value, limit }) {
      const rows = await query<LinkRow>(
        `select ${LINK_COLUMNS} ${SHOWN} and l.phase = $3 and l.dev_status = $4
           and ${SHOWN_VALUE} is not distinct from $5::text
         order by l.craft_item_id limit $6`,
        [pipeline, field, phase, devStatus, value, limit],
      );
      return rows.map(linkFromRow);
    },
  };
}
