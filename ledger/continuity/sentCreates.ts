/**
 * Creates that were sent, kept beside their rows: a row that was deleted, or is older than its create, takes it from
 * here as an open one, so that it is looked for before anything is sent (rule C1 of createDevItem.ts).
 */
import type { Database } from '../database.js';
import { isRecallable, LINKED_HERE, MARKED_HERE, SENT_LONG_AGO, THIS_ITEM } from '../links/sql.js';
import type { Continuity, KnownDevItems } from './continuity.js';

export type SentCreates = Pick<Continuity, 'remember' | 'recall' | 'advance' | 'knownDevItems'>;

export function createSentCreates({ query }: Database): SentCreates {
  return {
    async remember(item, { devTool, generation, marked, linked }) {
      await query(REMEMBER, [item.pipeline, item.craftItemId, generation, devTool, marked, linked]);
    },

    async recall(item) {
      const rows = await query(RECALL, [item.pipeline, item.craftItemId]);
      return rows.length === 1;
    },

    async advance(item, generation) {
      await query(ADVANCE, [item.pipeline, item.craftItemId, generation]);
    },

    async knownDevItems(item, { generation, devTool }) {
      const [row] = await query<KnownDevItems>(
        `select dev_item_ids as marked, linked_dev_items as linked from sent_create
         where ${THIS_ITEM} and generation = $3 and dev_tool = $4`,
        [item.pipeline, item.craftItemId, generation, devTool],
      );
      return row ?? { marked: [], linked: [] };
    },
  };
}

/** What of one array of ids is not in another. */
function further(ids: string, known: string): string {
  return `array(select id from unnest(${ids}) with ordinality as u (id, n) where id <> all(${known}) order by n)`;
}

/**
 * $3: generation, $4: dev tool, $5: ids seen with the marker, $6: ids that the item was linked to. When the create was
 * sent is not known, so a search for it must see whatever was created in the item's whole life.
 */
export const REMEMBER = `
insert into sent_create as s (pipeline_id, craft_item_id, generation, dev_tool, sent_at, dev_item_ids, linked_dev_items)
values ($1, $2, $3, $4, ${SENT_LONG_AGO}, $5::text[], $6::text[])
on conflict (pipeline_id, craft_item_id, generation) do update set dev_tool = excluded.dev_tool,
  sent_at = least(s.sent_at, excluded.sent_at),
  target = case when s.dev_tool = excluded.dev_tool then s.target end,
  dev_item_ids = ${MARKED_HERE} || ${further('excluded.dev_item_ids', MARKED_HERE)},
  linked_dev_items = ${further(LINKED_HERE, 'excluded.linked_dev_items')} || excluded.linked_dev_items`;

/** When the newest create of `s` may have been sent at the latest; by a row of an older release, when it was. */
export const LAST_SENT = 'greatest(s.send_before, s.sent_at)';

/** What a row shows of its phase and of why it waits once it is to be worked on; a pause stays. */
const TO_BE_CREATED = `claim_token = gen_random_uuid(), updated_at = clock_timestamp(),
    phase = case when l.phase = 'paused' then l.phase else 'creating' end,
    blocked_by = case when l.phase = 'paused' then l.blocked_by end,
    last_error = case when l.phase = 'paused' then l.last_error end,
    blocked_until = null`;

/** What belongs to a search that is over, or to a phase before it. */
const DETAIL_TO_BE_CREATED = `unknown_searches = 0,
  paused_from = case when paused_from is null then null else 'creating' end`;

/**
 * The newest generation counts: no older one is created again. A fresh token, so that a step which read the row before
 * has no say any more. A pause and a release stay.
 */
const RECALL = `
with s as (
  select * from sent_create where ${THIS_ITEM} order by generation desc limit 1
), link as (
  update item_link l set generation = s.generation, sent_at = s.sent_at, send_before = ${LAST_SENT},
    dev_tool = s.dev_tool, ${TO_BE_CREATED}
  from s
  where l.pipeline_id = $1 and l.craft_item_id = $2 and ${isRecallable('l', 's')}
  returning s.target
)
update item_detail set ${DETAIL_TO_BE_CREATED}, sent_target = coalesce(link.target, sent_target)
from link where ${THIS_ITEM} returning 1 as recalled`;

/** $3: the generation. */
const ADVANCE = `
with link as (
  update item_link l set generation = $3, sent_at = null, send_before = null, ${TO_BE_CREATED}
  where l.pipeline_id = $1 and l.craft_item_id = $2 and l.dev_item_id is null and l.phase <> 'released'
    and l.generation < $3
  returning 1
)
update item_detail set sent_target = null, ${DETAIL_TO_BE_CREATED} from link where ${THIS_ITEM}`;
