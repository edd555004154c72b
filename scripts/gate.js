/**
 * The one gate, `npm test`: format, lint, types, boundaries, dead code, then every test (unit, conformance, replay,
 * integration). All steps run even when one fails, so that one run tells everything. The last line sums up:
 * tests by vitest's own report, and each failed step as one failure more.
 * Arguments go to vitest: `npm test -- test/config` runs all checks, but only these tests.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readCounts } from './vitestCounts.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const REPORTS = 'test-results';
const JSON_REPORT = `${REPORTS}/vitest.json`;

const CHECKS = [
  { name: 'format', command: ['prettier', '--check', '--log-level', 'warn', '.'], remedy: 'npm run format' },
  { name: 'lint', command: ['eslint', '.'] },
  { name: 'types', command: ['tsc', '--noEmit'] },
  { name: 'boundaries', command: ['depcruise', '.', '--output-type', 'err-long'] },
  { name: 'dead code', command: ['knip'] },
];

/** Runs a program of node_modules with its output shown; true when it succeeded. */
function run([program, ...args]) {
  const shell = process.platform === 'win32';
  const { status, error } = spawnSync(program, args, {
    cwd: ROOT,
    shell,
    stdio: 'inherit',
    env: { ...process.env, PATH: `${ROOT}node_modules/.bin${shell ? ';' : ':'}${process.env.PATH ?? ''}` },
  });
  if (error) console.error(`${program} cannot be run: ${error.message}. Has npm ci been run?`);
  return status === 0;
}

function runStep({ name, command, remedy }) {
  const startedAt = Date.now();
  console.log(`\n▸ ${name}`);
  const ok = run(command);
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  console.log(ok ? `✓ ${name} (${seconds} s)` : `✗ ${name} failed (${seconds} s)${remedy ? `: ${remedy}` : ''}`);
  return ok;
}

const failedSteps = CHECKS.filter((check) => !runStep(check)).map(({ name }) => name);

rmSync(new URL(`../${REPORTS}`, import.meta.url), { recursive: true, force: true });
mkdirSync(new URL(`../${REPORTS}`, import.meta.url), { recursive: true });
const testsOk = runStep({
  name: 'tests',
  command: [
    'vitest',
    'run',
    '--reporter=default',
    '--reporter=junit',
    `--outputFile.junit=${REPORTS}/junit.xml`,
    '--reporter=json',
    `--outputFile.json=${JSON_REPORT}`,
    ...process.argv.slice(2),
  ],
});
const counts = readCounts(JSON_REPORT) ?? { passed: 0, failed: 0, skipped: 0 };
// A file that does not load, or an error outside of any test, fails the run without failing a test.
if (!testsOk && counts.failed === 0) failedSteps.push('tests');

console.log('');
if (failedSteps.length > 0) console.log(`Failed: ${failedSteps.join(', ')}`);
const failed = counts.failed + failedSteps.length;
console.log(`${counts.passed} passed, ${failed} failed, ${counts.skipped} skipped`);
process.exitCode = failed === 0 ? 0 : 1;
