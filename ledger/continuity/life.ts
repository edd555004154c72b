/** When the ledger was in use, and what made that doubtful. */
import type { Database } from '../database.js';
import { iso } from '../rows.js';
import type { Continuity, Doubt } from './continuity.js';

/** Processes beat several times in this time, so that nobody takes a slow one for a gap. */
const GAP = "interval '2 minutes'";
/** What was written shortly before the last beat may have been committed after it. */
const SLACK = "interval '1 minute'";

export type Life = Pick<Continuity, 'beat' | 'raise' | 'doubt'>;

interface OpenDoubts {
  readonly id: number | null;
  readonly is_first: boolean;
  readonly doubted_at: Date | null;
  readonly knows_none: boolean | null;
  readonly known_until: Date | null;
  readonly why: string | null;
}

export function createLife({ query }: Database): Life {
  /** The latest beat that this process saw; an earlier one in the ledger shows that it was put back in time. */
  let seen: string | null = null;

  const beat = async (): Promise<void> => {
    const [row] = await query<{ alive_at: string }>(BEAT, [seen]);
    seen = row?.alive_at ?? seen;
  };

  const isInUse = async (): Promise<boolean> => {
    const rows = await query(IN_USE, [seen]);
    return rows.length === 1;
  };

  return {
    beat,

    async raise(why) {
      await query(RAISE, [why]);
    },

    async doubt(pipeline, devTool) {
      if (!(await isInUse())) await beat();
      const [open] = await query<OpenDoubts>(OPEN_DOUBTS, [pipeline, devTool]);
      return open === undefined ? null : doubtOf(open);
    },
  };
}

function doubtOf(open: OpenDoubts): Doubt | null {
  if (open.id === null || open.doubted_at === null) return null;
  const knowsNone = open.is_first || open.knows_none === true;
  return {
    id: open.id,
    isFirst: open.is_first,
    doubtedAt: open.doubted_at.toISOString(),
    knownUntil: knowsNone ? null : iso(open.known_until),
    why: open.is_first
      ? 'what the dev tool holds of this pipeline was never compared'
      : (open.why ?? 'it may have been restored'),
  };
}

/**
 * $1: the latest beat that this process saw, or null; as text, since JavaScript's times have no microseconds. A
 * database's clock may be set back a little; nobody restores a ledger within seconds.
 */
const WENT_BACK = `$1::timestamptz is not null and alive_at < $1::timestamptz - interval '5 seconds'`;

const IN_USE = `
select 1 as used from ledger_life
where alive_at between clock_timestamp() - ${GAP} and clock_timestamp() + ${GAP} and not (${WENT_BACK})`;

/** `decided` has the reason found before the row changes: this statement would not see its own change. */
const BEAT = `
with before as (
  select alive_at from ledger_life for update
), reason as (
  select null::timestamptz as alive_at, 'the ledger is new' as why where not exists (select from before)
  union all
  select alive_at, case when ${WENT_BACK} then 'the ledger was put back to what it was'
    else 'nobody used the ledger since' end || to_char(alive_at at time zone 'UTC', ' YYYY-MM-DD HH24:MI" UTC"')
  from before
  where ${WENT_BACK} or alive_at not between clock_timestamp() - ${GAP} and clock_timestamp() + ${GAP}
), doubted as (
  insert into ledger_doubt (known_until, why) select alive_at - ${SLACK}, why from reason
)
insert into ledger_life as life (alive_at) select clock_timestamp() from (select count(*) from reason) as decided
on conflict (only_row) do update set alive_at = excluded.alive_at
returning life.alive_at::text as alive_at`;

/** The doubt concerns all pipelines: where each has an open one, a further one would only repeat comparisons. */
const RAISE = `
insert into ledger_doubt (known_until, why) select null, $1
where not exists (select from marker_comparison)
   or exists (
     select from marker_comparison
     where doubt_id >= coalesce((select max(id) from ledger_doubt where known_until is null), 0)
   )`;

const OPEN_DOUBTS = `
with compared as (
  select doubt_id from marker_comparison
  where pipeline_id = $1 and dev_tool = $2 and compared_at is not null
)
select max(id) as id, not exists (select from compared) as is_first, max(doubted_at) as doubted_at,
  bool_or(known_until is null) as knows_none, min(known_until) as known_until,
  (array_agg(why order by id desc))[1] as why
from ledger_doubt where id > coalesce((select doubt_id from compared), 0)`;
