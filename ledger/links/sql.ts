/** Pieces of SQL that several files of this folder use; `l` is `item_link`. */
import { SENT_AT_UNKNOWN } from '../../domain/link.js';
import { LET_GO_PHASES, type Phase } from '../../domain/phases.js';

/** A named set of phases as a list of SQL. */
export function phaseList(phases: readonly Phase[]): string {
  return `('${phases.join("', '")}')`;
}

/** A link whose dev item is read in feeds and inventories, including `done` ones, because they may be reopened. */
export const LIVE = `l.phase not in ${phaseList(LET_GO_PHASES)} and l.dev_item_id is not null`;

/** A row that holds its Craft item against other pipelines: it has a dev item, or may get one any moment. */
export function holdsItem(row: string): string {
  return `${row}.phase not in ${phaseList(LET_GO_PHASES)}
    and (${row}.dev_item_id is not null or ${row}.sent_at is not null or ${row}.phase = 'creating'
         or ${row}.send_before > clock_timestamp())`;
}

/** In place of the time of a create that is known by its dev item alone: no item of any tool is older. */
export const SENT_LONG_AGO = `timestamptz '${SENT_AT_UNKNOWN}'`;

/**
 * Whether a create `s` of `sent_create` is known by its dev item: by the one that its item was linked to last, or by
 * one with the marker that nobody dismissed; `row` is its `item_link`. These are the dev items that adoptDevItem.ts
 * reads by their ids. Such a create is never forgotten, and none is sent beside it.
 */
export function isKnownById(row: string): string {
  return `(cardinality(s.linked_dev_items) > 0 or not (s.dev_item_ids <@ ${row}.dismissed_dev_items))`;
}

/** Where a create `s` is noted once more: its dev items, if they are of the same tool. Ids of another mean nothing. */
const keptHere = (ids: string): string => `(case when s.dev_tool = excluded.dev_tool then s.${ids} else '{}' end)`;
export const MARKED_HERE = keptHere('dev_item_ids');
export const LINKED_HERE = keptHere('linked_dev_items');

/** The row of $1, $2. */
export const THIS_ITEM = 'pipeline_id = $1 and craft_item_id = $2';

/** The unique index by which only one Craft item can hold a dev item. */
export const LIVE_DEV_ITEM_KEY = 'item_link_live_dev_item';

/** Sets the phase and clears the reason to wait. A pause that began during the step stays, with its reason. */
export function unlessPaused(phase: Phase): string {
  const unless = (column: string, otherwise: string): string =>
    `${column} = case when phase = 'paused' then ${column} else ${otherwise} end`;
  return [
    unless('phase', `'${phase}'`),
    ...['blocked_by', 'blocked_until', 'last_error'].map((column) => unless(column, 'null')),
  ].join(', ');
}

/** After `with noted as (select followed, gone …`, for connection $1: none is gone while deletions are accepted. */
export const COUNTED = `), accepted as (
  select exists (
    select from connection_state
    where connection = $1 and deletions_accepted_at >= clock_timestamp() - interval '1 hour'
  ) as deletions
)
select case when accepted.deletions then 0 else count(*) filter (where gone)::int end as gone,
  count(*) filter (where gone or followed)::int as followed
from accepted left join noted on true group by accepted.deletions`;

/**
 * Whether a row that knows no dev item is to take the newest create `s` that is noted beside it as an open one
 * (`Continuity.recall`); also where there is no row.
 */
export function isRecallable(row: string, create: string): string {
  return `(${row}.pipeline_id is null or (${row}.dev_item_id is null and ${row}.phase <> 'released'
    and (${create}.generation > ${row}.generation
      or (${create}.generation = ${row}.generation and (${row}.sent_at is null or ${isOlderThan(row, create)})))))`;
}

/**
 * Whether a row that knows of a create is older than the one that is noted beside it: it was put back alone. Otherwise
 * every statement that notes a create, or takes a lease after it, leaves the row with a `send_before` no earlier.
 */
export function isOlderThan(row: string, create: string): string {
  return `coalesce(${create}.send_before > ${row}.send_before, false)`;
}

/** Writes a line of the log for the row of $1, $2 where `from` has one; the line is in $`first` and the next five. */
export function logged(from: string, first: number): string {
  const [step, outcome, attempt, detail, workflowId, runId] = [0, 1, 2, 3, 4, 5].map((n) => `$${first + n}`);
  return `logged as (
  insert into sync_log (pipeline_id, craft_item_id, step, outcome, attempt, detail, workflow_id, run_id)
  select $1, $2, ${step}::text, ${outcome}::text, ${attempt}::integer, ${detail}::text, ${workflowId}::text, ${runId}::text
  from ${from} where ${step}::text is not null
)`;
}
