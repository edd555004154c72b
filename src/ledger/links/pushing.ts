/** What was written to Craft.io, noted under the lease that it was written with (rule 3 of `leases.ts`). */
import type { Database } from '../database.js';
import type { Links } from '../ledger.js';
import { storableJson } from '../rows.js';
import { THIS_ITEM } from './sql.js';

export function createPushing({ query }: Database): Pick<Links, 'storeLock' | 'storePushed'> {
  return {
    async storeLock(item, token, lock) {
      const rows = await query(STORE_LOCK, [
        item.pipeline,
        item.craftItemId,
        token,
        storableJson(lock.handedOver),
        lock.fingerprint,
        storableJson(lock.lastProgress),
      ]);
      return rows.length === 1;
    },

    async storePushed(item, token, { lastProgress, devItem }) {
      const rows = await query(STORE_PUSHED, [
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
      ]);
      return rows.length === 1;
    },
  };
}

const STORE_LOCK = `
with link as (
  update item_link set handed_over = $4, fingerprint = $5, last_progress = $6, phase = 'following',
    locked_at = coalesce(locked_at, clock_timestamp()), blocked_by = null, blocked_until = null, last_error = null,
    updated_at = clock_timestamp()
  where ${THIS_ITEM} and claim_token::text = $3
  returning 1
)
update item_detail set unanswered = null from link where ${THIS_ITEM} returning 1 as stored`;

/** The pushed dev item ($5 its id, $10 its time) is not older than the newest that was pushed before. */
const NOT_OLDER = `(dev_item_id = $5::text
  and ($10::timestamptz is null or dev_updated_at is null or $10::timestamptz >= dev_updated_at))`;

/** $5 to $10: the dev item that was pushed, null without one. */
const STORE_PUSHED = `
with link as (
  update item_link set last_progress = $4, updated_at = clock_timestamp(),
    dev_item_key = case when ${NOT_OLDER} then $6 else dev_item_key end,
    dev_item_url = case when ${NOT_OLDER} then $7 else dev_item_url end,
    dev_scope = case when ${NOT_OLDER} then $8 else dev_scope end,
    dev_status = case when ${NOT_OLDER} then $9 else dev_status end,
    dev_updated_at = case when ${NOT_OLDER} then coalesce($10::timestamptz, dev_updated_at) else dev_updated_at end
  where ${THIS_ITEM} and claim_token::text = $3
  returning 1
)
update item_detail set unanswered = null from link where ${THIS_ITEM} returning 1 as stored`;
