/** Craft items that are not found by id: since when, whether the listing shows them, and how many (design 3, Gone). */
import { FINAL_PHASES } from '../../domain/phases.js';
import type { Database } from '../database.js';
import type { GoneCraftItems } from './goneItems.js';
import { noRow } from './reading.js';
import { COUNTED, THIS_ITEM, phaseList } from './sql.js';

export function createGoneInCraft({ query }: Database): GoneCraftItems {
  return {
    async noteMissing(item) {
      const values = [item.pipeline, item.craftItemId];
      const rows = await query<{ for_ms: number; is_listed: boolean | null }>(NOTE_MISSING, values);
      if (rows[0] === undefined) throw noRow(item);
      return { forMs: rows[0].for_ms, isListed: rows[0].is_listed };
    },

    async noteFound(item) {
      const values = [item.pipeline, item.craftItemId];
      await query(`update item_detail set craft_missing_since = null where ${THIS_ITEM}`, values);
    },

    async counts() {
      const rows = await query<{ gone: number; followed: number }>(COUNTS, ['craft']);
      return rows[0] ?? { gone: 0, followed: 0 };
    },

    async mayLookUp(pipeline, everyMs) {
      const rows = await query(
        `insert into craft_look_up as c (pipeline_id, begun_at) values ($1, clock_timestamp())
         on conflict (pipeline_id) do update set begun_at = excluded.begun_at
         where c.begun_at <= clock_timestamp() - $2 * interval '1 millisecond' returning 1 as granted`,
        [pipeline, everyMs],
      );
      return rows.length === 1;
    },

    async missing(pipeline) {
      const rows = await query<{ id: string }>(
        `select craft_item_id as id from item_detail
         where pipeline_id = $1 and craft_missing_since is not null order by 1`,
        [pipeline],
      );
      return rows.map(({ id }) => id);
    },

    async noteLookUp(pipeline, { since, ids, listed }) {
      await query(
        `update item_detail set craft_looked_up_at = $2, craft_listed = craft_item_id = any($4::text[])
         where pipeline_id = $1 and craft_item_id = any($3::text[])`,
        [pipeline, since.toISOString(), ids, listed],
      );
    },
  };
}

/** What a listing showed counts for ten minutes. */
const NOTE_MISSING = `
update item_detail set craft_missing_since = coalesce(craft_missing_since, clock_timestamp()) where ${THIS_ITEM}
returning floor(1000 * extract(epoch from clock_timestamp() - craft_missing_since))::float8 as for_ms,
  case when craft_looked_up_at >= greatest(craft_missing_since, clock_timestamp() - interval '10 minutes')
    then craft_listed end as is_listed`;

/** As for dev items (gone.ts); an item that was never handed over loses nothing when it ends. */
const COUNTS = `
with noted as (
  select l.phase not in ${phaseList(FINAL_PHASES)} as followed,
    coalesce(d.craft_missing_since >= clock_timestamp() - interval '1 hour', false) as gone
  from item_link l join item_detail d on d.pipeline_id = l.pipeline_id and d.craft_item_id = l.craft_item_id
  where l.dev_item_id is not null
${COUNTED}`;
