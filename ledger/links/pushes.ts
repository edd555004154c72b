/** Notes what was written to Craft.io, under the lease that the write had (rule 3 of `leases.ts`). */
import type { ItemRef } from '../../domain/ids.js';
import type { Database, SqlValue } from '../database.js';
import type { Pushed, Pushes } from './links.js';
import { storableJson } from '../rows.js';
import { THIS_ITEM, unlessPaused } from './sql.js';

export function createPushes({ query }: Database): Pushes {
  return {
    async storeLock(item, token, lock) {
      const values = [...valuesOf(item, token, lock), storableJson(lock.handedOver), lock.fingerprint];
      return (await query(STORE_LOCK, values)).length === 1;
    },

    async storePushed(item, token, pushed) {
      return (await query(STORE_PUSHED, valuesOf(item, token, pushed))).length === 1;
    },

    async restoreUnanswered(item, token, unanswered) {
      await query(RESTORE_UNANSWERED, [item.pipeline, item.craftItemId, token, storableJson(unanswered)]);
    },
  };
}

function valuesOf(item: ItemRef, token: string, { lastProgress, devItem, open }: Pushed): SqlValue[] {
  return [
    item.pipeline,
    item.craftItemId,
    token,
    storableJson(lastProgress),
    devItem?.id ?? null,
    devItem?.key ?? null,
    devItem?.url ?? null,
    devItem?.scope ?? null,
    devItem?.status ?? null,
    devItem?.updatedAt ?? null,
    storableJson(open ?? null),
  ];
}

/** The pushed dev item ($5 its id, $10 its time) is not older than the newest that was pushed before. */
const NOT_OLDER = `(dev_item_id = $5::text
  and ($10::timestamptz is null or dev_updated_at is null or $10::timestamptz >= dev_updated_at))`;

/** $5 to $10: the dev item that was pushed, or nulls. */
const PUSHED = `last_progress = $4, updated_at = clock_timestamp(),
    dev_item_key = case when ${NOT_OLDER} then $6 else dev_item_key end,
    dev_item_url = case when ${NOT_OLDER} then $7 else dev_item_url end,
    dev_scope = case when ${NOT_OLDER} then $8 else dev_scope end,
    dev_status = case when ${NOT_OLDER} then $9 else dev_status end,
    dev_updated_at = case when ${NOT_OLDER} then coalesce($10::timestamptz, dev_updated_at) else dev_updated_at end`;

/** The link is written first: a rival that takes the lease at the same time either waits for it, or is seen here. */
const storing = (columns: string, detail: string): string => `
with link as (
  update item_link set ${columns} where ${THIS_ITEM} and claim_token::text = $3 returning 1
)
update item_detail set ${detail} from link where ${THIS_ITEM} returning 1 as stored`;

const RESTORE_UNANSWERED = storing('updated_at = clock_timestamp()', 'unanswered = $4::jsonb');

/** A dev item that was pushed is no news any more. */
const PUSHED_DETAIL = `unanswered = $11::jsonb, told = case when $5::text is null then told end,
    pushes = pushes + case when $5::text is null then 0 else 1 end`;

const STORE_PUSHED = storing(PUSHED, PUSHED_DETAIL);

const STORE_LOCK = storing(
  `handed_over = $12, fingerprint = $13, locked_at = coalesce(locked_at, clock_timestamp()),
    ${unlessPaused('following')}, ${PUSHED}`,
  PUSHED_DETAIL,
);
