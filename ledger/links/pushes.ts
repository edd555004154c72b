/** Notes what was written to Craft.io, under the lease that the write had (rule 3 of `leases.ts`). */
import type { ItemRef } from '../../domain/ids.js';
import type { Database, SqlValue } from '../database.js';
import type { Pushed, Pushes, Written } from './links.js';
import { linkFromRow, logValues, storableJson, storableText, WRITTEN, type WrittenRow } from '../rows.js';
import { logged, THIS_ITEM } from './sql.js';

export function createPushes({ query }: Database): Pushes {
  const store = async (sql: string, values: readonly SqlValue[]): Promise<Written | null> => {
    const [row] = await query<WrittenRow>(sql, values);
    return row === undefined ? null : { link: linkFromRow(row), now: row.now };
  };
  return {
    storeLock(item, token, lock) {
      const next = lock.next ?? { phase: 'following', lastError: null };
      const values = valuesOf(item, token, { ...lock, next });
      return store(STORE_LOCK, [...values, storableJson(lock.handedOver), lock.fingerprint]);
    },

    storePushed: (item, token, pushed) => store(STORE_PUSHED, valuesOf(item, token, pushed)),

    async restoreUnanswered(item, token, unanswered) {
      await query(RESTORE_UNANSWERED, [item.pipeline, item.craftItemId, token, storableJson(unanswered)]);
    },
  };
}

function valuesOf(item: ItemRef, token: string, { lastProgress, devItem, open, next, log }: Pushed): SqlValue[] {
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
    next?.phase ?? null,
    storableText(next?.lastError ?? null),
    ...logValues(log),
  ];
}

/** The pushed dev item ($5 its id, $10 its time) is not older than the newest that was pushed before. */
const NOT_OLDER = `(dev_item_id = $5::text
  and ($10::timestamptz is null or dev_updated_at is null or $10::timestamptz >= dev_updated_at))`;

/** $12 the phase that follows, $13 its error. A pause that began during the step stays, with its reason. */
const unlessPausedOrNone = (column: string, otherwise: string): string =>
  `${column} = case when $12::text is null or phase = 'paused' then ${column} else ${otherwise} end`;

/** $5 to $10: the dev item that was pushed, or nulls. */
const PUSHED = `last_progress = $4, updated_at = clock_timestamp(),
    ${unlessPausedOrNone('phase', '$12')}, ${unlessPausedOrNone('last_error', '$13')},
    ${unlessPausedOrNone('blocked_by', 'null')}, ${unlessPausedOrNone('blocked_until', 'null')},
    dev_item_key = case when ${NOT_OLDER} then $6 else dev_item_key end,
    dev_item_url = case when ${NOT_OLDER} then $7 else dev_item_url end,
    dev_scope = case when ${NOT_OLDER} then $8 else dev_scope end,
    dev_status = case when ${NOT_OLDER} then $9 else dev_status end,
    dev_updated_at = case when ${NOT_OLDER} then coalesce($10::timestamptz, dev_updated_at) else dev_updated_at end`;

/** The link is written first: a rival that takes the lease at the same time either waits for it, or is seen here. */
const RESTORE_UNANSWERED = `
with link as (
  update item_link set updated_at = clock_timestamp() where ${THIS_ITEM} and claim_token::text = $3 returning 1
)
update item_detail set unanswered = $4::jsonb from link where ${THIS_ITEM}`;

/** A dev item that was pushed is no news any more. */
const storing = (columns: string, more: string): string => `
with link as (
  update item_link set ${columns} where ${THIS_ITEM} and claim_token::text = $3 returning *
), detail as (
  update item_detail d set unanswered = $11::jsonb, told = case when $5::text is null then told end,
    pushes = pushes + case when $5::text is null then 0 else 1 end,
    settling_since = case $12::text when 'settling' then coalesce(settling_since, clock_timestamp())
      when 'following' then null else settling_since end
  from link where d.pipeline_id = $1 and d.craft_item_id = $2 returning d.*
), ${more}${logged('link', 14)}
${WRITTEN}`;

const STORE_PUSHED = storing(PUSHED, '');

const STORE_LOCK = storing(
  `handed_over = $20, fingerprint = $21, locked_at = coalesce(locked_at, clock_timestamp()), ${PUSHED}`,
  `dropped as (
  delete from item_snapshot s using link where s.pipeline_id = $1 and s.craft_item_id = $2
), `,
);
