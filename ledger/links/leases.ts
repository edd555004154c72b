/**
 * Leases: the right to send one write (design 3, step 2).
 *
 *  1. A token is the newest while it is in `claim_token`. Taking a lease replaces it and never waits for the old one.
 *  2. `send_before` is by the database's clock. The process reads its own clocks before the query, so it gives up
 *     before `send_before`, however long the query or the wait for a connection takes.
 *  3. A write under a token checks the token in the statement that writes.
 */
import type { Database } from '../database.js';
import type { ItemRef } from '../../domain/ids.js';
import type { Lease, LeasedWrite, Leases } from './links.js';
import { iso, LINK_TABLES, type LinkRow, storableJson } from '../rows.js';
import { noRow } from './reading.js';
import { isInDoubt } from '../continuity/life.js';
import { isKnownById, isOlderThan, THIS_ITEM } from './sql.js';

type RowBefore = Pick<
  LinkRow,
  'generation' | 'phase' | 'dev_item_id' | 'claim_token' | 'sent_at' | 'send_before' | 'unanswered'
>;

export function createLeases(database: Database): Leases {
  const { query } = database;
  const take = taking(database);
  return {
    async take(item, aheadMs, write) {
      const lease = await take(item, aheadMs, null, write);
      if (lease === null) throw noRow(item);
      return lease;
    },

    async takeUnlessPaused(item, aheadMs, connection, write) {
      return take(item, aheadMs, connection, write);
    },

    async noteSent(item, token, { phase, handedOver, fingerprint, devTool, target }) {
      const create = [storableJson(handedOver), fingerprint, storableJson(target), phase, devTool];
      return (await query(NOTE_SENT, [item.pipeline, item.craftItemId, token, ...create])).length === 1;
    },

    async clearSent(item, token) {
      await query(CLEAR_SENT, [item.pipeline, item.craftItemId, token]);
    },

    async holdsToken(item, token) {
      const rows = await query(`select 1 as held from item_link where ${THIS_ITEM} and claim_token::text = $3`, [
        item.pipeline,
        item.craftItemId,
        token,
      ]);
      return rows.length === 1;
    },
  };
}

/** `connection`: nothing is taken while its writes are paused; null: whatever is paused. */
function taking({ query }: Database) {
  return async (
    item: ItemRef,
    aheadMs: number,
    connection: string | null,
    write?: LeasedWrite,
  ): Promise<Lease | null> => {
    const deadline = deadlineFromNow(aheadMs);
    const [row] = await query<RowBefore & { readonly new_token: string }>(TAKE_LEASE, [
      item.pipeline,
      item.craftItemId,
      aheadMs,
      write === undefined ? null : storableJson(write.unanswered),
      aheadMs + (write?.lateMs ?? 0),
      write?.after === undefined,
      write?.after ?? null,
      connection,
    ]);
    return row === undefined ? null : { token: row.new_token, deadline, before: beforeFromRow(row) };
  };
}

function beforeFromRow(row: RowBefore): Lease['before'] {
  return {
    generation: row.generation,
    phase: row.phase,
    devItemId: row.dev_item_id,
    claimToken: row.claim_token,
    sentAt: iso(row.sent_at),
    sendBefore: iso(row.send_before),
    unanswered: row.unanswered,
  };
}

/**
 * What is known by its dev item stays noted, and the row takes it from there: it came to be under another token.
 * Nothing is forgotten where a later create is noted: the row was put back, and a token that it had is valid again.
 */
const CLEAR_SENT = `
with link as (
  update item_link l set sent_at = null, updated_at = clock_timestamp()
  where ${THIS_ITEM} and claim_token::text = $3 and sent_at is not null and not exists (
    select from sent_create s
    where s.pipeline_id = $1 and s.craft_item_id = $2 and s.generation = l.generation and ${isOlderThan('l', 's')}
  )
  returning generation, dismissed_dev_items
)
delete from sent_create s using link
where s.pipeline_id = $1 and s.craft_item_id = $2 and s.generation = link.generation and not ${isKnownById('link')}`;

/**
 * The create is noted beside the row, too: a lost row takes it from there (ledger/continuity/sentCreates.ts). None is
 * sent where one of the same generation is noted already: the row was put back after this attempt has read it
 * (decision 35). Whether the ledger may lack rows is asked here once more: between a question of its own and this
 * statement the ledger may be put back to a moment at which the token was the newest already (decision 38).
 */
const NOTE_SENT = `
with link as (
  update item_link set sent_at = coalesce(sent_at, clock_timestamp()), handed_over = $4, fingerprint = $5, dev_tool = $8,
    updated_at = clock_timestamp()
  where ${THIS_ITEM} and claim_token::text = $3 and phase = $7 and not exists (
    select from sent_create s
    where s.pipeline_id = $1 and s.craft_item_id = $2 and s.generation = item_link.generation
  ) and not ${isInDoubt('$1', '$8')}
  returning generation, sent_at, send_before
), record as (
  insert into sent_create (pipeline_id, craft_item_id, generation, dev_tool, sent_at, send_before, target)
  select $1, $2, generation, $8, sent_at, send_before, $6::jsonb from link
)
update item_detail set sent_target = $6::jsonb from link where ${THIS_ITEM} returning 1 as noted`;

/**
 * The monotonic clock decides. The wall clock can only bring the end forward: on some systems the monotonic one stops
 * while the machine sleeps, and the database's does not.
 */
export function deadlineFromNow(aheadMs: number): Lease['deadline'] {
  const startedMs = performance.now();
  const startedAtMs = Date.now();
  return {
    passed: () => performance.now() - startedMs >= aheadMs || Date.now() - startedAtMs >= aheadMs,
  };
}

/**
 * `before` locks both rows first, to see a rival's latest commit and to keep its `unanswered`.
 * $3: how long the lease lasts, $4: the unanswered write or null, $5: until when it may still be applied, both times in
 * milliseconds from now; $6: note it in any case, otherwise only if $7 was the newest token; $8: the connection whose
 * pause is respected, or null.
 */
const TAKE_LEASE = `
with before as (
  select l.generation, l.phase, l.dev_item_id, l.claim_token, l.sent_at, l.send_before, d.unanswered from ${LINK_TABLES}
  where l.pipeline_id = $1 and l.craft_item_id = $2 and not exists (
    select from connection_state where connection = $8::text and paused_by is not null and write_refused
  )
  for update of l, d
), clock as (
  select clock_timestamp() as now from before
), taken as (
  update item_link set claim_token = gen_random_uuid(), claimed_at = clock.now, updated_at = clock.now,
    send_before = clock.now + $3 * interval '1 millisecond'
  from clock where ${THIS_ITEM}
  returning claim_token
), noted as (
  update item_detail d set unanswered = $4::jsonb || jsonb_build_object('until',
    to_char((clock.now + $5 * interval '1 millisecond') at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
  from clock, taken, before
  where d.pipeline_id = $1 and d.craft_item_id = $2 and $4::jsonb is not null
    and ($6 or before.claim_token::text is not distinct from $7::text)
)
select before.*, taken.claim_token as new_token from before, taken`;
