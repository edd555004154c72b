/** One Postgres for the whole run, on a free port. Each test has a database of its own: `freshDatabase()`. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { TestProject } from 'vitest/node';

import { startPostgres } from '../../../stack/postgres/server.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Of a database that exists; its user may create others. */
    postgresUrl: string;
    /** Milliseconds since the epoch. */
    runStartedAt: number;
  }
}

/** Resolves with the teardown. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  project.provide('runStartedAt', Date.now());
  const folder = await mkdtemp(join(tmpdir(), 'craftsync-test-'));
  const log = (line: string): void => console.error(line);
  const postgres = await startPostgres({ dataDir: join(folder, 'postgres'), port: 0, log });
  project.provide('postgresUrl', postgres.url);
  return async () => {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  };
}
