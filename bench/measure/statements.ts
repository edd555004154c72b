/** How many statements PostgreSQL was sent in one database, and what they cost. */
import pg from 'pg';
import { inject } from 'vitest';

export interface StatementCost {
  readonly sql: string;
  readonly calls: number;
  readonly totalMs: number;
}

/** So far, `begin` and `commit` included. */
export async function statementsIn(databaseUrl: string): Promise<number> {
  const costs = await costsIn(databaseUrl);
  return costs.reduce((sum, { calls }) => sum + calls, 0);
}

/** The costliest first. */
export async function costsIn(databaseUrl: string): Promise<readonly StatementCost[]> {
  const database = new URL(databaseUrl).pathname.slice(1);
  const client = new pg.Client({ connectionString: inject('postgresUrl') });
  await client.connect();
  try {
    const { rows } = await client.query<StatementCost>(
      `select query as sql, calls::float8 as calls, total_exec_time as "totalMs" from pg_stat_statements
       where dbid = (select oid from pg_database where datname = $1) order by total_exec_time desc`,
      [database],
    );
    return rows;
  } finally {
    await client.end();
  }
}

/** For a table of Markdown. */
export function shortened(sql: string): string {
  const line = sql.replace(/\s+/g, ' ').replaceAll('|', '\\|');
  return line.length > 120 ? `${line.slice(0, 119)}…` : line;
}
