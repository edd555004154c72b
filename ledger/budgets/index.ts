/**
 * See `budgets.ts`. A call of a connection with a limit costs about one statement, and several where processes ask at
 * the same time; one of a connection without a limit costs none of its own.
 */
import type { Database } from '../database.js';
import { storableJson } from '../rows.js';
import { BACK_BEFORE_MS, type BudgetPlace, type Budgets, OVERDUE_MS } from './budgets.js';

const NOW_MS = `(extract(epoch from clock_timestamp()) * 1000)::float8`;

export function createBudgets({ query }: Database): Budgets {
  return {
    async load(connection) {
      const row = async () => (await query<LoadedRow>(LOAD, [connection]))[0];
      // Nothing: another process was the first to ask, while this statement ran.
      const { state, version, now_ms: nowMs } = (await row()) ?? (await row()) ?? refuse(`no budget of ${connection}`);
      return { state, version, nowMs };
    },

    async save(connection, { version, state, served }) {
      const [row] = await query<{ now_ms: number }>(served.length === 0 ? SAVE : SAVE_AND_SERVE, [
        connection,
        version,
        storableJson(state),
        ...(served.length === 0 ? [] : [served]),
      ]);
      return row === undefined ? null : { nowMs: row.now_ms };
    },

    async keepPlaces(connection, places) {
      const rows = await query<{ in_ms: number }>(KEEP_PLACES, [connection, storableJson(ranked(places))]);
      return rows.map(({ in_ms }) => in_ms);
    },

    async placesOf(connection, waiters) {
      const rows = await query<{ asked_ms: number | null }>(PLACES_OF, [connection, waiters]);
      return rows.map(({ asked_ms }) => asked_ms);
    },

    async list() {
      const rows = await query<ListedRow>(LIST);
      const known = rows.flatMap(({ connection, state, away }) =>
        connection === null ? [] : [{ connection, state, away }],
      );
      return { nowMs: rows[0]?.now_ms ?? Number.NaN, known };
    },

    async prune() {
      return (await query(PRUNE)).length;
    },
  };
}

/** How many of those given go before each, and after which part of them it comes. */
function ranked(places: readonly BudgetPlace[]): readonly object[] {
  const classes = new Map<string, BudgetPlace[]>();
  for (const place of places) {
    const line = classes.get(place.callClass) ?? [];
    classes.set(place.callClass, line);
    line.push(place);
  }
  const rank = new Map<BudgetPlace, { readonly before: number; readonly part: number }>();
  for (const line of classes.values()) {
    line.sort((one, other) => one.askedMs - other.askedMs);
    line.forEach((place, before) => rank.set(place, { before, part: before / Math.max(1, line.length - 1) }));
  }
  return places.map((place) => ({ ...place, ...rank.get(place) }));
}

function refuse(why: string): never {
  throw new Error(why);
}

interface LoadedRow {
  readonly state: unknown;
  readonly version: number;
  readonly now_ms: number;
}

interface ListedRow {
  /** Null in the only row where nothing is known yet. */
  readonly connection: string | null;
  readonly state: unknown;
  readonly now_ms: number;
  readonly away: Readonly<Record<string, number>>;
}

const LIST = `
with clock as (
  select ${NOW_MS} as now_ms
), away as (
  select connection, call_class, count(*) as calls from budget_waiter, clock
  where turn_ms > clock.now_ms + ${BACK_BEFORE_MS} group by connection, call_class
)
select b.connection, b.state, clock.now_ms, coalesce(
  (select jsonb_object_agg(a.call_class, a.calls) from away a where a.connection = b.connection), '{}'
) as away
from clock left join rate_budget b on true order by b.connection`;

const LOAD = `
with known as (
  insert into rate_budget (connection) values ($1) on conflict do nothing returning state, version
)
select state, version::float8 as version, ${NOW_MS} as now_ms from known
union all
select state, version::float8, ${NOW_MS} from rate_budget where connection = $1
limit 1`;

const SAVE = `
update rate_budget set state = $3::jsonb, version = version + 1, updated_at = clock_timestamp()
where connection = $1 and version = $2
returning ${NOW_MS} as now_ms`;

const SAVE_AND_SERVE = `
with saved as (${SAVE}), served as (
  delete from budget_waiter using saved where connection = $1 and waiter = any($4::text[])
)
select now_ms from saved`;

/**
 * Counts once through the line of each class, before the first of those given, and between the first and the last.
 * Where they stand among the latter is estimated, as turns are: each would otherwise count through the whole line.
 */
const KEEP_PLACES = `
with clock as materialized (
  select ${NOW_MS} as now_ms
), place as materialized (
  select nth, one->>'waiter' as waiter, one->>'callClass' as call_class, (one->>'askedMs')::float8 as asked_ms,
    (one->>'ahead')::float8 as ahead, (one->>'perCallMs')::float8 as per_call_ms,
    (one->>'atLeastMs')::float8 as at_least_ms, (one->>'before')::float8 as before, (one->>'part')::float8 as part
  from jsonb_array_elements($2::jsonb) with ordinality as given (one, nth)
), bounds as materialized (
  select call_class, min(asked_ms) as first_ms, max(asked_ms) as last_ms, array_agg(waiter) as waiters
  from place where per_call_ms > 0 group by call_class
), line as (
  select call_class, (
    select count(*) from budget_waiter w where w.connection = $1 and w.call_class = bounds.call_class
      and w.asked_ms < first_ms and w.turn_ms > (select now_ms from clock) - ${OVERDUE_MS}
  ) as earlier, (
    select count(*) from budget_waiter w where w.connection = $1 and w.call_class = bounds.call_class
      and w.asked_ms >= first_ms and w.asked_ms < last_ms and w.turn_ms > (select now_ms from clock) - ${OVERDUE_MS}
      and w.waiter <> all (waiters)
  ) as among from bounds
), turn as (
  select place.*, now_ms, now_ms + greatest(
    at_least_ms, (ahead + before + coalesce(earlier + round(among * part), 0)) * per_call_ms
  ) as turn_ms
  from place left join line using (call_class), clock
), kept as (
  insert into budget_waiter (connection, waiter, call_class, asked_ms, turn_ms)
  select $1, waiter, call_class, asked_ms, turn_ms from turn order by waiter
  on conflict (connection, waiter) do update
    set call_class = excluded.call_class, asked_ms = excluded.asked_ms, turn_ms = excluded.turn_ms
)
select turn_ms - now_ms as in_ms from turn order by nth`;

const PLACES_OF = `
select asked_ms from unnest($2::text[]) with ordinality as given (waiter, nth)
left join budget_waiter on connection = $1 and budget_waiter.waiter = given.waiter
order by nth`;

const PRUNE = `
delete from budget_waiter where turn_ms < ${NOW_MS} - 86400000 returning 1 as pruned`;
