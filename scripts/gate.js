/**
 * The one gate, `npm test`: format, lint, types, boundaries and dead code side by side, then every test (unit,
 * conformance, replay, integration). All steps run even when one fails, so that one run tells everything. The last line
 * sums up: tests by vitest's own report, and each failed step as one failure more.
 *
 * `--quick` (`npm run test:quick`) leaves out the tests that need a Temporal server, and runs the checks beside the
 * tests: none of those depends on time. Other arguments go to vitest: `npm test -- test/config` runs all checks, but
 * only these tests.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { readCounts } from './vitestCounts.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const REPORTS = 'test-results';
const JSON_REPORT = `${REPORTS}/vitest.json`;

/** The longest first, so that the others run beside it. */
const CHECKS = [
  { name: 'lint', command: ['eslint', '.'] },
  { name: 'types', command: ['tsc', '--noEmit'] },
  { name: 'format', command: ['prettier', '--check', '--log-level', 'warn', '.'], remedy: 'npm run format' },
  { name: 'boundaries', command: ['depcruise', '.', '--output-type', 'err-long'] },
  { name: 'dead code', command: ['knip'] },
];

const isQuick = process.argv.includes('--quick');
const vitestArguments = process.argv.slice(2).filter((argument) => argument !== '--quick');

/** Runs a program of node_modules; resolves with true when it succeeded. `output` gets what it writes, in pieces. */
function run([program, ...args], output) {
  const shell = process.platform === 'win32';
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: ROOT,
      shell,
      stdio: output === undefined ? 'inherit' : ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PATH: `${ROOT}node_modules/.bin${shell ? ';' : ':'}${process.env.PATH ?? ''}` },
    });
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (piece) => output.push(piece));
    child.on('error', (error) => {
      console.error(`${program} cannot be run: ${error.message}. Has npm ci been run?`);
      resolve(false);
    });
    child.on('close', (status) => resolve(status === 0));
  });
}

function report({ name, remedy }, ok, startedAt) {
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  console.log(ok ? `✓ ${name} (${seconds} s)` : `✗ ${name} failed (${seconds} s)${remedy ? `: ${remedy}` : ''}`);
}

/** `atOnce` at a time; each one's output is shown in one piece when it ends. Resolves with what failed. */
async function runChecks(atOnce) {
  console.log(`▸ ${CHECKS.map(({ name }) => name).join(', ')}`);
  const waiting = [...CHECKS];
  const failed = [];
  const runNext = async () => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      const startedAt = Date.now();
      const output = [];
      const ok = await run(check.command, output);
      process.stdout.write(Buffer.concat(output));
      report(check, ok, startedAt);
      if (!ok) failed.push(check.name);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, runNext));
  return failed;
}

async function runTests() {
  const startedAt = Date.now();
  const name = isQuick ? 'tests without Temporal' : 'tests';
  console.log(`\n▸ ${name}`);
  rmSync(new URL(`../${REPORTS}`, import.meta.url), { recursive: true, force: true });
  mkdirSync(new URL(`../${REPORTS}`, import.meta.url), { recursive: true });
  const ok = await run([
    'vitest',
    'run',
    ...(isQuick ? ['--project', 'quick'] : []),
    '--reporter=default',
    '--reporter=junit',
    `--outputFile.junit=${REPORTS}/junit.xml`,
    '--reporter=json',
    `--outputFile.json=${JSON_REPORT}`,
    ...vitestArguments,
  ]);
  report({ name }, ok, startedAt);
  return ok;
}

const checks = runChecks(isQuick ? 1 : availableParallelism());
if (!isQuick) await checks;
const testsOk = await runTests();
const failedSteps = await checks;
const counts = readCounts(JSON_REPORT) ?? { passed: 0, failed: 0, skipped: 0 };
// A file that does not load, or an error outside of any test, fails the run without failing a test.
if (!testsOk && counts.failed === 0) failedSteps.push('tests');

console.log('');
if (failedSteps.length > 0) console.log(`Failed: ${failedSteps.join(', ')}`);
const failed = counts.failed + failedSteps.length;
console.log(`${counts.passed} passed, ${failed} failed, ${counts.skipped} skipped`);
process.exitCode = failed === 0 ? 0 : 1;
