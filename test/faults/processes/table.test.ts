import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Finding } from './judges/index.js';
import { goodRecord } from './record/goodRecord.js';
import { matrixIn, matrixOf, writeInto } from './table.js';

const DUPLICATE: Finding = { check: 'I1 created twice', column: 'duplicates', craftItemId: '17', words: '' };
const killed = { record: goodRecord({ struck: ['kill', 'html'] }), findings: [] };
const broken = { record: goodRecord({ struck: ['kill'] }), findings: [DUPLICATE] };

describe('faults/processes/table', () => {
  it('counts a run for each fault that met something in it, and what was found', () => {
    const matrix = matrixOf([killed, broken]);
    expect(Object.fromEntries(matrix)).toEqual({
      kill: [2, 1, 0, 0, 0, 0],
      html: [1, 0, 0, 0, 0, 0],
      'all runs': [2, 1, 0, 0, 0, 0],
    });
  });

  it('adds runs to those that a page tells of', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'craftsync-test-'));
    const path = join(folder, 'page.md');
    await writeFile(path, 'Before.\n\n<!-- processes: begin -->\n<!-- processes: end -->\n\nAfter.\n');
    writeInto(path, matrixOf([killed]));
    writeInto(path, matrixOf([broken]));
    const text = await readFile(path, 'utf8');
    expect(text).toMatch(/^Before\.\n\n<!--[^]*-->\n\nAfter\.\n$/);
    expect(matrixIn(text).get('kill')).toEqual([2, 1, 0, 0, 0, 0]);
    await rm(folder, { recursive: true });
  });

  it('refuses a page without a place for it', () => {
    expect(() => matrixIn('Nothing.')).toThrow('no place');
  });
});
