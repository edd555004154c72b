/** As the tests' Postgres, but it counts statements: `pg_stat_statements` has to be loaded when the server starts. */
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startPostgres } from '../../stack/postgres/server.js';

const COUNTS_STATEMENTS = `
shared_preload_libraries = 'pg_stat_statements'
pg_stat_statements.max = 10000
`;

/** Resolves with the teardown. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  project.provide('runStartedAt', Date.now());
  const folder = await mkdtemp(join(tmpdir(), 'craftsync-bench-'));
  const dataDir = join(folder, 'postgres');
  const start = () => startPostgres({ dataDir, port: 0, log: (line) => console.error(line) });
  // The first start makes the folder with the settings.
  await (await start()).stop();
  await appendFile(join(dataDir, 'cluster', 'postgresql.conf'), COUNTS_STATEMENTS);
  const postgres = await start();
  await letCount(postgres.url);
  project.provide('postgresUrl', postgres.url);
  return async () => {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  };
}

/** Only the administrator may; in the stack's cluster it has the same password. */
async function letCount(url: string): Promise<void> {
  const admin = new URL(url);
  const role = admin.username;
  admin.username = 'postgres';
  const client = new pg.Client({ connectionString: admin.href });
  await client.connect();
  try {
    await client.query('create extension pg_stat_statements');
    await client.query(`grant pg_read_all_stats to ${role}`);
  } finally {
    await client.end();
  }
}
