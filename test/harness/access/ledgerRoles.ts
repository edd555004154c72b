/**
 * A ledger's database with its two roles, as `deploy/postgres-roles.sh` makes them: the owner, as whom `apply`
 * migrates, and the role of workers, listener and commands. The rights are those of that file, word for word.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { inject } from 'vitest';

export interface LedgerRoles {
  readonly ownerUrl: string;
  readonly runtimeUrl: string;
  /** Name of the role of workers. */
  readonly runtime: string;
  drop(): Promise<void>;
}

const SCRIPT = new URL('../../../deploy/postgres-roles.sh', import.meta.url);

/** The roles have the password of the server's own. */
function urlOf(role: string, database: string): string {
  const url = new URL(inject('postgresUrl'));
  [url.username, url.pathname] = [role, database];
  return url.href;
}

/** The database is empty: the caller migrates it as its owner. */
export async function createLedgerRoles(): Promise<LedgerRoles> {
  const suffix = randomUUID().replaceAll('-', '');
  const [owner, runtime, database] = [`owner_${suffix}`, `runtime_${suffix}`, `test_${suffix}`];
  const { password } = new URL(inject('postgresUrl'));
  const ownerUrl = urlOf(owner, `/${database}`);
  await asWhom(urlOf('postgres', '/postgres'), [
    ...[owner, runtime].map((role) => `create role ${role} login password '${password}'`),
    `create database ${database} owner ${owner}`,
  ]);
  await asWhom(ownerUrl, [
    rightsInScript()
      .replaceAll('craftsync_owner', owner)
      .replaceAll(/\bcraftsync\b/g, runtime),
  ]);
  return {
    ...{ ownerUrl, runtimeUrl: urlOf(runtime, `/${database}`), runtime },
    drop: () =>
      asWhom(urlOf('postgres', '/postgres'), [
        `drop database if exists ${database} with (force)`,
        ...[runtime, owner].map((role) => `drop role if exists ${role}`),
      ]),
  };
}

function rightsInScript(): string {
  const rights = /\\connect craftsync\n([^]*?)\nSQL\n/.exec(readFileSync(SCRIPT, 'utf8'))?.[1];
  if (rights === undefined) throw new Error('deploy/postgres-roles.sh has no rights in the ledger');
  return rights;
}

async function asWhom(url: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
