/** Reads links, and inserts the row of an item that has none. */
import type { ItemLink, ShownLink } from '../../domain/link.js';
import type { ItemRef } from '../../domain/ids.js';
import { FINAL_PHASES, type Phase, type Reason } from '../../domain/phases.js';
import type { Database } from '../database.js';
import { LedgerError } from '../ledgerError.js';
import type { Links } from './links.js';
import { LINK_COLUMNS, LINK_TABLES, type LinkRow, linkFromRow } from '../rows.js';
import { holdsItem, phaseList } from './sql.js';

const IN_ORDER = 'order by l.pipeline_id, l.craft_short_id nulls last, l.craft_item_id';
const SELECT = `select ${LINK_COLUMNS} from ${LINK_TABLES}`;

const SHOWN = `select l.pipeline_id as pipeline, l.craft_item_id as "craftItemId", l.craft_short_id as "craftShortId", l.phase,
  l.blocked_by as "blockedBy", l.blocked_until as "blockedUntil", l.dev_tool as "devTool", l.dev_item_id as "devItemId",
  l.dev_item_key as "devItemKey", l.dev_item_url as "devItemUrl", l.dev_status as "devStatus",
  l.last_progress as "lastProgress", l.drift, l.duplicate, l.last_error as "lastError", l.updated_at as "updatedAt"
from item_link l`;

type ShownRow = Omit<ShownLink, 'updatedAt' | 'blockedUntil'> & {
  readonly updatedAt: Date;
  readonly blockedUntil: Date | null;
};

export interface Reading extends Links {
  /** The row; `no-row` when there is none. */
  require(item: ItemRef): Promise<ItemLink>;
}

export function createReading(database: Database): Reading {
  const { query } = database;

  const one = async (where: string, values: readonly (string | null)[]): Promise<ItemLink | null> => {
    const rows = await query<LinkRow>(`${SELECT} where ${where} limit 1`, values);
    return rows[0] === undefined ? null : linkFromRow(rows[0]);
  };
  const get = (item: ItemRef): Promise<ItemLink | null> =>
    one('l.pipeline_id = $1 and l.craft_item_id = $2', [item.pipeline, item.craftItemId]);
  const require = async (item: ItemRef): Promise<ItemLink> => {
    const link = await get(item);
    if (link === null) throw noRow(item);
    return link;
  };

  return {
    ...createSets(database),
    ...createShown(database),
    get,
    require,

    find: (pipeline, idOrShortId) =>
      one(
        `l.pipeline_id = $1 and (l.craft_item_id = $2 or l.craft_short_id = $2)
         order by (l.craft_item_id = $2) desc, l.updated_at desc`,
        [pipeline, idOrShortId],
      ),

    async begin(item, init) {
      const { devTool, craftShortId, craftUrl, checked = null } = init;
      const values = [item.pipeline, item.craftItemId, devTool, craftShortId, craftUrl, checked];
      const [begun] = await query<LinkRow>(BEGIN, values);
      return begun === undefined ? require(item) : linkFromRow(begun);
    },

    liveElsewhere: (item) =>
      one(
        `l.craft_item_id = $2 and l.pipeline_id <> $1 and ${holdsItem('l')}
         order by l.linked_at nulls last, l.pipeline_id`,
        [item.pipeline, item.craftItemId],
      ),
  };
}

function createShown({ query }: Database): Pick<Reading, 'listShown'> {
  return {
    async listShown(pipeline) {
      const rows = await query<ShownRow>(`${SHOWN} where $1::text is null or l.pipeline_id = $1 ${IN_ORDER}`, [
        pipeline ?? null,
      ]);
      return rows.map(({ updatedAt, blockedUntil, ...row }) => ({
        ...row,
        blockedUntil: blockedUntil?.toISOString() ?? null,
        updatedAt: updatedAt.toISOString(),
      }));
    },
  };
}

function createSets({ query }: Database): Pick<Reading, 'list' | 'listTroubled' | 'countByPhase' | 'byDevItems'> {
  return {
    async list({ pipeline, devTool, phases }) {
      const rows = await query<LinkRow>(
        `${SELECT}
         where ($1::text is null or l.pipeline_id = $1) and ($2::text is null or l.dev_tool = $2)
           and ($3::text[] is null or l.phase = any($3))
         ${IN_ORDER}`,
        [pipeline ?? null, devTool ?? null, phases ?? null],
      );
      return rows.map(linkFromRow);
    },

    async listTroubled(pipeline) {
      const rows = await query<LinkRow>(
        `${SELECT}
         where ($1::text is null or l.pipeline_id = $1)
           and (l.phase in ('blocked', 'paused', 'orphaned') or l.drift or l.duplicate
             or (l.phase not in ${phaseList(FINAL_PHASES)} and (l.blocked_by is not null or l.last_error is not null)))
         ${IN_ORDER}`,
        [pipeline ?? null],
      );
      return rows.map(linkFromRow);
    },

    async countByPhase(pipeline) {
      return await query<{ pipeline: string; phase: Phase; blockedBy: Reason | null; count: number }>(
        `select pipeline_id as pipeline, phase, blocked_by as "blockedBy", count(*)::int as count from item_link
         where $1::text is null or pipeline_id = $1 group by 1, 2, 3 order by 1, 2, 3`,
        [pipeline ?? null],
      );
    },

    async byDevItems(devTool, devItemIds) {
      if (devItemIds.length === 0) return [];
      const rows = await query<LinkRow>(
        `${SELECT} where l.dev_tool = $1 and l.dev_item_id = any($2::text[]) order by l.pipeline_id, l.craft_item_id`,
        [devTool, devItemIds],
      );
      return rows.map(linkFromRow);
    },
  };
}

/**
 * Inserts both rows of the item. In existing rows it fills in only what was not known and, before anything was sent,
 * the dev tool if the pipeline has changed it. A row without a change is not touched. Returns the row where both were
 * written.
 */
const BEGIN = `
with link as (
  insert into item_link as l (pipeline_id, craft_item_id, dev_tool, craft_short_id, phase)
  select $1, $2, $3, $4, case when $6::text is null or exists (
    select from item_link o where o.craft_item_id = $2 and o.pipeline_id <> $1 and ${holdsItem('o')}
  ) then 'checking' else 'creating' end
  on conflict (pipeline_id, craft_item_id) do update set
    craft_short_id = coalesce(excluded.craft_short_id, l.craft_short_id),
    dev_tool = case when l.dev_item_id is null and l.sent_at is null then excluded.dev_tool else l.dev_tool end,
    updated_at = clock_timestamp()
  where (excluded.craft_short_id is not null and excluded.craft_short_id is distinct from l.craft_short_id)
     or (l.dev_item_id is null and l.sent_at is null and excluded.dev_tool <> l.dev_tool)
  returning *
), detail as (
  insert into item_detail as d (pipeline_id, craft_item_id, craft_url, checked) values ($1, $2, $5, $6)
  on conflict (pipeline_id, craft_item_id) do update set craft_url = excluded.craft_url
  where excluded.craft_url is not null and excluded.craft_url is distinct from d.craft_url
  returning *
)
select ${LINK_COLUMNS} from link l, detail d`;

export function noRow(item: ItemRef): LedgerError {
  return new LedgerError('no-row', `item ${item.craftItemId} of pipeline ${item.pipeline} has no row in the ledger`);
}
