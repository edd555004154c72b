import { execFileSync, spawnSync } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';

import { postmasterOf } from '../../../stack/postgres/postmaster.js';
import { type PostgresServer, startPostgres } from '../../../stack/postgres/server.js';
import { built } from '../../harness/servers/built.js';

/** Each test creates a cluster of its own, which takes long on a busy machine. */
describe('stack/postgres/server', { timeout: 90_000 }, () => {
  let folder: string;
  let dataDir: string;
  let running: PostgresServer[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'craftsync-pg-'));
    dataDir = join(folder, 'postgres');
    running = [];
  });
  afterEach(async () => {
    for (const server of running) await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function start(dir = dataDir, port = 0): Promise<PostgresServer> {
    const server = await startPostgres({ dataDir: dir, port, log: () => undefined });
    running.push(server);
    return server;
  }

  it('keeps its data over a restart, on another port, with the same password', async () => {
    const first = await start();
    await ask(first.url, 'create table kept as select 42 as n');
    await first.stop();
    const second = await start();
    expect(await ask(second.url, 'select n from kept')).toEqual([{ n: 42 }]);
    expect(new URL(second.url).password).toBe(new URL(first.url).password);
  });

  it('starts again after it was killed, and keeps what was committed', async () => {
    const first = await start();
    await ask(first.url, 'create table kept as select 7 as n');
    const pid = postmasterOf(join(dataDir, 'cluster'));
    process.kill(Number(pid), 'SIGKILL');
    await first.ended;
    await rm(join(dataDir, 'owner.pid'));
    const second = await start();
    expect(await ask(second.url, 'select n from kept')).toEqual([{ n: 7 }]);
  });

  it('is known to be ready whatever its log says', async () => {
    const first = await start();
    await first.stop();
    await appendFile(join(dataDir, 'cluster', 'postgresql.auto.conf'), "log_min_messages = 'panic'\n");
    const second = await start();
    expect(await ask(second.url, 'show log_min_messages')).toEqual([{ log_min_messages: 'panic' }]);
  });

  it('is not stopped by a postmaster.pid that names a living stranger', async () => {
    const first = await start();
    await first.stop();
    const stranger = [String(process.pid), join(dataDir, 'cluster'), '1700000000', '5432', '', '127.0.0.1', ''];
    await writeFile(join(dataDir, 'cluster', 'postmaster.pid'), stranger.join('\n'));
    const second = await start();
    expect(await ask(second.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('ends a server that outlived its craftsync before it starts its own', async () => {
    const orphan = await start();
    await rm(join(dataDir, 'owner.pid'));
    const second = await start();
    expect((await orphan.ended).words).not.toBe('');
    expect(await ask(second.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('says in one line that the port is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const failure = await start(dataDir, port).catch((error: unknown) => String(error));
    other.close();
    expect(failure).toMatch(new RegExp(`PostgreSQL cannot listen on port ${port}: it is in use by another program`));
    expect(failure).not.toContain('\n');
  });

  it('refuses data of another version of PostgreSQL, and names both', async () => {
    await (await start()).stop();
    await writeFile(join(dataDir, 'cluster', 'PG_VERSION'), '17\n');
    await expect(start()).rejects.toThrow(/holds data of PostgreSQL 17, but this is PostgreSQL 18/);
  });

  it('starts over after an interrupted first start', async () => {
    await mkdir(join(dataDir, 'cluster.new'), { recursive: true });
    await writeFile(join(dataDir, 'cluster.new', 'half'), '');
    const server = await start();
    expect(await ask(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('stops within seconds even if a client stays connected', async () => {
    const server = await start();
    const client = new pg.Client({ connectionString: server.url });
    client.on('error', () => undefined);
    await client.connect();
    const from = performance.now();
    await server.stop();
    expect(performance.now() - from).toBeLessThan(12_000);
    await client.end().catch(() => undefined);
  });

  it.runIf(process.getuid?.() === 0 && process.platform === 'linux')(
    'works below a folder that nobody but root can enter',
    async () => {
      await mkdir(join(folder, 'closed'), { mode: 0o700 });
      const closed = join(folder, 'closed', 'postgres');
      const first = await start(closed);
      await ask(first.url, 'create table kept as select 1 as n');
      await first.stop();
      const second = await start(closed);
      expect(await ask(second.url, 'select n from kept')).toEqual([{ n: 1 }]);
      const owner = execFileSync('stat', ['-c', '%u', join(closed, 'cluster')], { encoding: 'utf8' });
      expect(owner.trim()).not.toBe('0');
    },
  );
});

/** What root in a container may do: Docker's default. Not among it: looking into the processes of others. */
const CONTAINER_CAPABILITIES = [
  ...['chown', 'dac_override', 'fowner', 'fsetid', 'kill', 'setgid', 'setuid', 'setpcap', 'net_bind_service'],
  ...['net_raw', 'sys_chroot', 'mknod', 'audit_write', 'setfcap'],
];
const BOUNDED = ['--bounding-set', ['-all', ...CONTAINER_CAPABILITIES.map((name) => `+${name}`)].join(',')];
const CAN_BOUND = process.getuid?.() === 0 && spawnSync('setpriv', [...BOUNDED, 'true']).status === 0;

describe.runIf(CAN_BOUND)('stack/postgres/server: of root in a container', () => {
  it('is known to be ready, is stopped although a client stays connected, and is ended when it outlived its craftsync', async () => {
    await built('stack/postgres/server.js');
    const folder = await mkdtemp(join(tmpdir(), 'craftsync-pg-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const script = `
        import { rmSync } from 'node:fs';
        import { setTimeout as sleep } from 'node:timers/promises';
        import pg from 'pg';
        import { startPostgres } from './dist/stack/postgres/server.js';
        const dataDir = process.argv[1];
        const start = () => startPostgres({ dataDir, log() {}, signal: AbortSignal.timeout(40000) });
        const orphan = await start();
        rmSync(dataDir + '/owner.pid');
        const second = await start();
        console.log('the orphan has ended:', await Promise.race([orphan.ended.then(() => 'yes'), sleep(5000, 'no')]));
        const client = new pg.Client({ connectionString: second.url });
        client.on('error', () => {});
        await client.connect();
        const from = performance.now();
        await second.stop();
        console.log('stopped in time:', performance.now() - from < 12000 ? 'yes' : 'no');
        process.exit(0);`;
    const args = [...BOUNDED, process.execPath, '--input-type=module', '--eval', script, join(folder, 'postgres')];
    const { stdout, stderr } = spawnSync('setpriv', args, { encoding: 'utf8', timeout: 90_000 });
    expect(`${stdout}${stderr}`.trim()).toBe('the orphan has ended: yes\nstopped in time: yes');
  }, 120_000);
});

describe('stack/postgres/server: while it runs', () => {
  let folder: string;
  let dataDir: string;
  let server: PostgresServer;
  const lines: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'craftsync-pg-'));
    dataDir = join(folder, 'postgres');
    const note = (line: string): unknown => lines.push(line);
    server = await startPostgres({ dataDir, log: note, onOutput: note });
  });
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('leaves neither the password nor an error in what it writes', async () => {
    const password = (await readFile(join(dataDir, 'password'), 'utf8')).trim();
    expect(password).toHaveLength(32);
    expect(lines.join('\n')).not.toContain(password);
    expect(lines.join('\n')).not.toMatch(/ERROR|FATAL/);
  });

  it('listens on the loopback address alone, and never without fsync', async () => {
    const settings = `select current_setting('listen_addresses') as listen, current_setting('fsync') as fsync,
      current_setting('full_page_writes') as pages`;
    expect(await ask(server.url, settings)).toEqual([{ listen: '127.0.0.1', fsync: 'on', pages: 'on' }]);
  });

  it('refuses a wrong password, and keeps the right one where nobody else reads it', async () => {
    const wrong = new URL(server.url);
    wrong.password = 'wrong';
    await expect(ask(wrong.href, 'select 1')).rejects.toThrow('password authentication failed');
    expect((await stat(join(dataDir, 'password'))).mode & 0o777).toBe(0o600);
  });

  it('gives a role that may create databases and is no superuser', async () => {
    await ask(server.url, 'create database another');
    const roles = await ask(server.url, 'select rolname, rolsuper from pg_roles where rolname = current_user');
    expect(roles).toEqual([{ rolname: 'craftsync', rolsuper: false }]);
  });

  it('refuses a folder that a living process uses, and names the process', async () => {
    const second = startPostgres({ dataDir, log: () => undefined });
    await expect(second).rejects.toThrow(`is in use by process ${process.pid}`);
    expect(await ask(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });
});

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
