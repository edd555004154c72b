/** See `budgets.ts`. Two statements at most for a call of a connection with a limit, none for others. */
import type { Database } from '../database.js';
import { storableJson } from '../rows.js';
import { BACK_BEFORE_MS, type Budgets, OVERDUE_MS } from './budgets.js';

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

    async keepPlace({ connection, waiter, callClass, askedMs }, { ahead, perCallMs, atLeastMs }) {
      const values = [connection, waiter, callClass, askedMs, ahead, perCallMs, atLeastMs];
      const [row] = await query<{ in_ms: number }>(KEEP_PLACE, values);
      return row?.in_ms ?? atLeastMs;
    },

    async placeOf(connection, waiter) {
      const rows = await query<{ asked_ms: number }>(PLACE_OF, [connection, waiter]);
      return rows[0]?.asked_ms ?? null;
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

/** $4 askedMs, $5 ahead, $6 perCallMs, $7 atLeastMs. */
const KEEP_PLACE = `
with clock as (
  select ${NOW_MS} as now_ms
), turn as (
  select clock.now_ms, greatest($7::float8, ($5::float8 + (
    select count(*) from budget_waiter
    where connection = $1 and call_class = $3 and asked_ms < $4 and turn_ms > clock.now_ms - ${OVERDUE_MS} and waiter <> $2
  )) * $6::float8) as in_ms from clock
), kept as (
  insert into budget_waiter (connection, waiter, call_class, asked_ms, turn_ms)
  select $1, $2, $3, $4, now_ms + in_ms from turn
  on conflict (connection, waiter) do update
    set call_class = excluded.call_class, asked_ms = excluded.asked_ms, turn_ms = excluded.turn_ms
)
select in_ms from turn`;

const PLACE_OF = `select asked_ms from budget_waiter where connection = $1 and waiter = $2`;

const PRUNE = `
delete from budget_waiter where turn_ms < ${NOW_MS} - 86400000 returning 1 as pruned`;
