/** `npm run test:faults`: a batch of runs, then the table and the counts. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runBatch, say } from './batch.js';
import { readOptions } from './options.js';
import { markdown, matrixOf, writeInto } from './table.js';

const options = readOptions();

describe.skipIf(options.defects)('faults/processes/batch', () => {
  it('breaks no invariant in any run', async () => {
    const outcomes = await runBatch(options);
    const judged = outcomes.filter((one) => one.outcome === 'judged');
    const matrix = matrixOf(judged);
    say(`\n${markdown(matrix)}`);
    if (options.write !== undefined) writeInto(options.write, matrix);
    const failed = judged.filter(({ findings }) => findings.length > 0).length;
    const counts = { passed: judged.length - failed, failed, skipped: outcomes.length - judged.length };
    mkdirSync(dirname(options.counts), { recursive: true });
    writeFileSync(options.counts, JSON.stringify(counts));
    // A run that could not be made has shown nothing.
    expect({ failed: counts.failed, notMade: counts.skipped }).toEqual({ failed: 0, notMade: 0 });
  });
});
