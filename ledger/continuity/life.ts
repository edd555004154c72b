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
  /** Somebody said so lately, and not later than this process saw. */
  readonly is_in_use: boolean;
  readonly id: number | null;
  readonly is_first: boolean;
  readonly is_new: boolean | null;
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

  return {
    beat,

    async raise(why) {
      await query(RAISE, [why]);
    },

    async doubt(pipeline, devTool) {
      const ask = () => query<OpenDoubts>(OPEN_DOUBTS, [pipeline, devTool, seen]);
      let [open] = await ask();
      if (open?.is_in_use !== true) {
        await beat();
        [open] = await ask();
      }
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
    isNew: open.is_new === true,
    doubtedAt: open.doubted_at.toISOString(),
    knownUntil: knowsNone ? null : iso(open.known_until),
    why: open.is_first
      ? 'what the dev tool holds of this pipeline was never compared'
      : (open.why ?? 'it may have been restored'),
  };
}

/**
 * `seen`: the latest beat that this process saw, or null; as text, since JavaScript's times have no microseconds. A
 * database's clock may be set back a little; nobody restores a ledger within seconds.
 */
const wentBack = (seen: string): string =>
  `${seen}::timestamptz is not null and alive_at < ${seen}::timestamptz - interval '5 seconds'`;
const WENT_BACK = `(${wentBack('$1')})`;

/** The server is on another timeline than when the ledger was last said to be in use, as far as it tells. */
const OTHER_TIMELINE = 'coalesce(timeline <> ledger_timeline(), false)';

/**
 * Whether the ledger may lack rows of the pipeline, as far as it tells by itself: a doubt is open, or nobody has
 * noticed that the server was restored or failed over. For a statement that must not have an older answer.
 */
export function isInDoubt(pipeline: string, devTool: string): string {
  return `(exists (select from ledger_life where ${OTHER_TIMELINE}) or exists (
    select from ledger_doubt where id > coalesce((
      select doubt_id from marker_comparison
      where pipeline_id = ${pipeline} and dev_tool = ${devTool} and compared_at is not null
    ), 0)
  ))`;
}

/** `decided` has the reason found before the row changes: this statement would not see its own change. */
const BEAT = `
with before as (
  select alive_at, ${WENT_BACK} as went_back, ${OTHER_TIMELINE} as on_other_timeline from ledger_life for update
), reason as (
  select null::timestamptz as alive_at, $1::text is null as is_new,
    case when $1::text is null then 'the ledger is new' else 'the ledger was lost, or replaced by a new one' end as why
  where not exists (select from before)
  union all
  select alive_at, not went_back and not on_other_timeline and not exists (
      select from marker_comparison where compared_at is not null
    ),
    case when went_back then 'the ledger was put back to what it was'
      when on_other_timeline then 'the database server was restored or failed over, and the ledger was last in use'
      else 'nobody used the ledger since' end || to_char(alive_at at time zone 'UTC', ' YYYY-MM-DD HH24:MI" UTC"')
  from before
  where went_back or on_other_timeline
    or alive_at not between clock_timestamp() - ${GAP} and clock_timestamp() + ${GAP}
), doubted as (
  insert into ledger_doubt (known_until, why, is_new) select alive_at - ${SLACK}, why, is_new from reason
)
insert into ledger_life as life (alive_at, timeline)
select clock_timestamp(), ledger_timeline() from (select count(*) from reason) as decided
on conflict (only_row) do update set alive_at = excluded.alive_at, timeline = coalesce(excluded.timeline, life.timeline)
returning life.alive_at::text as alive_at`;

/** The doubt concerns all pipelines: where each has an open one, a further one would only repeat comparisons. */
const RAISE = `
insert into ledger_doubt (known_until, why) select null, $1
where not exists (select from marker_comparison)
   or exists (
     select from marker_comparison
     where doubt_id >= coalesce((select max(id) from ledger_doubt where known_until is null), 0)
   )`;

/** $3: the latest beat that this process saw. */
const OPEN_DOUBTS = `
with compared as (
  select doubt_id from marker_comparison
  where pipeline_id = $1 and dev_tool = $2 and compared_at is not null
)
select exists (
    select from ledger_life
    where alive_at between clock_timestamp() - ${GAP} and clock_timestamp() + ${GAP} and not (${wentBack('$3')})
      and not ${OTHER_TIMELINE}
  ) as is_in_use,
  max(id) as id, not exists (select from compared) as is_first, max(doubted_at) as doubted_at,
  bool_and(is_new) as is_new, bool_or(known_until is null) as knows_none, min(known_until) as known_until,
  (array_agg(why order by id desc))[1] as why
from ledger_doubt where id > coalesce((select doubt_id from compared), 0)`;
