/** Every way in which a ledger cannot be used, made to happen, and what the person is told. */
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

import pg from 'pg';
import { afterEach, describe, expect, it } from 'vitest';

import { createLedger } from '../../ledger/index.js';
import type { Ledger } from '../../ledger/ledger.js';
import type { LedgerError } from '../../ledger/ledgerError.js';
import { freshDatabase } from '../harness/servers/database.js';

describe('ledger/ledgerError', () => {
  const closers: (() => Promise<void>)[] = [];

  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  async function fresh(...statements: readonly string[]): Promise<URL> {
    const database = await freshDatabase();
    closers.push(() => database.drop());
    const name = new URL(database.url).pathname.slice(1);
    for (const statement of statements) await run(database.url, statement.replace('THIS', name));
    return new URL(database.url);
  }

  function open(url: URL | string): Ledger {
    const ledger = createLedger({ databaseUrl: String(url), applicationName: 'test', maxConnections: 2 });
    closers.push(() => ledger.close());
    return ledger;
  }

  async function failure(work: Promise<unknown>): Promise<Pick<LedgerError, 'kind' | 'message'>> {
    const error = await work.then(
      () => 'it succeeded',
      (caught: unknown) => caught,
    );
    expect(error).toMatchObject({ name: 'LedgerError' });
    const { kind, message } = error as LedgerError;
    expect(message).not.toMatch(/\n|hush/);
    return { kind, message: message.replaceAll(/127\.0\.0\.1:\d+/g, 'HOST:PORT').replaceAll(/test_[0-9a-f]+/g, 'DB') };
  }

  async function serve(server: Server): Promise<string> {
    const sockets = new Set<Socket>();
    server.on('connection', (socket: Socket) => void sockets.add(socket.on('error', () => undefined)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    });
    return `postgres://u:hush@127.0.0.1:${(server.address() as AddressInfo).port}/db`;
  }

  it('tells a wrong password, and how signs in it are written', async () => {
    const url = await fresh();
    url.password = 'hush';
    expect(await failure(open(url).now())).toEqual({
      kind: 'refused',
      message:
        'ledger HOST:PORT/DB: password authentication failed for user "craftsync"; ' +
        'correct user and password in DATABASE_URL, in which % # @ / ? are written as %25 %23 %40 %2F %3F',
    });
    url.username = 'nobody';
    expect(await failure(open(url).now())).toMatchObject({ kind: 'refused' });
  });

  it('tells a database that does not exist, and one that takes no more connections', async () => {
    const url = await fresh('alter database THIS connection limit 0');
    expect(await failure(open(url).now())).toEqual({
      kind: 'full',
      message:
        'ledger HOST:PORT/DB: too many connections for database "DB"; raise max_connections of the server, or run fewer workers',
    });
    url.pathname = '/nowhere';
    expect((await failure(open(url).now())).message).toBe(
      'ledger HOST:PORT/nowhere: database "nowhere" does not exist; ' +
        'create it (createdb, or CREATE DATABASE), or correct the name in DATABASE_URL',
    );
  });

  it('tells a database that is read-only, and a schema in which nothing may be created', async () => {
    const readOnly = await fresh('alter database THIS set default_transaction_read_only = on');
    expect((await failure(open(readOnly).migrate())).message).toMatch(
      /read-only transaction; it is read-only, perhaps a standby: name the primary server in DATABASE_URL$/,
    );
    const foreign = await fresh('revoke create on schema public from pg_database_owner, public');
    expect(await failure(open(foreign).migrate())).toEqual({
      kind: 'no-right',
      message:
        'ledger HOST:PORT/DB: permission denied for schema public; ' +
        'grant it to the role in DATABASE_URL, or run craftsync apply as the owner of the database',
    });
  });

  it('tells a full disk of the server', async () => {
    const url = await fresh(
      `create function mark() returns text language plpgsql as
       $$ begin raise exception 'could not extend file: No space left on device' using errcode = 'disk_full'; end $$`,
      'create table craftsync_migrations (name text)',
      'insert into craftsync_migrations values (1)',
      'create view page as select mark() as name',
      'alter table craftsync_migrations rename to old',
      'alter view page rename to craftsync_migrations',
    );
    expect(await failure(open(url).isMigrated())).toEqual({
      kind: 'full',
      message:
        'ledger HOST:PORT/DB: could not extend file: No space left on device; ' +
        'free disk space on the database server; it then goes on by itself',
    });
  });

  it('tells a server that refuses, has no name, or is none of PostgreSQL', async () => {
    expect(await failure(open('postgres://u:hush@127.0.0.1:1/db').now())).toEqual({
      kind: 'unreachable',
      message:
        'ledger HOST:PORT/db refuses the connection (ECONNREFUSED): start what should listen there, or correct DATABASE_URL',
    });
    expect((await failure(open('postgres://u:hush@no-such-host.invalid/db').now())).message).toMatch(
      /^ledger no-such-host\.invalid:5432\/db has (an unknown host name|a host name that cannot be looked up)/,
    );
    const web = await serve(createHttpServer((_request, answer) => answer.end('page')));
    expect((await failure(open(web).now())).message).toBe(
      'ledger HOST:PORT/db closed the connection (CLOSES): ' +
        'check that DATABASE_URL names the right kind of server, and look for a proxy or firewall between',
    );
    expect(await failure(open(`${web}?sslmode=verify-full`).now())).toEqual({
      kind: 'refused',
      message:
        'ledger HOST:PORT/db does not speak TLS (ERR_SSL_WRONG_VERSION_NUMBER): take sslmode out of DATABASE_URL',
    });
  });

  it('tells that the server has no TLS, and that a certificate’s file cannot be read', async () => {
    const url = await fresh();
    expect((await failure(open(`${url.href}?sslmode=verify-full`).now())).message).toMatch(
      /^ledger HOST:PORT\/DB does not speak TLS .*: take sslmode out of DATABASE_URL$/,
    );
    expect((await failure(open(`${url.href}?sslrootcert=/nowhere.pem`).now())).message).toMatch(
      /ENOENT.*; correct sslrootcert, sslcert or sslkey in DATABASE_URL/,
    );
  });

  it('gives up on a server that accepts and says nothing', { timeout: 20_000 }, async () => {
    const hole = await serve(createServer());
    expect((await failure(open(hole).now())).message).toBe(
      'ledger HOST:PORT/db does not answer (SILENT): ' +
        'check host and port in DATABASE_URL, whether the server hangs, and firewalls between',
    );
  });
});

async function run(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
