/** Runs vitest and reads the counts from its JSON report, for the last lines of the gates. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** `report` is a path in the repository. Returns null where no report was written. */
export function readCounts(report) {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(
      readFileSync(new URL(`../${report}`, import.meta.url), 'utf8'),
    );
    return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests };
  } catch {
    return null;
  }
}

/** Runs `test/<name>/vitest.config.ts`, with this process's own arguments, and shows it. Returns its counts. */
export function runVitest(name) {
  const report = `test-results/${name}.json`;
  mkdirSync(new URL('../test-results', import.meta.url), { recursive: true });
  rmSync(new URL(`../${report}`, import.meta.url), { force: true });
  const config = ['--config', `test/${name}/vitest.config.ts`];
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const args = ['run', ...config, ...reporters, ...process.argv.slice(2)];
  const { status } = spawnSync('node_modules/.bin/vitest', args, { cwd: ROOT, stdio: 'inherit' });
  const counts = readCounts(report) ?? { passed: 0, failed: 0, skipped: 0 };
  // A server that does not start fails the run without failing a test.
  if (status !== 0 && counts.failed === 0) counts.failed = 1;
  return counts;
}
