/**
 * One Temporal development server and one Postgres for the whole run, both on free ports and gone afterwards.
 * Tests keep apart by a namespace and a database of their own: `freshNamespace()`, `freshDatabase()`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { TestProject } from 'vitest/node';

import { readEnvironment } from '../../../config/environment.js';
import { startPostgres } from '../../../stack/postgres/server.js';
import { startTemporal } from '../../../stack/temporal/server.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** `host:port` of the run's Temporal server. */
    temporalAddress: string;
    /** Of a database that exists; its user may create others. */
    postgresUrl: string;
    /** Milliseconds since the epoch. */
    runStartedAt: number;
  }
}

/** Resolves with the teardown. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const runStartedAt = Date.now();
  const folder = await mkdtemp(join(tmpdir(), 'craftsync-test-'));
  const { cacheDir } = readEnvironment(process.env);
  const log = (line: string): void => console.error(line);
  const [temporal, postgres] = await Promise.all([
    startTemporal({ stateDir: null, cacheDir, port: 0, uiPort: null, log }),
    startPostgres({ dataDir: join(folder, 'postgres'), port: 0, log }),
  ]);
  project.provide('temporalAddress', temporal.address);
  project.provide('postgresUrl', postgres.url);
  project.provide('runStartedAt', runStartedAt);
  return async () => {
    await Promise.all([temporal.stop(), postgres.stop()]);
    await rm(folder, { recursive: true, force: true });
  };
}
