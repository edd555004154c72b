/** Changes to a link that need no lease: its phase and single fields. */
import type { Database, SqlValue } from '../database.js';
import type { ItemRef } from '../../domain/ids.js';
import { LET_GO_PHASES } from '../../domain/phases.js';
import type { LinkPatch, PhaseChange, Phases } from './links.js';
import { storableJson, storableText } from '../rows.js';
import { type Reading, noRow } from './reading.js';
import { phaseList, THIS_ITEM } from './sql.js';

interface Column {
  readonly table: 'item_link' | 'item_detail';
  readonly column: string;
}

/** Where each field of a patch is kept. */
const COLUMNS = {
  craftShortId: { table: 'item_link', column: 'craft_short_id' },
  devItemKey: { table: 'item_link', column: 'dev_item_key' },
  devItemUrl: { table: 'item_link', column: 'dev_item_url' },
  devScope: { table: 'item_link', column: 'dev_scope' },
  devStatus: { table: 'item_link', column: 'dev_status' },
  drift: { table: 'item_link', column: 'drift' },
  duplicate: { table: 'item_link', column: 'duplicate' },
  dismissedDevItems: { table: 'item_link', column: 'dismissed_dev_items' },
  handedOver: { table: 'item_link', column: 'handed_over' },
  fingerprint: { table: 'item_link', column: 'fingerprint' },
  lastProgress: { table: 'item_link', column: 'last_progress' },
  devUpdatedAt: { table: 'item_link', column: 'dev_updated_at' },
  lockedAt: { table: 'item_link', column: 'locked_at' },
  craftUrl: { table: 'item_detail', column: 'craft_url' },
  driftFields: { table: 'item_detail', column: 'drift_fields' },
  duplicateDevItems: { table: 'item_detail', column: 'duplicate_dev_items' },
  uncertainCreates: { table: 'item_detail', column: 'uncertain_creates' },
  unknownSearches: { table: 'item_detail', column: 'unknown_searches' },
  unanswered: { table: 'item_detail', column: 'unanswered' },
  pausedFrom: { table: 'item_detail', column: 'paused_from' },
  parentCraftItemId: { table: 'item_detail', column: 'parent_craft_item_id' },
  settlingSince: { table: 'item_detail', column: 'settling_since' },
  writeRefusedAt: { table: 'item_detail', column: 'write_refused_at' },
  checked: { table: 'item_detail', column: 'checked' },
} as const satisfies Record<keyof LinkPatch, Column>;

export function createPhases(database: Database, reading: Reading): Phases {
  return { ...createPhaseWrites(database, reading), ...createNotes(database) };
}

function createPhaseWrites(
  { query }: Database,
  reading: Reading,
): Pick<Phases, 'set' | 'setAsRead' | 'setUnder' | 'patch'> {
  return {
    async set(item, change) {
      await query(setPhaseSql('true'), phaseValues(item, change));
      return reading.require(item);
    },

    async setAsRead(read, { pausedFrom, endsSteps = false, ...change }) {
      const asRead = [read.claimToken, read.phase, read.generation, read.devItemId];
      const more = [endsSteps, pausedFrom !== undefined, pausedFrom ?? null];
      return (await query(SET_AS_READ, [...phaseValues(read, change), ...asRead, ...more])).length === 1;
    },

    async setUnder(item, token, change, from) {
      const isOwn = `claim_token::text is not distinct from $7::text and (phase <> 'paused' or $8)`;
      const holds = `${isOwn} and not ${ENDS_OPEN} and not ${GOES_BACK}`;
      const rows = await query(setPhaseSql(holds), [...phaseValues(item, change), token, from === 'paused']);
      return rows.length === 1;
    },

    async patch(item, patch) {
      const values: SqlValue[] = [item.pipeline, item.craftItemId];
      const sets = { item_link: ['updated_at = clock_timestamp()'], item_detail: [] as string[] };
      for (const [field, column] of Object.entries(COLUMNS)) {
        const value = patch[field as keyof LinkPatch];
        if (value === undefined) continue;
        values.push(storable(value));
        sets[column.table].push(`${column.column} = $${values.length}`);
      }
      if (values.length === 2) return reading.require(item);
      const changed = await query(patchSql(sets.item_link, sets.item_detail), values);
      if (changed.length === 0) throw noRow(item);
      return reading.require(item);
    },
  };
}

function createNotes({ query }: Database): Pick<Phases, 'noteWoken' | 'noteTold'> {
  return {
    async noteWoken(item) {
      await query(`update item_link set woken_at = clock_timestamp() where ${THIS_ITEM}`, [
        item.pipeline,
        item.craftItemId,
      ]);
    },

    async noteTold(news) {
      if (news.length === 0) return;
      await query(NOTE_TOLD, [
        news.map(({ item }) => item.pipeline),
        news.map(({ item }) => item.craftItemId),
        news.map(({ told }) => storableText(told)),
        news.map(({ item }) => String(item.pushes)),
      ]);
    },
  };
}

/** A push that came in between has dealt with news, perhaps with later ones: then these are told once more. */
const NOTE_TOLD = `
update item_detail d set told = news.told, told_at = clock_timestamp()
from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as news (pipeline_id, craft_item_id, told, pushes)
where d.pipeline_id = news.pipeline_id and d.craft_item_id = news.craft_item_id and d.pushes = news.pushes::integer`;

function phaseValues(item: ItemRef, change: PhaseChange): SqlValue[] {
  return [
    item.pipeline,
    item.craftItemId,
    change.phase,
    change.blockedBy ?? null,
    change.blockedUntil ?? null,
    storableText(change.lastError ?? null),
  ];
}

/** $7 to $10: the row as it was read; $11: whether steps under way end; $12, $13: the phase to go back to, if given. */
const SET_AS_READ = `
with changed as (
  update item_link set phase = $3, blocked_by = $4, blocked_until = $5, last_error = $6, updated_at = clock_timestamp(),
    claim_token = case when $11 then gen_random_uuid() else coalesce(claim_token, gen_random_uuid()) end
  where ${THIS_ITEM} and claim_token::text is not distinct from $7::text and phase = $8 and generation = $9
    and dev_item_id is not distinct from $10::text
  returning 1
)
update item_detail set paused_from = case when $12 then $13::text else paused_from end from changed
where ${THIS_ITEM} returning 1 as changed`;

/**
 * A step that has read the row between the lease of a create and its `sent_at` holds the same token as that create. It
 * must not end the item by what it has read: nobody would look for the dev item (decision 35).
 */
const ENDS_OPEN = `($3 in ${phaseList(LET_GO_PHASES)} and sent_at is not null and dev_item_id is null)`;

/**
 * A write keeps the token. So a step that has read the row before another attempt noted its write holds the same one,
 * and must not send the item back to a phase that is over.
 */
const GOES_BACK = `(phase <> $3 and (($3 = 'locking' and locked_at is not null)
  or ($3 in ${phaseList(['checking', 'creating'])} and dev_item_id is not null)))`;

/** Also notes `gone_at` when the item becomes orphaned, for the guard against mass deletion. */
function setPhaseSql(condition: string): string {
  return `
with before as (
  select phase from item_link where ${THIS_ITEM} for update
), changed as (
  update item_link set phase = $3, blocked_by = $4, blocked_until = $5, last_error = $6, updated_at = clock_timestamp()
  where ${THIS_ITEM} and exists (select from before) and ${condition}
  returning dev_item_id
), noted as (
  update item_detail set gone_at = clock_timestamp() from before, changed
  where ${THIS_ITEM} and $3 = 'orphaned' and before.phase <> 'orphaned' and changed.dev_item_id is not null
    and (gone_at is null or gone_at < clock_timestamp() - interval '1 hour')
)
select 1 as changed from changed`;
}

/** One statement. The link is always written first, so that two writers lock in the same order. */
function patchSql(link: readonly string[], detail: readonly string[]): string {
  const changeLink = `update item_link set ${link.join(', ')} where ${THIS_ITEM} returning pipeline_id, craft_item_id`;
  if (detail.length === 0) return changeLink;
  return `with link as (${changeLink})
    update item_detail d set ${detail.join(', ')} from link
    where d.pipeline_id = link.pipeline_id and d.craft_item_id = link.craft_item_id returning 1 as changed`;
}

function storable(value: Exclude<LinkPatch[keyof LinkPatch], undefined>): SqlValue {
  if (value === null) return null;
  if (typeof value === 'string') return storableText(value);
  if (typeof value === 'boolean' || typeof value === 'number') return value;
  return isList(value) ? value : storableJson(value);
}

function isList(value: object): value is readonly string[] {
  return Array.isArray(value);
}
