/** Migrations, and what the ledger reports when something is wrong with the database. */
import pg from 'pg';
import { afterEach, describe, expect, it } from 'vitest';

import { createLedger } from '../../ledger/index.js';
import type { Ledger } from '../../ledger/ledger.js';
import { MIGRATIONS } from '../../ledger/migrations/index.js';
import { freshDatabase } from '../harness/servers/database.js';

describe('ledger/migrate', () => {
  const closers: (() => Promise<void>)[] = [];

  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  function open(databaseUrl: string): Ledger {
    const ledger = createLedger({ databaseUrl, applicationName: 'craftsync test', maxConnections: 3 });
    closers.push(() => ledger.close());
    return ledger;
  }

  async function fresh(): Promise<string> {
    const database = await freshDatabase();
    closers.push(() => database.drop());
    return database.url;
  }

  it('applies everything the first time and nothing the second time', async () => {
    const ledger = open(await fresh());
    expect(await ledger.isMigrated()).toBe(false);
    expect(await ledger.migrate()).toEqual(MIGRATIONS.map((migration) => migration.name));
    expect(await ledger.isMigrated()).toBe(true);
    expect(await ledger.migrate()).toEqual([]);
  });

  it('applies everything once when several processes do it at once', async () => {
    const url = await fresh();
    const applied = await Promise.all(Array.from({ length: 6 }, () => open(url).migrate()));
    expect(applied.flat().sort()).toEqual(MIGRATIONS.map((migration) => migration.name));
  });

  it('is not migrated while one migration is missing, and then applies only that one', async () => {
    const url = await fresh();
    const ledger = open(url);
    await ledger.migrate();
    await run(url, `delete from craftsync_migrations where name = '0002_sweeps_and_connections'`);
    expect(await ledger.isMigrated()).toBe(false);
  });

  it('makes the columns of the public tables that others script against', async () => {
    const url = await fresh();
    await open(url).migrate();
    const rows = await run(
      url,
      `select table_name || '.' || column_name as name from information_schema.columns
       where table_name in ('item_link', 'sync_log') order by table_name, ordinal_position`,
    );
    expect(rows.map((row) => String(row['name']).split('.')[1]).join(' ')).toBe(
      'pipeline_id craft_item_id craft_short_id dev_tool dev_item_id dev_item_key dev_item_url dev_scope dev_status ' +
        'generation phase blocked_by blocked_until last_error drift duplicate claim_token claimed_at send_before sent_at ' +
        'linked_at locked_at handed_over fingerprint last_progress dev_updated_at dismissed_dev_items woken_at updated_at ' +
        'id at pipeline_id craft_item_id step outcome attempt detail workflow_id run_id',
    );
  });

  it('says in one line what to do when the database is not migrated, missing or unreachable', async () => {
    const url = await fresh();
    await expect(open(url).links.list({})).rejects.toThrow(/not exist; run `craftsync apply`$/);
    const missing = new URL(url);
    missing.pathname = '/nowhere';
    await expect(open(missing.href).now()).rejects.toThrow(/database "nowhere" does not exist; create it/);
    const closed = new URL(url);
    closed.port = '1';
    await expect(open(closed.href).now()).rejects.toMatchObject({ kind: 'unreachable' });
    await expect(open(closed.href).migrate()).rejects.toThrow(
      /^ledger 127\.0\.0\.1:1\/.*ECONNREFUSED.*correct DATABASE_URL/,
    );
    expect(() => open('host=localhost password=secret')).toThrow(/^DATABASE_URL is not a valid URL; expected [^\n]*$/);
  });

  it('refuses a database that is not UTF-8, before anything is created, and says how to make one', async () => {
    const url = new URL(await fresh());
    const name = `${url.pathname.slice(1)}_latin1`;
    await run(url.href, `create database ${name} encoding 'LATIN1' locale 'C' locale_provider libc template template0`);
    closers.push(async () => void (await run(url.href, `drop database ${name} with (force)`)));
    const latin1 = new URL(url);
    latin1.pathname = `/${name}`;
    await expect(open(latin1.href).migrate()).rejects.toMatchObject({
      kind: 'unfit',
      message: expect.stringMatching(
        /: the database has the encoding LATIN1, which cannot hold every text; create one with CREATE DATABASE … ENCODING 'UTF8'/,
      ) as string,
    });
    expect(await run(latin1.href, `select 1 from pg_tables where schemaname = 'public'`)).toEqual([]);
  });

  it('never shows the password', async () => {
    const url = new URL(await fresh());
    url.password = 'wrong-secret';
    const error: unknown = await open(url.href)
      .now()
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ kind: 'refused' });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('secret');
  });

  it('survives the loss of every connection, idle or in a transaction', async () => {
    const url = await fresh();
    const ledger = open(url);
    await ledger.migrate();
    await Promise.all([ledger.now(), ledger.now(), ledger.now()]);
    const kill = `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'craftsync test'`;
    await run(url, kill);
    await eventually(() => ledger.now());

    const lock = new pg.Client({ connectionString: url });
    await lock.connect();
    await lock.query('begin; lock table pending_change');
    const pending = [
      { devTool: 'km', devItemId: 'x', snapshot: { id: 'x', key: null, url: null, status: 's', updatedAt: null } },
    ];
    const move = { fromVersion: 0, to: null, woken: [], pending, keepPairsSince: '2026-01-01T00:00:00Z' };
    const advance = ledger.feeds.advance('km', 's', move).catch((error: unknown) => error);
    await eventually(async () => expect(await run(url, `${kill} and wait_event_type = 'Lock'`)).toHaveLength(1));
    await lock.end();
    expect(await advance).toMatchObject({ kind: 'unreachable' });
    expect(await ledger.feeds.advance('km', 's', move)).toBe(true);
  });
});

async function run(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function eventually<T>(attempt: () => Promise<T>): Promise<T> {
  for (let left = 100; ; left -= 1) {
    try {
      return await attempt();
    } catch (error) {
      if (left === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
