/** Which dev item a link holds: stored after a create, changed by `relink`, forgotten by `recreate`. */
import type { DevItem } from '../../domain/devItem.js';
import type { ItemRef } from '../../domain/ids.js';
import type { Database, SqlValue } from '../database.js';
import type { StoreDevItem, Pairings } from './links.js';
import { LedgerError } from '../ledgerError.js';
import type { Reading } from './reading.js';
import { LINK_TABLES, linkFromRow, logValues, WRITTEN, type WrittenRow } from '../rows.js';
import { LINKED_HERE, LIVE_DEV_ITEM_KEY, logged, MARKED_HERE, SENT_LONG_AGO, THIS_ITEM, unlessPaused } from './sql.js';

/** The holder may release the dev item between the refusal and this look at it: then the write is tried again. */
const ATTEMPTS = 3;

export function createPairings({ query }: Database, reading: Reading): Pairings {
  const store = async (
    item: ItemRef,
    devItem: DevItem,
    { sql, values, devTool = null }: { sql: string; values: readonly SqlValue[]; devTool?: string | null },
  ) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const [row] = await query<WrittenRow>(sql, values);
        if (row !== undefined) return { status: 'stored', link: linkFromRow(row), now: row.now } satisfies StoreDevItem;
        return { status: 'superseded', link: await reading.require(item) } satisfies StoreDevItem;
      } catch (error) {
        if (!(error instanceof LedgerError) || error.constraint !== LIVE_DEV_ITEM_KEY) throw error;
        const by = await holderOf(query, item, { devTool, devItemId: devItem.id });
        if (by !== null) return { status: 'held', by } satisfies StoreDevItem;
        if (attempt === ATTEMPTS) throw error;
      }
    }
  };

  return {
    storeDevItem: (item, token, devItem, log) =>
      store(item, devItem, {
        sql: STORE_DEV_ITEM,
        values: [...valuesOf(item, devItem), devItem.updatedAt, token, ...logValues(log)],
      }),

    relink: (item, devTool, devItem, { made = [], visibleMs = null, token } = {}) => {
      const as = [visibleMs, made, token === undefined, token ?? null];
      return store(item, devItem, { sql: RELINK, values: [...valuesOf(item, devItem), devTool, ...as], devTool });
    },

    async raiseGeneration(item, { generation, token }) {
      const under = [token === undefined, token ?? null];
      await query(RAISE_GENERATION, [item.pipeline, item.craftItemId, generation, ...under]);
      return reading.require(item);
    },
  };
}

/** `devTool`: the one that was about to be written; null: the row's own. */
async function holderOf(
  query: Database['query'],
  item: ItemRef,
  { devTool, devItemId }: { readonly devTool: string | null; readonly devItemId: string },
): Promise<ItemRef | null> {
  const rows = await query<ItemRef>(
    `select other.pipeline_id as pipeline, other.craft_item_id as "craftItemId"
     from item_link other join item_link l on other.dev_tool = coalesce($4, l.dev_tool)
     where l.pipeline_id = $1 and l.craft_item_id = $2 and other.dev_item_id = $3 and other.phase <> 'released'
       and (other.pipeline_id, other.craft_item_id) <> ($1, $2)`,
    [item.pipeline, item.craftItemId, devItemId, devTool],
  );
  return rows[0] ?? null;
}

function valuesOf(item: ItemRef, devItem: DevItem): SqlValue[] {
  return [item.pipeline, item.craftItemId, devItem.id, devItem.key, devItem.url, devItem.scope, devItem.status];
}

const DEV_ITEM = `dev_item_id = $3, dev_item_key = $4, dev_item_url = $5, dev_scope = $6, dev_status = $7,
    updated_at = clock_timestamp()`;

/**
 * Idempotent under one token: `linked_at` keeps its first value. A pause that began meanwhile stays. What is linked is
 * dismissed no more: a row that was put back may have dismissed it before a relink.
 */
const STORE_DEV_ITEM = `
with link as (
  update item_link set ${DEV_ITEM}, dev_updated_at = $8, ${unlessPaused('locking')},
    linked_at = case when dev_item_id = $3 then coalesce(linked_at, clock_timestamp()) else clock_timestamp() end,
    dismissed_dev_items = array_remove(dismissed_dev_items, $3)
  where ${THIS_ITEM} and claim_token::text = $9
  returning *
), detail as (
  update item_detail d set uncertain_creates = 0, unknown_searches = 0
  from link where d.pipeline_id = $1 and d.craft_item_id = $2 returning d.*
), ${logged('link', 10)}
${WRITTEN}`;

/**
 * A new token ends the lease in force, and stops the steps that began before any lease: these hold null. All other dev
 * items that are known of the item become dismissed ones (the one held before, duplicates, $10: what a lost create has
 * made), and the new one stops being dismissed. It may carry no marker, so that it is noted beside the row, too: a lost
 * row finds it by its id alone. $9: nothing is changed while an open create may still show within so many milliseconds
 * of its `send_before`, also one that is only noted beside the row; null: that does not matter. $11: whatever the
 * token, else only while it is $12: a newer relink has another.
 */
const RELINK = `
with before as (
  select d.duplicate_dev_items as duplicates from ${LINK_TABLES}
  where l.pipeline_id = $1 and l.craft_item_id = $2 for update of l, d
), link as (
  update item_link l set ${DEV_ITEM}, dev_updated_at = null, last_progress = null, locked_at = null, dev_tool = $8,
    phase = 'locking', blocked_by = null, blocked_until = null, last_error = null, linked_at = clock_timestamp(),
    claim_token = gen_random_uuid(), send_before = null, duplicate = false, handed_over = null,
    dismissed_dev_items = array(
      select id from unnest(l.dismissed_dev_items || before.duplicates || l.dev_item_id || $10::text[])
        with ordinality as known (id, n)
      where id <> $3 group by id order by min(n)
    )
  from before
  where ${THIS_ITEM} and not ($9::float8 is not null and dev_item_id is null and exists (
    select from (
      select l.send_before where l.sent_at is not null
      union all
      select s.send_before from sent_create s
      where s.pipeline_id = $1 and s.craft_item_id = $2 and s.generation >= l.generation
    ) as open (until)
    where open.until + $9::float8 * interval '1 millisecond' > clock_timestamp()
  ))
    and ($11 or l.claim_token::text is not distinct from $12::text)
  returning l.*
), record as (
  insert into sent_create as s (pipeline_id, craft_item_id, generation, dev_tool, sent_at, linked_dev_items)
  select $1, $2, generation, $8, ${SENT_LONG_AGO}, array[$3::text] from link
  on conflict (pipeline_id, craft_item_id, generation) do update set dev_tool = excluded.dev_tool, target = null,
    dev_item_ids = ${MARKED_HERE}, linked_dev_items = array_remove(${LINKED_HERE}, $3::text) || $3::text
), detail as (
  update item_detail d set uncertain_creates = 0, settling_since = null, paused_from = null, sent_target = null,
    duplicate_dev_items = '{}'
  from link where d.pipeline_id = $1 and d.craft_item_id = $2 returning d.*
)
${WRITTEN}`;

/**
 * $3: the generation to leave; $4: regardless of the lease, for an operator; otherwise only under the token $5, and not
 * once the item is at rest. Two notes stay: what may still be applied in Craft.io (`unanswered`), and when the dev item
 * was found gone.
 */
const RAISE_GENERATION = `
with link as (
  update item_link set generation = generation + 1, phase = 'checking', blocked_by = null, blocked_until = null,
    last_error = null, drift = false, duplicate = false, dev_item_id = null, dev_item_key = null, dev_item_url = null,
    dev_scope = null, dev_status = null, dev_updated_at = null, claim_token = gen_random_uuid(), claimed_at = null,
    send_before = null, sent_at = null, linked_at = null, locked_at = null, handed_over = null, fingerprint = null,
    last_progress = null, updated_at = clock_timestamp(),
    dismissed_dev_items = case when dev_item_id is null or dev_item_id = any(dismissed_dev_items)
      then dismissed_dev_items else dismissed_dev_items || dev_item_id end
  where ${THIS_ITEM} and generation = $3
    and ($4 or (claim_token::text is not distinct from $5::text and phase not in ('paused', 'released', 'done')))
  returning 1
)
update item_detail set drift_fields = '{}', duplicate_dev_items = '{}', uncertain_creates = 0, unknown_searches = 0,
  paused_from = null, settling_since = null, sent_target = null
from link where ${THIS_ITEM}`;
