/** Compares the markers that a dev tool holds with the rows, and gives rows what they lack. */
import type { ItemRef } from '../../domain/ids.js';
import type { Phase } from '../../domain/phases.js';
import type { Database, Query } from '../database.js';
import { HELD, holds } from './claims.js';
import type { Comparison, Continuity, Marked } from './continuity.js';
import { LAST_SENT, REMEMBER } from './sentCreates.js';

export type Comparisons = Pick<Continuity, 'settle' | 'conclude' | 'dismiss'>;

interface Place {
  readonly pipeline: string;
  readonly devTool: string;
}

interface KnownRow {
  readonly generation: number;
  readonly phase: Phase;
  readonly devItemId: string | null;
  readonly hasOpenCreate: boolean;
  /** The row's dev item, and those that it names as duplicates or dismissed. */
  readonly known: readonly string[];
  /** What an open create of it is looked for by already. */
  readonly sought: readonly string[];
}

type Change =
  /** The row is given the dev items as an open create. */
  | { readonly kind: 'open'; readonly marked: Marked }
  /** The row holds another dev item: the further ones are named. */
  | { readonly kind: 'flag'; readonly marked: Marked }
  /** The row was released: what it does not know is noted beside it. */
  | { readonly kind: 'note'; readonly marked: Marked };

export function createComparisons({ query, transaction }: Database): Comparisons {
  return {
    settle: (claim, { marked, ifNoneIsUnknown }) =>
      transaction(async (within) => {
        if (!(await holds(within, claim))) return { status: 'lost' } satisfies Comparison;
        const { pipeline } = claim;
        const place = { pipeline, devTool: claim.devTool };
        const changes = changesFor(
          marked,
          await knownRows(within, place, marked),
          await heldIds(within, place, marked),
        );
        if (changes.length > 0 && ifNoneIsUnknown) return { status: 'some-unknown' } satisfies Comparison;
        for (const change of changes) await makeChange(within, place, change);
        const told = changes.filter(({ kind }) => kind !== 'note');
        const changed = told.map(({ marked: { craftItemId } }): ItemRef => ({ pipeline, craftItemId }));
        return { status: 'settled', changed } satisfies Comparison;
      }),

    async conclude({ pipeline, devTool, token }, doubt) {
      await query(CONCLUDE, [pipeline, devTool, token, doubt.id]);
    },

    async dismiss(pipeline, devTool) {
      await query(DISMISS, [pipeline, devTool]);
    },
  };
}

/** What the rows lack; of an item's generations only the newest may have a live dev item. */
function changesFor(
  marked: readonly Marked[],
  rows: ReadonlyMap<string, KnownRow>,
  held: ReadonlySet<string>,
): readonly Change[] {
  const newest = new Map<string, Marked>();
  for (const one of marked) {
    const other = newest.get(one.craftItemId);
    if (other === undefined || other.generation < one.generation) newest.set(one.craftItemId, one);
  }
  return [...newest.values()].flatMap((one) => {
    const row = rows.get(one.craftItemId);
    const known = new Set([...(row?.known ?? []), ...held]);
    const unknown = { ...one, devItemIds: one.devItemIds.filter((id) => !known.has(id)) };
    const change = unknown.devItemIds.length === 0 ? null : changeOf(unknown, row);
    return change === null ? [] : [change];
  });
}

function changeOf(marked: Marked, row: KnownRow | undefined): Change | null {
  if (row === undefined) return { kind: 'open', marked };
  if (row.generation > marked.generation) return null;
  // It was let go by a person.
  if (row.phase === 'released') return { kind: 'note', marked };
  if (row.devItemId !== null) return { kind: 'flag', marked };
  const isSought = row.hasOpenCreate && row.generation === marked.generation;
  // By its id it is found even if it was created before the row's create, or is moved where no search looks.
  if (isSought && marked.devItemIds.every((id) => row.sought.includes(id))) return null;
  return { kind: 'open', marked };
}

async function knownRows(
  query: Query,
  { pipeline }: Place,
  marked: readonly Marked[],
): Promise<ReadonlyMap<string, KnownRow>> {
  const ids = marked.map(({ craftItemId }) => craftItemId);
  const rows = await query<KnownRow & { craftItemId: string }>(KNOWN_ROWS, [pipeline, ids]);
  return new Map(rows.map((row) => [row.craftItemId, row]));
}

/** Those of the dev items that some Craft item holds: people may have relinked them. */
async function heldIds(query: Query, { devTool }: Place, marked: readonly Marked[]): Promise<ReadonlySet<string>> {
  const rows = await query<{ id: string }>(
    `select dev_item_id as id from item_link where dev_tool = $1 and dev_item_id = any($2::text[]) and phase <> 'released'`,
    [devTool, marked.flatMap(({ devItemIds }) => devItemIds)],
  );
  return new Set(rows.map(({ id }) => id));
}

async function makeChange(query: Query, { pipeline, devTool }: Place, { kind, ...change }: Change): Promise<void> {
  const { craftItemId, generation, devItemIds } = change.marked;
  await query(REMEMBER, [pipeline, craftItemId, generation, devTool, devItemIds, []]);
  if (kind === 'note') return;
  if (kind === 'flag') {
    await query(FLAG, [pipeline, craftItemId, devItemIds]);
    return;
  }
  await query(INSERT, [pipeline, craftItemId, devTool]);
  await query(OPEN, [pipeline, craftItemId, generation, devTool]);
}

const COMPARED =
  'compared_at = clock_timestamp(), claimed_until = null, claim_token = null, trouble = null, reason = null, failures = 0';

const CONCLUDE = `
update marker_comparison set doubt_id = greatest(doubt_id, $4::integer), ${COMPARED} where ${HELD}`;

const DISMISS = `
insert into marker_comparison as c (pipeline_id, dev_tool, doubt_id, compared_at)
values ($1, $2, coalesce((select max(id) from ledger_doubt), 0), clock_timestamp())
on conflict (pipeline_id, dev_tool) do update set doubt_id = greatest(c.doubt_id, excluded.doubt_id), ${COMPARED}`;

const KNOWN_ROWS = `
select l.craft_item_id as "craftItemId", l.generation, l.phase, l.dev_item_id as "devItemId",
  l.sent_at is not null as "hasOpenCreate",
  l.dismissed_dev_items || d.duplicate_dev_items || array_remove(array[l.dev_item_id], null) as known,
  coalesce((
    select s.dev_item_ids || s.linked_dev_items from sent_create s
    where s.pipeline_id = l.pipeline_id and s.craft_item_id = l.craft_item_id and s.generation = l.generation
  ), '{}') as sought
from item_link l join item_detail d on d.pipeline_id = l.pipeline_id and d.craft_item_id = l.craft_item_id
where l.pipeline_id = $1 and l.craft_item_id = any($2::text[])
order by l.craft_item_id for update of l, d`;

const INSERT = `
with link as (
  insert into item_link (pipeline_id, craft_item_id, dev_tool, phase) values ($1, $2, $3, 'creating')
  on conflict do nothing
)
insert into item_detail (pipeline_id, craft_item_id) values ($1, $2) on conflict do nothing`;

/** A fresh token, so that a step which read the row before has no say any more. A pause stays. */
const OPEN = `
with link as (
  update item_link set generation = $3, dev_tool = $4, claim_token = gen_random_uuid(),
    updated_at = clock_timestamp(), (sent_at, send_before) = (
      select s.sent_at, ${LAST_SENT} from sent_create s
      where s.pipeline_id = $1 and s.craft_item_id = $2 and s.generation = $3
    ),
    phase = case when phase = 'paused' then phase else 'creating' end,
    blocked_by = case when phase = 'paused' then blocked_by end,
    last_error = case when phase = 'paused' then last_error end, blocked_until = null
  where pipeline_id = $1 and craft_item_id = $2
  returning phase
)
update item_detail d set paused_from = case when link.phase = 'paused' then 'creating' end, unknown_searches = 0
from link where d.pipeline_id = $1 and d.craft_item_id = $2`;

const FLAG = `
with link as (
  update item_link set duplicate = true, updated_at = clock_timestamp() where pipeline_id = $1 and craft_item_id = $2
)
update item_detail set duplicate_dev_items = duplicate_dev_items || $3::text[]
where pipeline_id = $1 and craft_item_id = $2`;
