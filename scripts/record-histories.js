/**
 * `npm run record-histories`: records what test/replay/histories/unreleased lacks, each workflow at each of its rests
 * (test/replay/recording/situations.ts), with the code as it is. It starts what it needs by itself.
 *
 * `-- --only PART`: only files whose names hold it. To record one anew, delete its file first.
 */
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({ options: { only: { type: 'string' } } });
const { status } = spawnSync(
  'node_modules/.bin/vitest',
  [
    'run',
    ...['--config', 'test/replay/recording/vitest.config.ts'],
    ...(values.only === undefined ? [] : ['--testNamePattern', values.only]),
  ],
  { cwd: ROOT, stdio: 'inherit' },
);
process.exitCode = status ?? 1;
