/**
 * The ledger under the role of workers and listener, as `deploy/postgres-roles.sh` makes it: it reads and writes rows,
 * and can neither take a migration back nor change what the log says.
 */
import { randomUUID } from 'node:crypto';

import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { createLedger } from '../../ledger/index.js';
import type { Ledger } from '../../ledger/ledger.js';
import { begin, following } from '../fixtures/ledger.js';

const DAY_MS = 86_400_000;

/** The roles of this file have the password of the server's own. */
function urlOf(role: string, database: string): string {
  const url = new URL(inject('postgresUrl'));
  [url.username, url.pathname] = [role, database];
  return url.href;
}

describe('ledger/runtimeRole', () => {
  const suffix = randomUUID().replaceAll('-', '');
  const [owner, runtime, database] = [`owner_${suffix}`, `runtime_${suffix}`, `test_${suffix}`];
  const admin = new pg.Client({ connectionString: urlOf('postgres', '/postgres') });
  let asOwner: Ledger;
  let asRuntime: Ledger;
  let runtimeSql: pg.Pool;
  let ownerSql: pg.Pool;

  beforeAll(async () => {
    await admin.connect();
    const { password } = new URL(inject('postgresUrl'));
    for (const role of [owner, runtime]) await admin.query(`create role ${role} login password '${password}'`);
    await admin.query(`create database ${database} owner ${owner}`);
    ownerSql = new pg.Pool({ connectionString: urlOf(owner, `/${database}`), max: 2 });
    await ownerSql.query(`grant usage on schema public to ${runtime}`);
    await ownerSql.query(
      `alter default privileges in schema public grant select, insert, update, delete on tables to ${runtime}`,
    );
    asOwner = createLedger({ databaseUrl: urlOf(owner, `/${database}`), applicationName: 'test' });
    await asOwner.migrate();
    asRuntime = createLedger({ databaseUrl: urlOf(runtime, `/${database}`), applicationName: 'test' });
    runtimeSql = new pg.Pool({ connectionString: urlOf(runtime, `/${database}`), max: 2 });
  });
  afterAll(async () => {
    await asRuntime?.close();
    await asOwner?.close();
    await runtimeSql?.end();
    await ownerSql?.end();
    await admin.query(`drop database if exists ${database}`);
    for (const role of [runtime, owner]) await admin.query(`drop role if exists ${role}`);
    await admin.end();
  });

  const entry = (detail: string) => ({
    ...{ pipeline: 'mobile', craftItemId: 'i', step: 'lock', outcome: 'ok', attempt: 1, detail },
    ...{ workflowId: 'w', runId: null },
  });
  const countOf = async (table: string): Promise<number> => {
    const { rows } = await ownerSql.query<{ count: number }>(`select count(*)::int as count from ${table}`);
    return rows[0]?.count ?? 0;
  };
  const DENIED = { code: '42501' };

  it('sees that the ledger is migrated, hands an item over, and appends to the log', async () => {
    expect(await asRuntime.isMigrated()).toBe(true);
    await begin(asRuntime, 'a');
    await following(asRuntime, 'b');
    await asRuntime.log.append(entry('young'));
    expect((await asRuntime.log.read({ limit: 5 })).map(({ detail }) => detail)).toEqual(['young']);
  });

  it('learns on which timeline the server writes, and goes on where that is withheld', async () => {
    await asRuntime.continuity.beat();
    const timeline = async () => (await runtimeSql.query<{ is: string | null }>('select ledger_timeline() as is')).rows;
    expect(await timeline()).toEqual([{ is: expect.stringMatching(/^[0-9A-F]{8}$/) as string }]);
    const superuser = new pg.Client({ connectionString: urlOf('postgres', `/${database}`) });
    await superuser.connect();
    try {
      await superuser.query('revoke execute on function pg_catalog.pg_walfile_name(pg_lsn) from public');
      expect(await timeline()).toEqual([{ is: null }]);
      await asRuntime.continuity.beat();
      expect((await runtimeSql.query('select why from ledger_doubt')).rows).toEqual([{ why: 'the ledger is new' }]);
    } finally {
      await superuser.end();
    }
  });

  it('finds nothing to migrate where all is applied, so that apply can be run by whoever has this role', async () => {
    expect(await asRuntime.migrate()).toEqual([]);
  });

  it.each([
    ['takes no migration back', 'delete from craftsync_migrations'],
    ['pretends no migration', `insert into craftsync_migrations (name, run_on) values ('0099_x', now())`],
    ['renames no migration', `update craftsync_migrations set name = name || 'x'`],
    ['rewrites no line of the log', `update sync_log set outcome = 'never happened'`],
    ['empties neither the log', 'truncate sync_log'],
    ['nor the links', 'truncate item_link cascade'],
    ['makes no table', 'create table extra (id int)'],
    ['changes no table', 'alter table item_link add column extra int'],
    ['does not switch the rules of the log off', 'alter table sync_log disable row level security'],
  ])('%s', async (_claim, statement) => {
    await expect(runtimeSql.query(statement)).rejects.toMatchObject(DENIED);
    expect(await asOwner.isMigrated()).toBe(true);
  });

  it('deletes no line of the log that is younger than the shortest keepLog, and prunes what is older', async () => {
    await asRuntime.log.append(entry('old'));
    await ownerSql.query(`update sync_log set at = at - interval '3 days' where detail = 'old'`);
    const before = await countOf('sync_log');
    expect(await asRuntime.log.prune(2 * DAY_MS)).toBe(1);
    await runtimeSql.query('delete from sync_log');
    expect(await countOf('sync_log')).toBe(before - 1);
  });

  it('backdates no line, which would make it one that may be deleted', async () => {
    await expect(
      runtimeSql.query(
        `insert into sync_log (at, pipeline_id, step, outcome, attempt) values (now() - interval '9 days', 'm', 's', 'ok', 1)`,
      ),
    ).rejects.toMatchObject(DENIED);
  });
});
