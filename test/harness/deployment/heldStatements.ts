/**
 * Holds statements of the workers in the database, so that a test can stop a process (SIGSTOP) exactly between a lease
 * and its answer, in the create and in the writes to Craft.io.
 */
import { randomInt } from 'node:crypto';
import pg from 'pg';
import { eventually, type TestDeployment } from './deployment.js';

export interface HeldStatements {
  /** From now on these statements wait. */
  hold(): Promise<void>;
  /** Resolves when a worker waits. */
  reached(): Promise<void>;
  letGo(): Promise<void>;
  close(): Promise<void>;
}

/** The note that a create is about to be sent: the last statement before the request is written. */
export function notesOfCreates(deployment: TestDeployment): Promise<HeldStatements> {
  return holding(deployment, 'item_link', 'old.sent_at is null and new.sent_at is not null');
}

/** The lease of a PUT to Craft.io: the last statement before the request is written. */
export function leasesOfPuts(deployment: TestDeployment): Promise<HeldStatements> {
  return holding(deployment, 'item_detail', 'old.unanswered is null and new.unanswered is not null');
}

/**
 * Each such update asks for a lock that the test can hold. Call it before a worker runs, or it waits for the worker's
 * statements.
 */
async function holding({ env }: TestDeployment, table: string, when: string): Promise<HeldStatements> {
  const client = new pg.Client({ connectionString: env['DATABASE_URL'] });
  await client.connect();
  const key = randomInt(1_000_000);
  const name = `held_${key}`;
  await client.query(`create function ${name}() returns trigger language plpgsql as
    $$ begin perform pg_advisory_xact_lock_shared(${key}); return new; end $$`);
  await client.query(
    `create trigger ${name} before update on ${table} for each row when (${when}) execute function ${name}()`,
  );
  return {
    hold: async () => void (await client.query('select pg_advisory_lock($1)', [key])),
    async reached() {
      const waiting = `select from pg_locks where locktype = 'advisory' and objid = $1 and not granted`;
      await eventually(async () => ((await client.query(waiting, [key])).rowCount ?? 0) > 0, 'a statement is held');
    },
    letGo: async () => void (await client.query('select pg_advisory_unlock($1)', [key])),
    close: () => client.end(),
  };
}
