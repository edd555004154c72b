import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Client, Connection } from '@temporalio/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { readEnvironment } from '../../../config/environment.js';
import { endRecorded, isAlive, readRecord, recordOf, writeRecord } from '../../../stack/processRecord.js';
import { startTemporal } from '../../../stack/temporal/server.js';
import type { TemporalServer, TemporalServerOptions } from '../../../stack/temporal/server.js';
import { findTemporalCli } from '../../../stack/temporal/cli.js';
import { explainExit } from '../../../stack/temporal/explainExit.js';
import { goInstall } from '../../../stack/temporal/goInstall.js';
import { spawnTied } from '../../../stack/tiedProcess.js';

describe('stack/temporal/server', () => {
  let folder: string;
  const servers: TemporalServer[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'craftsync-temporal-'));
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function start(options: Partial<TemporalServerOptions> = {}): Promise<TemporalServer> {
    const { cacheDir } = readEnvironment(process.env);
    const server = await startTemporal({
      stateDir: null,
      cacheDir,
      port: 0,
      uiPort: null,
      log: () => undefined,
      ...options,
    });
    servers.push(server);
    return server;
  }

  describe('startTemporal', () => {
    it('serves gRPC and the UI when it resolves, and keeps closed runs for 30 days', async () => {
      const server = await start({ uiPort: 0 });

      const connection = await Connection.connect({ address: server.address });
      const { config } = await connection.workflowService.describeNamespace({ namespace: 'default' });
      await connection.close();
      expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(30 * 24 * 60 * 60);
      expect((await fetch(server.uiUrl ?? '')).status).toBe(200);
    });

    it('finds its workflows again after a restart on the same state folder', async () => {
      const first = await start({ stateDir: folder });
      await withClient(first, (client) => client.workflow.start('any', { taskQueue: 'none', workflowId: 'kept' }));
      await first.stop();

      const second = await start({ stateDir: folder });
      const found = await withClient(second, (client) => client.workflow.getHandle('kept').describe());
      expect(found.status.name).toBe('RUNNING');
    });

    it('leaves no process and no record when it is stopped', async () => {
      const server = await start({ stateDir: folder });
      const record = readRecord(join(folder, 'temporal.pid'));
      expect(record !== null && isAlive(record)).toBe(true);

      await server.stop();

      expect(record !== null && isAlive(record)).toBe(false);
      expect(await readdir(folder)).not.toContain('temporal.pid');
      await expect(Connection.connect({ address: server.address, connectTimeout: 500 })).rejects.toThrow();
    });

    it('starts although the server of a killed run still holds the database and the port', async () => {
      const orphan = await start({ stateDir: folder });
      const port = Number(orphan.address.split(':')[1]);

      const next = await start({ stateDir: folder, port });

      expect(next.address).toBe(orphan.address);
      expect((await orphan.ended).words).not.toBe('');
    });

    it('names the port that is taken and the flag that chooses another', async () => {
      const taken = createServer().listen(0, '127.0.0.1');
      await new Promise((resolve) => taken.once('listening', resolve));
      const { port } = taken.address() as AddressInfo;

      await expect(start({ port })).rejects.toThrow(new RegExp(`port ${port}: it is in use.*--temporal-port`));
      await expect(start({ uiPort: port })).rejects.toThrow(new RegExp(`port ${port}: it is in use.*--ui-port`));
      await new Promise((resolve) => taken.close(resolve));
    });

    it('says in one line that its database is damaged, and which file that is', async () => {
      await writeFile(join(folder, 'temporal.db'), 'not a database, but long enough to be looked at. '.repeat(200));

      const failure = await start({ stateDir: folder }).then(
        () => 'it started',
        (error: unknown) => (error as Error).message,
      );

      expect(failure).toContain(`${join(folder, 'temporal.db')} is damaged or was written by another version`);
      expect(failure).not.toContain('\n');
    });
  });

  describe('explainExit', () => {
    const explain = (line: string) =>
      explainExit({ failure: 'it ended (exit code 1)', lines: ['', line], databaseFile: '/s/temporal.db', port: 7233 });

    it.each([
      ['listen tcp 127.0.0.1:7233: bind: address already in use', /port 7233 .* --temporal-port/],
      ['write /s/temporal.db: no space left on device', /no disk space is left for \/s\/temporal.db; free some/],
      ['database is locked (5)', /another process uses \/s\/temporal.db/],
      ['unable to open database file: permission denied', /\/s\/temporal.db cannot be written/],
      ['error creating namespace: SQL logic error: no such table: namespaces (1)', /written by another version/],
      ['something nobody foresaw', /its last words: something nobody foresaw/],
    ])('turns %j into what to do', (line, expected) => {
      expect(explain(line).message).toMatch(expected);
    });
  });

  describe('goInstall', () => {
    /** Stands in for Go: takes a while, then puts a program that prints `built` where Go would. */
    async function fakeGo(body: string): Promise<string> {
      const go = join(folder, 'go');
      await writeFile(go, `#!/bin/sh\n${body}\n`);
      await chmod(go, 0o755);
      return go;
    }

    it('puts one whole program in place when two processes build at once', async () => {
      const go = await fakeGo(
        `sleep 0.2; printf '#!/bin/sh\\necho built\\n' > "$GOBIN/temporal"; chmod +x "$GOBIN/temporal"`,
      );
      const target = join(folder, 'bin', 'temporal');
      const lines: string[] = [];
      const build = { target, go, log: (line: string) => lines.push(line) };

      expect(await Promise.all([goInstall(build), goInstall(build)])).toEqual([target, target]);

      expect(await readdir(join(folder, 'bin'))).toEqual(['temporal']);
      expect(lines[0]).toMatch(/building one with `go install` \(about five minutes on two cores, only this once\)/);
      expect(await outputOf(target)).toEqual(['built']);
    });

    it('leaves nothing behind and says what Go said when the build fails', async () => {
      const go = await fakeGo('echo "go: requires go >= 1.25" >&2; exit 1');
      const target = join(folder, 'bin', 'temporal');

      await expect(goInstall({ target, go, log: () => undefined })).rejects.toThrow(
        'exit code 1 (go: requires go >= 1.25)',
      );
      expect(await readdir(join(folder, 'bin'))).toEqual([]);
    });

    it('says that Go is missing where it is', async () => {
      const build = { target: join(folder, 'bin', 'temporal'), go: 'no-such-go', log: () => undefined };
      await expect(goInstall(build)).rejects.toThrow('`go` is not on the PATH');
    });
  });

  describe('findTemporalCli', () => {
    it('takes the program in the cache folder where the PATH has none', async () => {
      const cached = join(folder, 'bin', 'temporal');
      await mkdir(join(folder, 'bin'));
      await writeFile(cached, '#!/bin/sh\necho "  --sqlite-pragma stringArray"\n', { mode: 0o755 });
      const found = await findTemporalCli({ cacheDir: folder, log: () => undefined });
      expect(['temporal', cached]).toContain(found);
    });
  });

  describe('endRecorded', () => {
    it('never touches a process that only has the recorded id', async () => {
      const stranger = spawnTied({ command: 'sleep', args: ['60'], onLine: () => undefined });
      const file = join(folder, 'part.pid');
      writeRecord(file, { pid: stranger.pid ?? 0, startMark: 'another/1' });

      expect(await endRecorded(file, 0)).toBe('none');

      expect(recordOf(stranger.pid ?? 0)).not.toBeNull();
      stranger.kill();
      await stranger.ended;
    });
  });
});

async function withClient<T>(server: TemporalServer, use: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address: server.address });
  try {
    return await use(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

async function outputOf(command: string): Promise<string[]> {
  const lines: string[] = [];
  await spawnTied({ command, args: [], onLine: (line) => lines.push(line) }).ended;
  return lines;
}
