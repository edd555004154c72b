/**
 * Rows of links, log, pauses and sweeps become plain data (rule L4 of ledger.ts), and values become storable.
 * `pg` gives timestamps as `Date`, jsonb parsed, bigint and numeric as strings.
 */
import type { HandedOver, ItemLink, UnansweredWrite } from '../domain/link.js';
import type { Phase, Reason } from '../domain/phases.js';
import type { ConnectionPause, LogEntry, SweepRecord } from './ledger.js';

/** `item_link` joined with its companion `item_detail`. */
export interface LinkRow {
  pipeline_id: string;
  craft_item_id: string;
  craft_short_id: string | null;
  dev_tool: string;
  dev_item_id: string | null;
  dev_item_key: string | null;
  dev_item_url: string | null;
  dev_scope: string | null;
  dev_status: string | null;
  generation: number;
  phase: Phase;
  blocked_by: Reason | null;
  blocked_until: Date | null;
  last_error: string | null;
  drift: boolean;
  duplicate: boolean;
  claim_token: string | null;
  claimed_at: Date | null;
  send_before: Date | null;
  sent_at: Date | null;
  linked_at: Date | null;
  locked_at: Date | null;
  handed_over: HandedOver | null;
  fingerprint: string | null;
  last_progress: Readonly<Record<string, string>> | null;
  dev_updated_at: Date | null;
  dismissed_dev_items: string[];
  woken_at: Date | null;
  updated_at: Date;
  craft_url: string | null;
  drift_fields: string[];
  duplicate_dev_items: string[];
  unanswered: UnansweredWrite | null;
  uncertain_creates: number;
  paused_from: Phase | null;
  settling_since: Date | null;
  parent_craft_item_id: string | null;
  sent_target: unknown;
  write_refused_at: Date | null;
  told: string | null;
  pushes: number;
  checked: string | null;
  missing_since: Date | null;
  craft_missing_since: Date | null;
  unknown_searches: number;
}

/** Columns of `LinkRow`, from `item_link l` joined with `item_detail d`. */
export const LINK_COLUMNS = `l.*, d.craft_url, d.drift_fields, d.duplicate_dev_items, d.unanswered,
  d.uncertain_creates, d.paused_from, d.settling_since, d.parent_craft_item_id, d.sent_target,
  d.write_refused_at, d.unknown_searches, d.missing_since, d.craft_missing_since, d.checked, d.pushes,
  case when d.told_at > clock_timestamp() - interval '1 day' then d.told end as told`;

export const LINK_TABLES = `item_link l join item_detail d
  on d.pipeline_id = l.pipeline_id and d.craft_item_id = l.craft_item_id`;

/** From `item_link` and `item_detail`. */
export function linkFromRow(row: LinkRow): ItemLink {
  return { ...factsFromRow(row), ...detailsFromRow(row) };
}

type Details = Pick<
  ItemLink,
  | 'craftUrl'
  | 'driftFields'
  | 'duplicateDevItems'
  | 'unanswered'
  | 'uncertainCreates'
  | 'pausedFrom'
  | 'settlingSince'
  | 'parentCraftItemId'
  | 'sentTarget'
  | 'writeRefusedAt'
  | 'told'
  | 'pushes'
  | 'checked'
  | 'missingSince'
  | 'craftMissingSince'
  | 'unknownSearches'
>;

function factsFromRow(row: LinkRow): Omit<ItemLink, keyof Details> {
  return {
    pipeline: row.pipeline_id,
    craftItemId: row.craft_item_id,
    craftShortId: row.craft_short_id,
    devTool: row.dev_tool,
    devItemId: row.dev_item_id,
    devItemKey: row.dev_item_key,
    devItemUrl: row.dev_item_url,
    devScope: row.dev_scope,
    devStatus: row.dev_status,
    generation: row.generation,
    phase: row.phase,
    blockedBy: row.blocked_by,
    blockedUntil: iso(row.blocked_until),
    lastError: row.last_error,
    drift: row.drift,
    duplicate: row.duplicate,
    claimToken: row.claim_token,
    claimedAt: iso(row.claimed_at),
    sendBefore: iso(row.send_before),
    sentAt: iso(row.sent_at),
    linkedAt: iso(row.linked_at),
    lockedAt: iso(row.locked_at),
    handedOver: row.handed_over,
    fingerprint: row.fingerprint,
    lastProgress: row.last_progress,
    devUpdatedAt: iso(row.dev_updated_at),
    dismissedDevItems: row.dismissed_dev_items,
    wokenAt: iso(row.woken_at),
    updatedAt: row.updated_at.toISOString(),
  };
}

function detailsFromRow(row: LinkRow): Details {
  return {
    craftUrl: row.craft_url,
    driftFields: row.drift_fields,
    duplicateDevItems: row.duplicate_dev_items,
    unanswered: row.unanswered,
    uncertainCreates: row.uncertain_creates,
    pausedFrom: row.paused_from,
    settlingSince: iso(row.settling_since),
    parentCraftItemId: row.parent_craft_item_id,
    sentTarget: row.sent_target,
    writeRefusedAt: iso(row.write_refused_at),
    told: row.told,
    pushes: row.pushes,
    checked: row.checked,
    missingSince: iso(row.missing_since),
    craftMissingSince: iso(row.craft_missing_since),
    unknownSearches: row.unknown_searches,
  };
}

export interface LogRow {
  id: string;
  at: Date;
  pipeline_id: string;
  craft_item_id: string | null;
  step: string;
  outcome: string;
  attempt: number;
  detail: string | null;
  workflow_id: string | null;
  run_id: string | null;
}

export function logEntryFromRow(row: LogRow): LogEntry & { readonly id: string } {
  return {
    id: row.id,
    at: row.at.toISOString(),
    pipeline: row.pipeline_id,
    craftItemId: row.craft_item_id,
    step: row.step,
    outcome: row.outcome,
    attempt: row.attempt,
    detail: row.detail,
    workflowId: row.workflow_id,
    runId: row.run_id,
  };
}

/** A row of `connection_state` that is paused. */
export interface PauseRow {
  connection: string;
  paused_by: Reason;
  message: string;
  since: Date;
  write_refused: boolean;
}

export function pauseFromRow(row: PauseRow): ConnectionPause {
  return {
    connection: row.connection,
    reason: row.paused_by,
    message: row.message,
    since: row.since.toISOString(),
    writeRefused: row.write_refused,
  };
}

export interface SweepRow {
  schedule_id: string;
  started_at: Date;
  ended_at: Date | null;
  result: Readonly<Record<string, unknown>> | null;
  held_back: string | null;
  trouble: string | null;
  trouble_since: Date | null;
}

export function sweepFromRow(row: SweepRow): SweepRecord {
  return {
    scheduleId: row.schedule_id,
    startedAt: row.started_at.toISOString(),
    endedAt: iso(row.ended_at),
    result: row.result,
    heldBack: row.held_back,
    trouble: row.trouble,
    troubleSince: iso(row.trouble_since),
  };
}

export function iso(time: Date | null): string | null {
  return time === null ? null : time.toISOString();
}

/** Text in Postgres cannot hold NUL. */
export function storableText(text: string | null): string | null {
  return text === null ? null : text.replaceAll('\u0000', '\uFFFD');
}

/** JSON for a jsonb column, which takes neither NUL nor half a surrogate pair, not even escaped. */
export function storableJson(value: object | null): string | null {
  if (value === null) return null;
  return JSON.stringify(value).replace(
    /(\\\\)|\\u0000|\\ud[89a-f][0-9a-f]{2}/gi,
    (found, backslash: string | undefined) => (backslash === undefined ? '\uFFFD' : found),
  );
}
