/**
 * The one connection pool of a process. All SQL goes through it, except migrations.
 *
 *  1. An error on an idle or checked-out connection never becomes an uncaught exception: the pool drops the connection,
 *     and the next query opens another one.
 *  2. No query waits forever: connecting and answering have time limits, so a lost network becomes an error. A process
 *     that is stopped inside a transaction loses it, so others do not wait for its locks. The limits are not set as
 *     start-up parameters of the session, because a connection pooler such as PgBouncer would refuse them.
 *  3. Every failure is thrown as a `LedgerError`.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import pg from 'pg';

import { LedgerError, toLedgerError } from './ledgerError.js';
import { preparing } from './preparedStatements.js';

export type SqlValue = string | number | boolean | null | readonly string[] | readonly (string | null)[];

export type Query = <Row extends object>(sql: string, values?: readonly SqlValue[]) => Promise<readonly Row[]>;

export interface Database {
  /** `host:port/database`, for messages. */
  readonly where: string;
  readonly query: Query;
  /** Runs `work` in one transaction; rolled back when it throws. */
  transaction<T>(work: (query: Query) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly databaseUrl: string;
  readonly applicationName: string;
  readonly maxConnections: number;
}

const CONNECT_TIMEOUT_MS = 10_000;
const STATEMENT_TIMEOUT_MS = 30_000;
/** Longer than the statement's, so that the server gives up first in a transaction. */
const ANSWER_TIMEOUT_MS = STATEMENT_TIMEOUT_MS + 5_000;
/** Without it, closing would wait for a lost server long after everything else has stopped. */
const CLOSE_TIMEOUT_MS = 5_000;
const BEGIN = `begin; set local statement_timeout = ${STATEMENT_TIMEOUT_MS};
  set local idle_in_transaction_session_timeout = ${STATEMENT_TIMEOUT_MS}`;

export function openDatabase(options: DatabaseOptions): Database {
  const where = placeOf(options.databaseUrl);
  const pool = new pg.Pool({
    connectionString: options.databaseUrl,
    application_name: options.applicationName,
    max: options.maxConnections,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: ANSWER_TIMEOUT_MS,
    keepAlive: true,
  });
  pool.on('error', () => undefined);
  const ask = preparing((config) => pool.query(config));

  const query: Query = async <Row extends object>(sql: string, values: readonly SqlValue[] = []) => {
    try {
      const result = await ask<Row>({ text: sql, values: [...values] });
      return result.rows;
    } catch (error) {
      throw toLedgerError(error, where);
    }
  };
  return {
    where,
    query,
    transaction: (work) => inTransaction(pool, where, work),
    close: () => Promise.race([pool.end(), sleep(CLOSE_TIMEOUT_MS, undefined, { ref: false })]),
  };
}

async function inTransaction<T>(pool: pg.Pool, where: string, work: (query: Query) => Promise<T>): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw toLedgerError(error, where);
  });
  // The pool does not listen for the errors of a connection that is checked out.
  client.on('error', ignore);
  const query: Query = async <Row extends object>(sql: string, values: readonly SqlValue[] = []) =>
    (await client.query<Row>(sql, [...values])).rows;
  try {
    await client.query(BEGIN);
    const result = await work(query);
    await query('commit');
    client.removeListener('error', ignore);
    client.release();
    return result;
  } catch (error) {
    client.removeListener('error', ignore);
    // Dropping the connection rolls back, even if it is already broken.
    client.release(true);
    throw toLedgerError(error, where);
  }
}

function ignore(): void {
  // The running query reports it.
}

/** `host:port/database` of a database URL, without user and password. */
function placeOf(databaseUrl: string): string {
  try {
    const url = new URL(databaseUrl);
    if (url.protocol !== 'postgres:' && url.protocol !== 'postgresql:') throw new TypeError('not a Postgres URL');
    return `${url.hostname === '' ? 'local socket' : url.hostname}:${url.port === '' ? '5432' : url.port}${url.pathname}`;
  } catch {
    throw new LedgerError(
      'refused',
      'DATABASE_URL is not a valid URL; expected postgres://user:password@host:5432/database, reserved characters percent-encoded',
    );
  }
}
