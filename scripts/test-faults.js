/**
 * `npm run test:faults -- --seed N --runs M`: fault runs with real processes. docs/faults.md tells what was found, and
 * test/faults/processes/plan/plan.ts how one is added. The last line sums up: N passed, N failed, N skipped.
 *
 * --lanes N: at a time (2). --only kind,kind: only these faults. --plan FILE: one run again. --shrink: leaves faults
 * out of a failing plan while it still fails. --write docs/faults.md: adds the runs to its table. --keep DIR: where
 * failed runs are kept. --defects: instead, tries deliberately broken builds, each of which must be caught; with
 * --only WORDS those whose names hold these words.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readCounts } from './vitestCounts.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const RUNS = 'test-results/faults.json';
const TESTS = 'test-results/faults-tests.json';

const NUMBERS = ['seed', 'runs', 'lanes'];
const USAGE = `npm run test:faults -- [--seed N] [--runs N] [--lanes N] [--only kind,kind] [--plan FILE [--shrink]]
                       [--write FILE] [--keep DIR] [--defects [--only WORDS]]`;

function readArguments() {
  const options = {
    ...Object.fromEntries([...NUMBERS, 'only', 'plan', 'write', 'keep'].map((name) => [name, { type: 'string' }])),
    ...{ shrink: { type: 'boolean' }, defects: { type: 'boolean' } },
  };
  try {
    const { values } = parseArgs({ options });
    for (const name of NUMBERS)
      if (!/^\d*$/.test(values[name] ?? '')) throw new Error(`--${name} is no whole number: ${values[name]}`);
    return values;
  } catch (error) {
    console.error(`${error.message}\n${USAGE}`);
    process.exit(2);
  }
}

const values = readArguments();
const numbers = NUMBERS.flatMap((name) => (values[name] === undefined ? [] : [[name, Number(values[name])]]));
const { only, ...others } = values;
const options = {
  ...others,
  ...Object.fromEntries(numbers),
  ...(only !== undefined && (values.defects ? { named: only } : { only: only.split(',') })),
};

function countsOfRuns() {
  try {
    return JSON.parse(readFileSync(new URL(`../${RUNS}`, import.meta.url), 'utf8'));
  } catch {
    return null;
  }
}

for (const report of [RUNS, TESTS]) rmSync(new URL(`../${report}`, import.meta.url), { force: true });
const { status } = spawnSync(
  'node_modules/.bin/vitest',
  [
    'run',
    ...['--config', 'test/faults/processes/vitest.config.ts'],
    ...['--reporter=dot', '--reporter=json', `--outputFile.json=${TESTS}`],
  ],
  { cwd: ROOT, stdio: 'inherit', env: { ...process.env, CRAFTSYNC_FAULTS: JSON.stringify(options) } },
);
const counts = (values.defects ? readCounts(TESTS) : countsOfRuns()) ?? { passed: 0, failed: 0, skipped: 0 };
// What fails before the first run fails no run.
if (status !== 0 && counts.failed === 0) counts.failed = 1;
console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = status === 0 ? 0 : 1;
