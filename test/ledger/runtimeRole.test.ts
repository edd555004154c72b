/**
 * The ledger under the role of workers and listener, as `deploy/postgres-roles.sh` makes it: it reads and writes rows,
 * and can neither take a migration back nor change what the log says.
 */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createLedger } from '../../ledger/index.js';
import type { Ledger } from '../../ledger/ledger.js';
import { begin, following } from '../fixtures/ledger.js';
import { createLedgerRoles, type LedgerRoles } from '../harness/access/ledgerRoles.js';

const DAY_MS = 86_400_000;

describe('ledger/runtimeRole', () => {
  let roles: LedgerRoles;
  let asOwner: Ledger;
  let asRuntime: Ledger;
  let runtimeSql: pg.Pool;
  let ownerSql: pg.Pool;

  beforeAll(async () => {
    roles = await createLedgerRoles();
    ownerSql = new pg.Pool({ connectionString: roles.ownerUrl, max: 2 });
    asOwner = createLedger({ databaseUrl: roles.ownerUrl, applicationName: 'test' });
    await asOwner.migrate();
    asRuntime = createLedger({ databaseUrl: roles.runtimeUrl, applicationName: 'test' });
    runtimeSql = new pg.Pool({ connectionString: roles.runtimeUrl, max: 2 });
  });
  afterAll(async () => {
    await asRuntime?.close();
    await asOwner?.close();
    await runtimeSql?.end();
    await ownerSql?.end();
    await roles?.drop();
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

  it('reads and writes the rows of every table but the list of migrations and the log, and owns none', async () => {
    const { rows } = await ownerSql.query<{ name: string; may: string; owner: string }>(
      `select c.relname as name, pg_get_userbyid(c.relowner) as owner, coalesce((
         select string_agg(p, ' ') from unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'trigger', 'references']) p
         where has_table_privilege($1, c.oid, p)), '') as may
       from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm') order by 1`,
      [roles.runtime],
    );
    expect(rows.length).toBeGreaterThan(20);
    const others = rows.filter(({ may }) => may !== 'select insert update delete');
    expect(others.map(({ name, may }) => [name, may])).toEqual([
      ['craftsync_migrations', 'select'],
      // Lines are added by columns, without the time, and deleted by a rule of rows (below).
      ['sync_log', 'select delete'],
    ]);
    expect(rows.filter(({ owner }) => owner === roles.runtime)).toEqual([]);
  });

  it('uses every sequence that a column of its tables draws on', async () => {
    const { rows } = await ownerSql.query<{ name: string }>(
      `select s.relname as name from pg_class s where s.relnamespace = 'public'::regnamespace
         and case when s.relkind = 'S' then not has_sequence_privilege($1, s.oid, 'usage') else false end
         -- One of an identity column needs no right.
         and not exists (select from pg_depend d where d.objid = s.oid and d.deptype = 'i')`,
      [roles.runtime],
    );
    // Migrations are listed by the owner alone.
    expect(rows).toEqual([{ name: 'craftsync_migrations_id_seq' }]);
  });

  it('learns on which timeline the server writes, and goes on where that is withheld', async () => {
    await asRuntime.continuity.beat();
    const timeline = async () => (await runtimeSql.query<{ is: string | null }>('select ledger_timeline() as is')).rows;
    expect(await timeline()).toEqual([{ is: expect.stringMatching(/^[0-9A-F]{8}$/) as string }]);
    const asPostgres = Object.assign(new URL(roles.ownerUrl), { username: 'postgres' });
    const superuser = new pg.Client({ connectionString: asPostgres.href });
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
    ['makes no index', 'create index extra on item_link (phase)'],
    ['makes no schema', 'create schema extra'],
    ['makes no function', 'create function extra() returns int language sql as $$ select 1 $$'],
    ['makes no role', 'create role extra_of_a_test'],
    ['drops no table', 'drop table item_link'],
    [
      'puts no trigger on a table',
      'create trigger extra before update on item_link for each row execute function suppress_redundant_updates_trigger()',
    ],
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
