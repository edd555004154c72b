/** The inbox: verified webhooks, each once, until their items are woken (design 4, Inbox). */
import type { Database } from '../database.js';
import type { Inbox, StoredDelivery } from '../ledger.js';
import { storableText } from '../rows.js';

interface DeliveryRow {
  id: string;
  dev_tool: string;
  dev_item_ids: string[] | null;
}

const COLUMNS = 'id, dev_tool, dev_item_ids';
const MS = `interval '1 millisecond'`;

export function createInbox(database: Database): Inbox {
  return { ...createStore(database), ...createViews(database) };
}

function createStore({ query }: Database): Pick<Inbox, 'store' | 'markWoken' | 'noteFailed' | 'takeWaiting'> {
  return {
    async store({ devTool, deliveryId, devItemIds }) {
      const rows = await query<DeliveryRow>(
        `insert into webhook_delivery (dev_tool, delivery_id, dev_item_ids) values ($1, $2, $3::text[])
         on conflict (dev_tool, delivery_id) do nothing returning ${COLUMNS}`,
        [devTool, storableText(deliveryId), storableIds(devItemIds)],
      );
      return rows[0] === undefined ? null : deliveryFromRow(rows[0]);
    },

    async markWoken(ids) {
      if (ids.length === 0) return;
      await query(
        `update webhook_delivery set handed_on_at = clock_timestamp(), attempts = attempts + 1, last_error = null
         where id = any($1::bigint[]) and handed_on_at is null`,
        [ids],
      );
    },

    async noteFailed(ids, why) {
      await query(
        `update webhook_delivery set tried_at = clock_timestamp(), attempts = attempts + 1, last_error = $2
         where id = any($1::bigint[]) and handed_on_at is null`,
        [ids, storableText(why)],
      );
    },

    async takeWaiting({ devTool, unmarkedForMs, limit }) {
      const rows = await query<DeliveryRow>(TAKE, [devTool ?? null, unmarkedForMs, limit]);
      return rows.map(deliveryFromRow);
    },
  };
}

/** Two takers never wait for each other and never get the same row. */
const TAKE = `
update webhook_delivery d set tried_at = clock_timestamp()
from (
  select id from webhook_delivery
  where handed_on_at is null and ($1::text is null or dev_tool = $1)
    and coalesce(tried_at, received_at) <= clock_timestamp() - $2 * ${MS}
  order by received_at limit $3 for update skip locked
) due
where d.id = due.id returning d.id, d.dev_tool, d.dev_item_ids`;

function createViews({ query }: Database): Pick<Inbox, 'waiting' | 'lastReceived' | 'prune'> {
  return {
    async waiting() {
      return await query<{ devTool: string; count: number; oldestMs: number }>(
        `select dev_tool as "devTool", count(*)::int as count,
           (extract(epoch from clock_timestamp() - min(received_at)) * 1000)::float as "oldestMs"
         from webhook_delivery where handed_on_at is null group by dev_tool order by dev_tool`,
      );
    },

    async lastReceived() {
      const rows = await query<{ devTool: string; at: Date }>(
        'select dev_tool as "devTool", max(received_at) as at from webhook_delivery group by dev_tool order by dev_tool',
      );
      return rows.map(({ devTool, at }) => ({ devTool, at: at.toISOString() }));
    },

    async prune(keepMs) {
      const rows = await query<{ count: number }>(
        `with pruned as (
           delete from webhook_delivery where received_at < now() - $1 * ${MS} returning 1
         ) select count(*)::int as count from pruned`,
        [keepMs],
      );
      return rows[0]?.count ?? 0;
    },
  };
}

function storableIds(ids: readonly string[] | null): readonly (string | null)[] | null {
  return ids === null ? null : ids.map(storableText);
}

function deliveryFromRow(row: DeliveryRow): StoredDelivery {
  return { id: row.id, devTool: row.dev_tool, devItemIds: row.dev_item_ids };
}
