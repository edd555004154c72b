/**
 * Applies migrations with node-pg-migrate, which keeps their names in `craftsync_migrations` and runs one process at a
 * time under its advisory lock; others wait for it and then find nothing to do.
 *
 * The role that migrates owns the tables. A runtime role of its own needs, once, as the owner:
 *   GRANT USAGE ON SCHEMA public TO runtime;
 *   ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO runtime;
 * before the first migration: migration 0013 takes from it what would change the log or the list of migrations.
 */
import { fileURLToPath } from 'node:url';

import pg from 'pg';

import type { Database } from './database.js';
import { LedgerError, toLedgerError } from './ledgerError.js';
import { MIGRATIONS } from './migrations/index.js';

const MIGRATIONS_TABLE = 'craftsync_migrations';
const APPLIED = `select name from ${MIGRATIONS_TABLE}`;
/** How long to wait for another process's migrations, or for a lock on a table. */
const LOCK_TIMEOUT_MS = 120_000;

/** Whether every migration of this release has been applied. A database without the table has none. */
export async function isMigrated(database: Database): Promise<boolean> {
  try {
    return areAll(await database.query<{ name: string }>(APPLIED));
  } catch (error) {
    if (error instanceof LedgerError && error.kind === 'not-migrated') return false;
    throw error;
  }
}

/** Applies what is missing, in one transaction, and returns the names. Several processes may do so at once. */
export async function migrate(databaseUrl: string, where: string): Promise<readonly string[]> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: 'craftsync migrate',
    connectionTimeoutMillis: 10_000,
  });
  client.on('error', () => undefined);
  const refused = rememberRefusals(client);
  try {
    await client.connect();
    await assertUtf8(client, where);
    // The runner would also look after its own table, which a runtime role may only read.
    if (await hasAll(client)) return [];
    await client.query(`set lock_timeout = ${LOCK_TIMEOUT_MS}`);
    return await run(client);
  } catch (error) {
    throw toLedgerError(error instanceof LedgerError ? error : (refused() ?? error), where);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function hasAll(client: pg.Client): Promise<boolean> {
  const { rows: tables } = await client.query<{ name: string | null }>('select to_regclass($1)::text as name', [
    MIGRATIONS_TABLE,
  ]);
  if (tables[0]?.name == null) return false;
  const { rows } = await client.query<{ name: string }>(APPLIED);
  return areAll(rows);
}

function areAll(rows: readonly { readonly name: string }[]): boolean {
  const applied = new Set(rows.map(({ name }) => name));
  return MIGRATIONS.every(({ name }) => applied.has(name));
}

/** The runner throws plain errors that have the stack of Postgres's error in their text. The last one of Postgres. */
function rememberRefusals(client: pg.Client): () => pg.DatabaseError | null {
  let last: pg.DatabaseError | null = null;
  const query = client.query.bind(client) as (...args: unknown[]) => Promise<unknown>;
  const remembering = (...args: unknown[]): Promise<unknown> =>
    query(...args).catch((error: unknown) => {
      if (error instanceof pg.DatabaseError) last = error;
      throw error;
    });
  client.query = remembering as typeof client.query;
  return () => last;
}

/** In another encoding an emoji in a title, or a name in another script, cannot be stored. */
async function assertUtf8(client: pg.Client, where: string): Promise<void> {
  const { rows } = await client.query<{ encoding: string }>(`select current_setting('server_encoding') as encoding`);
  const encoding = rows[0]?.encoding ?? 'unknown';
  if (encoding === 'UTF8') return;
  throw new LedgerError(
    'unfit',
    `ledger ${where}: the database has the encoding ${encoding}, which cannot hold every text; create one with ` +
      `CREATE DATABASE … ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0, and name it in DATABASE_URL`,
  );
}

async function run(client: pg.Client): Promise<readonly string[]> {
  // Loaded here, because it brings along a TypeScript loader that no other command needs.
  const { runner } = await import('node-pg-migrate');
  const { rows } = await client.query<{ schema: string | null }>('select current_schema() as schema');
  const applied = await runner({
    dbClient: client,
    direction: 'up',
    migrationsTable: MIGRATIONS_TABLE,
    migrationsSchema: rows[0]?.schema ?? 'public',
    advisoryLockMode: 'wait',
    singleTransaction: true,
    logger: SILENT,
    // The runner wants a folder. It takes only `index` from this one, and the loader returns what is listed there.
    dir: fileURLToPath(new URL('./migrations', import.meta.url)),
    ignorePattern: String.raw`(?!index\.[jt]s$).*`,
    migrationLoaderStrategies: [
      {
        extensions: ['.ts', '.js'],
        loader: () => Promise.resolve(MIGRATIONS.map(({ name, up }) => unit(name, up))),
      },
    ],
  });
  return applied.map((migration) => migration.name);
}

function unit(name: string, up: string) {
  return {
    id: `${name}.js`,
    filePaths: [],
    actions: { up: (builder: { sql(sql: string): void }) => builder.sql(up), down: false as const },
  };
}

/** Failures are thrown; the runner's own error texts repeat whole statements. */
const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
