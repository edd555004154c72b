import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { createOutput, gistOf } from '../../../stack/up/output.js';

describe('stack/up/output', () => {
  it('shows the message of a JSON log line, its level where it matters, and its short fields', () => {
    const line = { level: 40, time: 1, pid: 2, hostname: 'h', msg: 'slow', tool: 'km', stack: 'x'.repeat(100) };
    expect(plain(gistOf(JSON.stringify(line)))).toBe('warning: slow tool=km');
    expect(gistOf('no JSON at all')).toBe('no JSON at all');
    expect(gistOf('{"torn":')).toBe('{"torn":');
  });

  it('keeps every line of a part in its log, and shows only the lines of parts that are followed', () => {
    const folder = mkdtempSync(join(tmpdir(), 'craftsync-output-'));
    const printed: string[] = [];
    const output = createOutput(folder, (line) => printed.push(line));

    output.lineWriter('worker', { shown: true })('one');
    output.lineWriter('temporal', { shown: false })('two');

    expect(printed.map(plain)).toEqual(['worker   | one']);
    expect(readFileSync(join(folder, 'logs', 'worker.log'), 'utf8')).toBe('one\n');
    expect(readFileSync(join(folder, 'logs', 'temporal.log'), 'utf8')).toBe('two\n');
    rmSync(folder, { recursive: true, force: true });
  });
});

/** Without the terminal's colours. */
function plain(text: string): string {
  return text.replace(/\u001b\[\d+m/g, '');
}
