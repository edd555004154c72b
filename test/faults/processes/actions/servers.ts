/** A Temporal and a Postgres that runs share one after the other, and that a run may kill and start again. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readEnvironment } from '../../../../config/environment.js';
import { startPostgres, type PostgresServer } from '../../../../stack/postgres/server.js';
import { startTemporal, type TemporalServer } from '../../../../stack/temporal/server.js';

export interface Servers {
  readonly postgresUrl: string;
  readonly temporalAddress: string;
  /** Kills it, and starts it again on its port after `downMs`; null where it belongs to others, too. */
  readonly restart: ((which: 'temporal' | 'postgres', downMs: number) => Promise<void>) | null;
  close(): Promise<void>;
}

/** Those of a test run, which other tests use at the same time. */
export function sharedServers(postgresUrl: string, temporalAddress: string): Servers {
  return { postgresUrl, temporalAddress, restart: null, close: () => Promise.resolve() };
}

const silent = (): void => undefined;

export async function ownServers(): Promise<Servers> {
  const folder = await mkdtemp(join(tmpdir(), 'craftsync-faults-'));
  const { cacheDir } = readEnvironment(process.env);
  const temporalAt = (port: number): Promise<TemporalServer> =>
    startTemporal({ stateDir: join(folder, 'temporal'), cacheDir, port, uiPort: null, log: silent });
  const postgresAt = (port: number): Promise<PostgresServer> =>
    startPostgres({ dataDir: join(folder, 'postgres'), port, log: silent });
  let [temporal, postgres] = await Promise.all([temporalAt(0), postgresAt(0)]);
  const temporalPort = Number(temporal.address.split(':')[1]);
  const postgresPort = Number(new URL(postgres.url).port);
  return {
    postgresUrl: postgres.url,
    temporalAddress: temporal.address,
    async restart(which, downMs) {
      const server = which === 'temporal' ? temporal : postgres;
      server.kill();
      await server.ended;
      // It is gone by now; this gives up its folder, which is this process's until then.
      await server.stop();
      await sleep(downMs);
      if (which === 'temporal') temporal = await temporalAt(temporalPort);
      else postgres = await postgresAt(postgresPort);
    },
    async close() {
      await Promise.all([temporal.stop(), postgres.stop()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
