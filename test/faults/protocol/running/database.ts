/**
 * The real SQL on a real PostgreSQL, whose clock is the run's: `clock_timestamp()` is found in a schema before
 * PostgreSQL's own. Each statement of an actor passes a gate; a transaction passes one, since its row locks order it
 * anyway.
 */
import pg from 'pg';
import type { Database, Query, SqlValue } from '../../../../ledger/database.js';
import { createLedger } from '../../../../ledger/index.js';
import { LedgerError, toLedgerError } from '../../../../ledger/ledgerError.js';
import { actors, type Scheduler } from '../time/scheduler.js';

/** What happens to the connection at the next statement: it breaks before the statement, or before its answer. */
export type BrokenStatement = 'before' | 'after';

export interface VirtualDatabase {
  /** For the run that begins: empty tables, and its scheduler's time. */
  begin(scheduler: Scheduler): Promise<void>;
  /** What the ledger works with. `nextBreaks` is asked once for each statement of an actor. */
  database(nextBreaks: () => BrokenStatement | null, label: () => string): Database;
  /** For judges and people: no gate, at the run's time. */
  sql: Query;
  /** All tables, as they are now. */
  copy(): Promise<string>;
  restore(copy: string): Promise<void>;
  close(): Promise<void>;
}

/** Creates the tables in an empty database. */
export async function openVirtualDatabase(databaseUrl: string): Promise<VirtualDatabase> {
  const ledger = createLedger({ databaseUrl, applicationName: 'protocol' });
  await ledger.migrate();
  await ledger.close();
  // Pipelined, so that the time that a statement is told costs no answer of its own.
  const client = new pg.Client({ connectionString: databaseUrl, pipeline: true });
  await client.connect();
  await client.query(PREPARE);
  const tables = await prepareTables(client);
  return virtualDatabase(client, tables);
}

const PREPARE = `
set synchronous_commit = off;
set jit = off;
set plan_cache_mode = force_generic_plan;
create schema if not exists virtual;
create or replace function virtual.clock_timestamp() returns timestamptz language sql volatile as
  $$ select current_setting('protocol.now')::timestamptz $$;
set search_path = virtual, pg_catalog, public;
set protocol.now = '2026-01-01T00:00:00Z'`;

/** Defaults were bound to PostgreSQL's own clock when the tables were made. */
async function prepareTables(client: pg.Client): Promise<readonly string[]> {
  const defaults = await client.query<{ table_name: string; column_name: string }>(
    `select table_name, column_name from information_schema.columns
     where table_schema = 'public' and column_default like '%clock_timestamp()%'`,
  );
  for (const { table_name: table, column_name: column } of defaults.rows)
    await client.query(`alter table "${table}" alter column "${column}" set default virtual.clock_timestamp()`);
  const { rows } = await client.query<{ tablename: string }>(
    `select tablename from pg_tables where schemaname = 'public' and tablename <> 'pgmigrations' order by tablename`,
  );
  const names = rows.map(({ tablename }) => tablename);
  // Parents first, so that copies can be put back in this order.
  return [...names.filter((name) => PARENTS.includes(name)), ...names.filter((name) => !PARENTS.includes(name))];
}

const PARENTS = ['item_link', 'sweep_cursor'];
/** Deleted rows stay in the tables until they are truncated, and every statement would read over them. */
const TRUNCATE_EVERY = 40;

function virtualDatabase(client: pg.Client, tables: readonly string[]): VirtualDatabase {
  let scheduler: Scheduler | null = null;
  let toldMs = Number.NaN;
  let runs = 0;
  const names = new Map<string, string>();

  const nameOf = (text: string): string => {
    const name = names.get(text) ?? `s${names.size}`;
    names.set(text, name);
    return name;
  };
  const send = async <Row extends object>(text: string, values: readonly SqlValue[]): Promise<readonly Row[]> => {
    const nowMs = scheduler?.nowMs() ?? 0;
    // The time and the statement go in one write.
    const { stream } = client.connection;
    stream.cork();
    process.nextTick(() => stream.uncork());
    if (nowMs !== toldMs) {
      toldMs = nowMs;
      const now = new Date(nowMs).toISOString();
      void client.query({ name: 'now', text: `select set_config('protocol.now', $1, false)`, values: [now] });
    }
    return (await client.query<Row>({ name: nameOf(text), text, values: [...values] })).rows;
  };
  /** Without an actor: the driver's own timers are real. */
  const execute = <Row extends object>(text: string, values: readonly SqlValue[] = []): Promise<readonly Row[]> =>
    actors.run(undefined, () => send<Row>(text, values));
  const tracked = <T>(work: () => Promise<T>): Promise<T> => {
    const sent = work();
    return scheduler === null ? sent : scheduler.inFlight(sent);
  };
  const lost = (): LedgerError =>
    new LedgerError('unreachable', `ledger: the connection broke; try again`, 'ECONNRESET');

  const atGate = async <T>(
    work: () => Promise<T>,
    { nextBreaks, label }: { readonly nextBreaks: () => BrokenStatement | null; readonly label: () => string },
  ): Promise<T> => {
    const actor = actors.getStore();
    let broken: BrokenStatement | null = null;
    if (actor !== undefined) {
      await actor.scheduler.pass(actor, label());
      broken = nextBreaks();
    }
    if (broken === 'before') throw lost();
    try {
      const result = await tracked(work);
      if (broken === 'after') throw lost();
      return result;
    } catch (error) {
      throw toLedgerError(error, 'virtual');
    }
  };

  return {
    async begin(next) {
      scheduler = null;
      toldMs = Number.NaN;
      runs += 1;
      if (runs % TRUNCATE_EVERY === 1) await client.query(`truncate ${tables.join(', ')} restart identity`);
      else
        await client.query(
          [...tables]
            .reverse()
            .map((table) => `delete from ${table}`)
            .join('; '),
        );
      scheduler = next;
    },
    database(nextBreaks, label) {
      const how = { nextBreaks, label };
      const query: Query = (text, values) => atGate(() => execute(text, values), how);
      return {
        where: 'virtual',
        query,
        transaction: (work) => atGate(() => inTransaction(execute, work), how),
        close: () => Promise.resolve(),
      };
    },
    sql: (text, values) => tracked(() => execute(text, values)),
    async copy() {
      const parts = tables.map((table) => `'${table}', (select coalesce(json_agg(t), '[]') from ${table} t)`);
      const [row] = await tracked(() =>
        execute<{ copy: string }>(`select json_build_object(${parts.join(', ')})::text as copy`),
      );
      return row?.copy ?? '{}';
    },
    async restore(copy) {
      const deletes = [...tables].reverse().map((table) => `delete from ${table}`);
      const text = `'${copy.replaceAll("'", "''")}'::json`;
      const inserts = tables.map(
        (table) => `insert into ${table} overriding system value
          select * from json_populate_recordset(null::${table}, ${text} -> '${table}')`,
      );
      await tracked(() =>
        actors.run(undefined, () => client.query(['begin', ...deletes, ...inserts, 'commit'].join('; '))),
      );
    },
    close: () => client.end(),
  };
}

async function inTransaction<T>(query: Query, work: (query: Query) => Promise<T>): Promise<T> {
  await query('begin');
  try {
    const result = await actors.run(undefined, () => work(query));
    await query('commit');
    return result;
  } catch (error) {
    await query('rollback');
    throw error;
  }
}
