/**
 * Creates that were sent, kept beside their rows: a row that was deleted, or is older than its create, takes it from
 * here as an open one, so that it is looked for before anything is sent (rule C1 of createDevItem.ts).
 */
import type { Database } from '../database.js';
import { THIS_ITEM } from '../links/sql.js';
import type { Continuity } from './continuity.js';

export type SentCreates = Pick<Continuity, 'remember' | 'recall' | 'seenWithMarker'>;

export function createSentCreates({ query }: Database): SentCreates {
  return {
    async remember(item, { devTool, marked }) {
      const ids = marked.devItemIds;
      await query(REMEMBER, [item.pipeline, item.craftItemId, marked.generation, devTool, ids]);
    },

    async recall(item) {
      const rows = await query(RECALL, [item.pipeline, item.craftItemId]);
      return rows.length === 1;
    },

    async seenWithMarker(item, generation) {
      const rows = await query<{ ids: string[] }>(
        `select dev_item_ids as ids from sent_create where ${THIS_ITEM} and generation = $3`,
        [item.pipeline, item.craftItemId, generation],
      );
      return rows[0]?.ids ?? [];
    },
  };
}

/** $3: generation, $4: dev tool, $5: ids of dev items. */
export const REMEMBER = `
insert into sent_create as s (pipeline_id, craft_item_id, generation, dev_tool, sent_at, dev_item_ids)
values ($1, $2, $3, $4, clock_timestamp(), $5::text[])
on conflict (pipeline_id, craft_item_id, generation) do update set dev_tool = excluded.dev_tool,
  dev_item_ids = s.dev_item_ids || array(
    select id from unnest(excluded.dev_item_ids) with ordinality as u (id, n) where id <> all(s.dev_item_ids) order by n)`;

/** A fresh token, so that a step which read the row before has no say any more. A pause and a release stay. */
const RECALL = `
with link as (
  update item_link l set sent_at = s.sent_at, dev_tool = s.dev_tool, claim_token = gen_random_uuid(),
    updated_at = clock_timestamp(),
    phase = case when l.phase = 'paused' then l.phase else 'creating' end,
    blocked_by = case when l.phase = 'paused' then l.blocked_by end,
    last_error = case when l.phase = 'paused' then l.last_error end,
    blocked_until = null
  from sent_create s
  where l.pipeline_id = $1 and l.craft_item_id = $2 and s.pipeline_id = $1 and s.craft_item_id = $2
    and s.generation = l.generation and l.dev_item_id is null and l.sent_at is null and l.phase <> 'released'
  returning 1
)
update item_detail set paused_from = case when paused_from is null then null else 'creating' end from link
where ${THIS_ITEM} returning 1 as recalled`;
