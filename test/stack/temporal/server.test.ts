import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Client, Connection } from '@temporalio/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { readEnvironment } from '../../../config/environment.js';
import { isAlive, readRecord } from '../../../stack/processRecord.js';
import { startTemporal } from '../../../stack/temporal/server.js';
import type { TemporalServer, TemporalServerOptions } from '../../../stack/temporal/server.js';

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

  it('starts even if the server of a killed run still holds the database and the port', async () => {
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

async function withClient<T>(server: TemporalServer, use: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address: server.address });
  try {
    return await use(new Client({ connection }));
  } finally {
    await connection.close();
  }
}
