/** See `budgets.ts`. Two statements at most for a call of a connection with a limit, none for others. */
import type { Database } from '../database.js';
import { storableJson } from '../rows.js';
import { type Budgets, OVERDUE_MS } from './budgets.js';

const NOW_MS = `(extract(epoch from clock_timestamp()) * 1000)::float8`;

export function createBudgets({ query }: Database): Budgets {
  return {
    async load(connection) {
      const [row] = await query<{ state: unknown; version: number; now_ms: number }>(LOAD, [connection]);
      return { state: row?.state ?? {}, version: row?.version ?? 0, nowMs: row?.now_ms ?? Number.NaN };
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
      const rows = await query<{ in_ms: number }>(KEEP_PLACES, [connection, storableJson(places)]);
      return rows.map(({ in_ms }) => in_ms);
    },

    async placesOf(connection, waiters) {
      const rows = await query<{ asked_ms: number | null }>(PLACES_OF, [connection, waiters]);
      return rows.map(({ asked_ms }) => asked_ms);
    },

    async prune() {
      return (await query(PRUNE)).length;
    },
  };
}

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

/** Counts once through the line for all of them: how many of those there already, and of these, go before each. */
const KEEP_PLACES = `
with clock as (
  select ${NOW_MS} as now_ms
), place as (
  select nth, one->>'waiter' as waiter, one->>'callClass' as call_class, (one->>'askedMs')::float8 as asked_ms,
    (one->>'ahead')::float8 as ahead, (one->>'perCallMs')::float8 as per_call_ms,
    (one->>'atLeastMs')::float8 as at_least_ms
  from jsonb_array_elements($2::jsonb) with ordinality as given (one, nth)
), counted as (
  select waiter, call_class, asked_ms from place where per_call_ms > 0
), line as (
  select waiter, call_class, asked_ms from counted
  union all
  select null, call_class, asked_ms from budget_waiter, clock
  where connection = $1 and call_class in (select call_class from counted)
    and asked_ms < (select max(asked_ms) from counted)
    and turn_ms > now_ms - ${OVERDUE_MS} and waiter not in (select waiter from counted)
), before as (
  select waiter, count(*) over (partition by call_class order by asked_ms, waiter) - 1 as places from line
), turn as (
  select place.*, now_ms, now_ms + greatest(at_least_ms, (ahead + coalesce(places, 0)) * per_call_ms) as turn_ms
  from place left join before using (waiter), clock
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
