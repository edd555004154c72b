/** Counts changes in a row that no webhook announced, until a webhook about a followed item arrives. */
import type { Silence } from '../../domain/rules/webhookSilence.js';
import type { Database } from '../database.js';
import type { Silences } from '../ledger.js';

/** Whether a delivery about followed items, or one that names none, has arrived since silence `s` began. */
const HEARD = `exists (
  select 1 from webhook_delivery d where d.dev_tool = s.dev_tool and d.received_at > s.since
    and (d.dev_item_ids is null or exists (
      select 1 from item_link l where l.dev_tool = d.dev_tool and l.dev_item_id = any(d.dev_item_ids)))
)`;

export function createSilences(database: Database): Silences {
  const { query } = database;
  return {
    async announced(devTool, changes) {
      const rows = await query<{ id: string }>(ANNOUNCED, [
        devTool,
        changes.map(({ devItemId }) => devItemId),
        changes.map(({ updatedAt }) => updatedAt),
      ]);
      return rows.map(({ id }) => id);
    },

    async note(devTool, { changes, run }) {
      await database.transaction(async (inside) => {
        await inside(`delete from webhook_silence s where dev_tool = $1 and ${HEARD}`, [devTool]);
        await inside(NOTE, [devTool, changes, run]);
      });
    },

    async list() {
      const rows = await query<Omit<Silence, 'since' | 'lastDelivery'> & { since: Date; lastDelivery: Date | null }>(
        LIST,
      );
      return rows.map((row) => ({
        ...row,
        since: row.since.toISOString(),
        lastDelivery: row.lastDelivery?.toISOString() ?? null,
      }));
    },

    async mayAlert(devTool) {
      const rows = await query(
        `update webhook_silence set alerted_at = clock_timestamp()
         where dev_tool = $1 and alerted_at is null returning 1 as granted`,
        [devTool],
      );
      return rows.length === 1;
    },
  };
}

const ANNOUNCED = `
select change.id from unnest($2::text[], $3::timestamptz[]) as change (id, at)
where exists (
  select 1 from webhook_delivery d where d.dev_tool = $1 and d.received_at >= change.at - interval '1 minute'
    and (d.dev_item_ids is null or change.id = any(d.dev_item_ids))
)`;

const NOTE = `
insert into webhook_silence as s (dev_tool, unannounced, sweeps, since, last_run)
values ($1, $2, 1, clock_timestamp(), $3)
on conflict (dev_tool) do update set
  unannounced = s.unannounced + excluded.unannounced,
  sweeps = s.sweeps + (s.last_run <> excluded.last_run)::int,
  last_run = excluded.last_run`;

const LIST = `
select s.dev_tool as "devTool", s.unannounced as changes, s.sweeps, s.since,
  (select max(d.received_at) from webhook_delivery d where d.dev_tool = s.dev_tool) as "lastDelivery"
from webhook_silence s where not ${HEARD} order by s.dev_tool`;
