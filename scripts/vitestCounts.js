/** What the test runner itself counted: vitest's JSON report, for the last lines of the gates. */
import { readFileSync } from 'node:fs';

/** `report`: a path below the repository; null where none was written. */
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
