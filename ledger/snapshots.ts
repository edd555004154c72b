/**
 * What ready sweeps read: each sweep's collection of ids (`sweep_item`), and the newest text of an item
 * (`item_snapshot`, also one that a step read singly), which is deleted at the lock, at the latest after a day. Texts
 * are kept as `json`, which takes any string unchanged.
 */
import type { CraftItem } from '../domain/craftItem.js';
import { HANDING_OVER_PHASES, KNOWN_PHASES, LET_GO_PHASES } from '../domain/phases.js';
import type { Database, Query } from './database.js';
import type { BlockedItem, CollectedItem, Snapshots } from './ledger.js';
import { LedgerError } from './ledgerError.js';
import { holdsItem, phaseList } from './links/sql.js';
import { storableText } from './rows.js';

/** How long an item without any sign of life counts as in hand, so that a lost one does not hold up a sweep. */
const LOST_AFTER = `interval '10 minutes'`;

/**
 * Waits that are part of the hand-over: for budget, for what is soon to be known (these have no reason), and for the
 * markers to be compared, also where that fails for now. The end of the month is waited for by nobody.
 */
const WAITS_IN_HAND = `(l.blocked_by is null and l.blocked_until < clock_timestamp() + interval '15 minutes')
or l.blocked_by = 'rate-limit' or (
  l.blocked_by <> 'month-spent' and l.dev_item_id is null and l.sent_at is null and exists (
    select from marker_comparison c
    where c.pipeline_id = l.pipeline_id and c.dev_tool = l.dev_tool and c.trouble is not null and c.reason = l.blocked_by
  ))`;

interface Entry {
  readonly id: string;
  readonly shortId: string | null;
  readonly item: string | null;
  readonly problem: string | null;
}

export function createSnapshots(database: Database): Snapshots {
  const { query } = database;

  return {
    ...createCollections(database),
    ...createSweepSigns(database),
    ...createBlocked(database),

    collect: (pipeline, sweepId, items) => storePage(query, pipeline, sweepId, items.map(entryOf)),

    collectMalformed: (pipeline, sweepId, entries) =>
      storePage(
        query,
        pipeline,
        sweepId,
        entries.map((entry) => ({ ...entry, item: null })),
      ),

    async drop(item) {
      await query('delete from item_snapshot where pipeline_id = $1 and craft_item_id = $2', [
        item.pipeline,
        item.craftItemId,
      ]);
    },

    async keep(item, craftItem) {
      try {
        await query(KEEP, [item.pipeline, item.craftItemId, JSON.stringify(craftItem)]);
      } catch (error) {
        if (!isUnstorable(error)) throw error;
      }
    },

    // By `now()`: a clock that may move within a statement is looked up in no index.
    async prune() {
      await query(`delete from item_snapshot where read_at < now() - interval '1 day'`);
      await query(PRUNE_COLLECTIONS);
      await query(`delete from ready_collection where seen_at < now() - interval '7 days'`);
    },
  };
}

function createSweepSigns({ query }: Database): Pick<Snapshots, 'noteUnderWay' | 'noteEnded'> {
  return {
    async noteUnderWay(pipeline, sweepId) {
      await query(
        `insert into ready_collection (pipeline_id, sweep_id) values ($1, $2)
         on conflict (pipeline_id, sweep_id) do update set seen_at = excluded.seen_at`,
        [pipeline, sweepId],
      );
    },

    async noteEnded(pipeline, sweepId) {
      await query('update ready_collection set ended_at = clock_timestamp() where pipeline_id = $1 and sweep_id = $2', [
        pipeline,
        sweepId,
      ]);
    },
  };
}

/** How many ids were new. A row that cannot be stored is kept by its id alone, and never stops the others. */
async function storePage(query: Query, pipeline: string, sweepId: string, entries: readonly Entry[]): Promise<number> {
  const page = [...new Map(entries.map((entry) => [entry.id, entry])).values()];
  // Sorted, so that two sweeps with the same items do not wait for each other in a circle.
  page.sort((a, b) => (a.id < b.id ? -1 : 1));
  const store = (rows: readonly Entry[]) => storeRows(query, pipeline, sweepId, rows);
  try {
    return await store(page);
  } catch (error) {
    if (!isUnstorable(error)) throw error;
  }
  let count = 0;
  for (const entry of page) count += await storeAlone(store, entry);
  return count;
}

async function storeAlone(store: (rows: readonly Entry[]) => Promise<number>, entry: Entry): Promise<number> {
  const problem = 'a value of the item cannot be stored in the ledger';
  const shortened = { id: entry.id, shortId: null, item: null, problem };
  for (const form of [entry, shortened]) {
    try {
      return await store([form]);
    } catch (error) {
      if (!isUnstorable(error)) throw error;
    }
  }
  return 0;
}

function isUnstorable(error: unknown): boolean {
  return error instanceof LedgerError && error.kind === 'unstorable';
}

async function storeRows(query: Query, pipeline: string, sweepId: string, page: readonly Entry[]): Promise<number> {
  if (page.length === 0) return 0;
  const rows = await query<{ count: number }>(COLLECT, [
    pipeline,
    sweepId,
    page.map((entry) => entry.id),
    page.map((entry) => storableText(entry.shortId)),
    page.map((entry) => entry.item),
    page.map((entry) => storableText(entry.problem)),
  ]);
  return rows[0]?.count ?? 0;
}

function createCollections({ query }: Database): Pick<Snapshots, 'counts' | 'nextUnknown' | 'markStarted' | 'inHand'> {
  return {
    async counts(pipeline, sweepId) {
      const rows = await query<{ found: number; known: number; unseen: number }>(
        `select count(*)::int as found,
           count(*) filter (where s.started_at is null and l.phase = any($3))::int as known,
           count(*) filter (where s.started_at is null and (l.phase is null or l.phase = 'not-ready'))::int as unseen
         ${COLLECTED}`,
        [pipeline, sweepId, KNOWN_PHASES],
      );
      return rows[0] ?? { found: 0, known: 0, unseen: 0 };
    },

    async nextUnknown(pipeline, sweepId, after, limit) {
      return await query<CollectedItem>(
        `select s.craft_item_id as "craftItemId", s.short_id as "shortId" ${COLLECTED}
           and s.started_at is null and (l.phase is null or l.phase <> all($3)) and ($4::text is null or s.craft_item_id > $4)
         order by s.craft_item_id limit $5`,
        [pipeline, sweepId, KNOWN_PHASES, after, limit],
      );
    },

    async markStarted(pipeline, sweepId, craftItemIds) {
      await query(
        `update sweep_item set started_at = clock_timestamp()
         where pipeline_id = $1 and sweep_id = $2 and craft_item_id = any($3::text[]) and started_at is null`,
        [pipeline, sweepId, craftItemIds],
      );
    },

    async inHand(pipeline, sweepId) {
      const rows = await query<{ count: number }>(
        `select count(*)::int as count ${COLLECTED}
           and s.started_at is not null and (l.phase is null or l.phase in ${phaseList(HANDING_OVER_PHASES)})
           and (l.blocked_until is null or l.blocked_until <= clock_timestamp() or ${WAITS_IN_HAND})
           and greatest(s.started_at, l.updated_at, l.blocked_until) > clock_timestamp() - ${LOST_AFTER}`,
        [pipeline, sweepId],
      );
      return rows[0]?.count ?? 0;
    },
  };
}

function createBlocked({ query }: Database): Pick<Snapshots, 'blocked' | 'noteListed'> {
  return {
    async blocked(pipeline, pipelines) {
      return await query<BlockedItem>(BLOCKED, [pipeline, pipelines]);
    },

    async noteListed(pipeline, shown) {
      await query(
        `update item_detail d set listed = shown.listed,
           listed_times = case when d.listed is not distinct from shown.listed then d.listed_times + 1 else 1 end
         from unnest($2::text[], $3::text[]) as shown (craft_item_id, listed)
         where d.pipeline_id = $1 and d.craft_item_id = shown.craft_item_id`,
        [pipeline, shown.map(({ craftItemId }) => craftItemId), shown.map(({ listed }) => listed)],
      );
    },
  };
}

/** Another row of the same dev tool for the parent of `d`, in a pipeline that is configured ($2). */
const PARENT = `from item_link p where p.craft_item_id = d.parent_craft_item_id and p.dev_tool = l.dev_tool
  and p.pipeline_id = any($2::text[]) and p.phase not in ${phaseList(LET_GO_PHASES)}`;

/** As in parentItem.ts: the parent is waited for while a row of it is to become a dev item, and none is one. */
const WAITS_FOR_PARENT = `not exists (select ${PARENT} and p.dev_item_id is not null and p.phase <> 'orphaned')
  and exists (select ${PARENT} and p.dev_item_id is null and p.blocked_by is distinct from 'linked-elsewhere')`;

const BLOCKED = `
select l.pipeline_id as pipeline, l.craft_item_id as "craftItemId", d.checked, d.listed,
  d.listed_times as "listedTimes",
  case l.blocked_by
    when 'parent' then not (${WAITS_FOR_PARENT})
    when 'linked-elsewhere' then not exists (
      select from item_link o where o.craft_item_id = l.craft_item_id and o.pipeline_id <> l.pipeline_id
        and ${holdsItem('o')})
    else false
  end as "isFree"
from item_link l join item_detail d on d.pipeline_id = l.pipeline_id and d.craft_item_id = l.craft_item_id
where l.pipeline_id = $1 and l.phase = 'blocked' and l.locked_at is null
order by l.craft_item_id`;

/**
 * The collection of sweep $2 of pipeline $1, with the links that exist. The ids of the two tables are sorted in two
 * ways, and without the collation of the other's index all links would be read, those that are done with them.
 */
const COLLECTED = `from sweep_item s
  left join item_link l on l.pipeline_id = s.pipeline_id and l.craft_item_id = s.craft_item_id collate "default"
  where s.pipeline_id = $1 and s.sweep_id = $2`;

/** A sweep may take longer than a week, where the month's calls are spent. */
const PRUNE_COLLECTIONS = `
delete from sweep_item s where collected_at < now() - interval '7 days' and not exists (
  select from ready_collection c where c.pipeline_id = s.pipeline_id and c.sweep_id = s.sweep_id
    and c.ended_at is null and c.seen_at >= clock_timestamp() - interval '7 days'
)`;

/** One statement for a page. A locked item's text is not stored again. */
const COLLECT = `
with page as (
  select * from unnest($3::text[], $4::text[], $5::text[], $6::text[]) as page (id, short_id, item, problem)
), collected as (
  insert into sweep_item (pipeline_id, sweep_id, craft_item_id, short_id) select $1, $2, id, short_id from page
  on conflict do nothing returning 1
), stored as (
  insert into item_snapshot (pipeline_id, craft_item_id, item, problem)
  select $1, id, item::json, problem from page
  where not exists (
    select from item_link where pipeline_id = $1 and craft_item_id = page.id and locked_at is not null
  )
  on conflict (pipeline_id, craft_item_id)
  do update set item = excluded.item, problem = excluded.problem, read_singly = false, read_at = clock_timestamp()
)
select count(*)::int as count from collected`;

const KEEP = `
insert into item_snapshot (pipeline_id, craft_item_id, item, read_singly)
select $1, $2, $3::json, true where not exists (
  select from item_link where pipeline_id = $1 and craft_item_id = $2 and locked_at is not null
)
on conflict (pipeline_id, craft_item_id)
do update set item = excluded.item, problem = null, read_singly = true, read_at = clock_timestamp()`;

function entryOf(item: CraftItem): Entry {
  return { id: item.id, shortId: item.shortId, item: JSON.stringify(item), problem: null };
}
