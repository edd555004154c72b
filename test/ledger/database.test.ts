/** The pool: a lost connection fails the query, never the process. */
import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type Database, openDatabase } from '../../ledger/database.js';
import { type FreshDatabase, freshDatabase } from '../harness/servers/database.js';

describe('ledger/database', () => {
  let fresh: FreshDatabase;
  let database: Database;

  beforeAll(async () => {
    fresh = await freshDatabase();
    database = openDatabase({ databaseUrl: fresh.url, applicationName: 'test', maxConnections: 2 });
    await database.query('create table t (n int)');
  });
  afterAll(async () => {
    await database.close();
    await fresh.drop();
  });

  it('a connection that is lost between two statements of a transaction fails the next one, and nothing is kept', async () => {
    const lost = database.transaction(async (query) => {
      await query('insert into t values (1)');
      const [own] = await query<{ pid: number }>('select pg_backend_pid() as pid');
      await database.query('select pg_terminate_backend($1)', [own?.pid ?? 0]);
      await sleep(200);
      await query('insert into t values (2)');
    });
    await expect(lost).rejects.toMatchObject({ kind: 'unreachable' });
    expect(await database.query('select n from t')).toEqual([]);
  });

  it('rolls back a transaction that throws, and continues with other connections', async () => {
    const failing = database.transaction(async (query) => {
      await query('insert into t values (3)');
      throw new Error('on the way');
    });
    await expect(failing).rejects.toThrow('on the way');
    expect(await database.query('select n from t')).toEqual([]);
    await database.transaction((query) => query('insert into t values (4)'));
    expect(await database.query('select n from t')).toEqual([{ n: 4 }]);
  });
});
