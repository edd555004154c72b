/** A database for one test in the run's Postgres. */
import { randomUUID } from 'node:crypto';

import pg from 'pg';
import { inject } from 'vitest';

export interface FreshDatabase {
  readonly url: string;
  /** Also ends the connections that are left. */
  drop(): Promise<void>;
}

/** How long to wait for a process that we may not end. */
const LEFT_WITHIN_MS = 30_000;
/** `object_in_use`: PostgreSQL has already waited 5 seconds for the others. */
const IN_USE = '55006';

/** An empty one: the caller runs the migrations. `serverUrl`: of a server of its own. @default the run's */
export async function freshDatabase(serverUrl = inject('postgresUrl')): Promise<FreshDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await asOwner(serverUrl, (client) => client.query(`CREATE DATABASE ${name}`));
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => asOwner(serverUrl, (client) => dropDatabase(client, name)) };
}

/**
 * Not `WITH (FORCE)`, which fails at once while an autovacuum worker, a superuser's process, is in the database. The
 * plain DROP ends such workers itself and waits for the rest; we may only end our own connections.
 */
async function dropDatabase(client: pg.Client, name: string): Promise<void> {
  const exists = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
  if (exists.rowCount === 0) return;
  await client.query(`ALTER DATABASE ${name} WITH ALLOW_CONNECTIONS false`);
  const deadline = performance.now() + LEFT_WITHIN_MS;
  for (;;) {
    await client.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND usename = current_user',
      [name],
    );
    try {
      await client.query(`DROP DATABASE IF EXISTS ${name}`);
      return;
    } catch (error) {
      const isInUse = error instanceof pg.DatabaseError && error.code === IN_USE;
      if (!isInUse || performance.now() > deadline) throw error;
    }
  }
}

async function asOwner(serverUrl: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
