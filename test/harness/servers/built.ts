/** The product as users run it: `dist/`, built again, at most once in a run, when a source is newer than it. */
import { execFile } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import pg from 'pg';
import { inject } from 'vitest';

const PROJECT_ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** What a build writes last. */
const STAMP = join(PROJECT_ROOT, 'dist', 'workflow-bundle.js');
interface BuildConfig {
  readonly include: readonly string[];
}

/** Any number; the same in every test process. */
const BUILD_LOCK = 727_100;

/**
 * Resolves with the absolute path of a file in `dist/`, e.g. `built('clients/main.js')`. One process builds, the others
 * wait.
 */
export async function built(path: string): Promise<string> {
  const client = new pg.Client({ connectionString: inject('postgresUrl') });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [BUILD_LOCK]);
    if (await isStale()) await promisify(execFile)('npm', ['run', '--silent', 'build'], { cwd: PROJECT_ROOT });
  } finally {
    await client.end();
  }
  return join(PROJECT_ROOT, 'dist', path);
}

async function isStale(): Promise<boolean> {
  const stamp = await stat(STAMP).catch(() => null);
  if (stamp === null) return true;
  // One run tests one build, even when sources are edited meanwhile.
  if (stamp.mtimeMs >= inject('runStartedAt')) return false;
  const { include } = JSON.parse(await readFile(join(PROJECT_ROOT, 'tsconfig.build.json'), 'utf8')) as BuildConfig;
  for (const room of include) {
    const sources = await readdir(join(PROJECT_ROOT, room), { recursive: true, withFileTypes: true });
    for (const source of sources) {
      if (!source.isFile()) continue;
      const { mtimeMs } = await stat(join(source.parentPath, source.name));
      if (mtimeMs > stamp.mtimeMs) return true;
    }
  }
  return false;
}
