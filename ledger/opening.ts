/** What a run or a step of an item begins with, in one statement. */
import { PAUSED } from './connections.js';
import type { Database } from './database.js';
import type { Elsewhere, FreshSnapshot, Opening } from './ledger.js';
import { holdsItem, isRecallable } from './links/sql.js';
import { WAITING_CHILDREN } from './links/hierarchy.js';
import { LINK_COLUMNS, LINK_TABLES, linkFromRow, pauseFromRow, type LinkRow, type PauseRow } from './rows.js';

interface Opened {
  readonly now: Date;
  readonly pauses: readonly (Omit<PauseRow, 'since'> & { readonly since: string })[];
  readonly has_noted_create: boolean;
  readonly has_waiting_children: boolean;
  readonly snapshot: FreshSnapshot | null;
  readonly elsewhere: Elsewhere | null;
}

export function createOpening({ query }: Database): Opening {
  return {
    async read(item, { freshForMs = null } = {}) {
      const values = [item.pipeline, item.craftItemId, freshForMs];
      const [row] = await query<Opened & (LinkRow | { readonly pipeline_id: null })>(OPEN, values);
      if (row === undefined) throw new Error('a select without a condition gave no row');
      return {
        link: row.pipeline_id === null ? null : linkFromRow(row),
        now: row.now,
        pauses: row.pauses.map((pause) => pauseFromRow({ ...pause, since: new Date(pause.since) })),
        hasNotedCreate: row.has_noted_create,
        hasWaitingChildren: row.has_waiting_children,
        snapshot: row.snapshot,
        elsewhere: row.elsewhere,
      };
    },
  };
}

/** $3: how old a snapshot may be, in milliseconds; null: neither that nor the other pipeline is asked for. */
const OPEN = `
select clock_timestamp() as now,
  (select coalesce(json_agg(paused order by paused.connection), '[]') from (
    ${PAUSED}
  ) as paused) as pauses,
  coalesce((select ${isRecallable('link', 's')} from sent_create s
    where s.pipeline_id = $1 and s.craft_item_id = $2 order by s.generation desc limit 1), false) as has_noted_create,
  exists (${WAITING_CHILDREN('$2')}) as has_waiting_children,
  case when $3::float8 is not null then (
    select json_build_object('item', item, 'problem', problem, 'readSingly', read_singly, 'isOfOnePipeline',
      not exists (select from item_link o where o.craft_item_id = $2 and o.pipeline_id <> $1)
    ) from item_snapshot
    where pipeline_id = $1 and craft_item_id = $2
      and read_at >= clock_timestamp() - $3::float8 * interval '1 millisecond'
  ) end as snapshot,
  case when $3::float8 is not null then (
    select json_build_object('pipeline', o.pipeline_id, 'devItemId', o.dev_item_id, 'devItemKey', o.dev_item_key)
    from item_link o where o.craft_item_id = $2 and o.pipeline_id <> $1 and ${holdsItem('o')}
    order by o.linked_at nulls last, o.pipeline_id limit 1
  ) end as elsewhere,
  link.*
from (select) as one left join (
  select ${LINK_COLUMNS} from ${LINK_TABLES} where l.pipeline_id = $1 and l.craft_item_id = $2
) as link on true`;
