/** Reads the counts from vitest's JSON report, for the last lines of the gates. */
import { readFileSync } from 'node:fs';

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
