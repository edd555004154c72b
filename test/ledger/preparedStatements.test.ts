/** Prepared statements: they cost less, and never fail a query that would succeed without. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { type Database, openDatabase } from '../../ledger/database.js';
import { type FreshDatabase, freshDatabase } from '../harness/servers/database.js';

const ASK = 'select * from t where n >= $1 order by n';

describe('ledger/preparedStatements', () => {
  let fresh: FreshDatabase;
  /** With one connection, so that a test may meddle with what is prepared in it. */
  let database: Database;

  beforeEach(async () => {
    fresh = await freshDatabase();
    database = openDatabase({ databaseUrl: fresh.url, applicationName: 'test', maxConnections: 1 });
    await database.query('create table t (n int)');
    await database.query('insert into t values (1), (2)');
  });
  afterEach(async () => {
    await database.close();
    await fresh.drop();
  });

  async function askOften(): Promise<void> {
    for (let n = 0; n < 6; n += 1) expect(await database.query(ASK, [2])).toEqual([{ n: 2 }]);
  }

  /** A text of its own each time, so that this question is never prepared. */
  async function prepared(): Promise<readonly { name: string; times: number }[]> {
    return database.query(
      `select name, (generic_plans + custom_plans)::integer as times from pg_prepared_statements
       where statement = '${ASK}' -- ${Math.random()}`,
    );
  }

  it('prepares what is asked often, and nothing that is asked rarely', async () => {
    await database.query(ASK, [2]);
    expect(await prepared()).toEqual([]);
    await askOften();
    expect((await prepared()).map(({ times }) => times)).toEqual([3]);
  });

  it('gives the same statement the same name in every process, since a pooler shares connections among them', async () => {
    await askOften();
    const other = openDatabase({ databaseUrl: fresh.url, applicationName: 'other', maxConnections: 1 });
    for (let n = 0; n < 6; n += 1) await other.query(ASK, [2]);
    const theirs = await other.query<{ name: string }>(
      `select name from pg_prepared_statements where statement = '${ASK}'`,
    );
    await other.close();
    expect(theirs.map(({ name }) => name)).toEqual((await prepared()).map(({ name }) => name));
  });

  it('asks without a name, then and later, where the connection has lost what was prepared', async () => {
    await askOften();
    await database.query('deallocate all');
    await askOften();
    expect(await prepared()).toEqual([]);
  });

  it('asks without a name where somebody else has prepared in the connection', async () => {
    await askOften();
    const [known] = await prepared();
    const other = openDatabase({ databaseUrl: fresh.url, applicationName: 'other', maxConnections: 1 });
    await other.query(`prepare ${known?.name ?? ''} (int) as ${ASK}`);
    for (let n = 0; n < 6; n += 1) expect(await other.query(ASK, [2])).toEqual([{ n: 2 }]);
    await other.close();
  });

  it('goes on where a migration has added a column to what a prepared statement reads', async () => {
    await askOften();
    await database.query('alter table t add column more text');
    for (let n = 0; n < 6; n += 1) expect(await database.query(ASK, [2])).toEqual([{ n: 2, more: null }]);
  });

  it.each([
    ['compares', 'select * from t where n = $1', 'text using n::text'],
    ['writes', 'insert into t values ($1) returning n', 'text using n::text'],
    ['widens', 'insert into t values ($1) returning n', 'bigint'],
  ])('goes on where a migration has changed the type of what a prepared statement %s', async (_how, ask, type) => {
    for (let n = 0; n < 6; n += 1) await database.query(ask, [7]);
    await database.query(`alter table t alter column n type ${type}`);
    await database.query('insert into t values (5000000000)');
    for (let n = 0; n < 6; n += 1)
      expect(await database.query(ask, ['5000000000'])).toContainEqual({ n: '5000000000' });
  });

  it('tells an error of a prepared statement as that of any other', async () => {
    await database.query('create unique index t_n on t (n)');
    const insert = 'insert into t values ($1)';
    for (let n = 10; n < 16; n += 1) await database.query(insert, [n]);
    await expect(database.query(insert, [10])).rejects.toMatchObject({ kind: 'conflict', constraint: 't_n' });
    await expect(database.query(insert, ['1e30'])).rejects.toMatchObject({ kind: 'unstorable' });
    expect(await database.query(insert, [16])).toEqual([]);
    const names = await database.query<{ name: string }>(
      'select name from pg_prepared_statements where statement = $1',
      [insert],
    );
    expect(names).toHaveLength(1);
  });
});
