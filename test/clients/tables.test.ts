import pc from 'picocolors';
import { describe, expect, it } from 'vitest';

import { durationWords, renderTable } from '../../clients/tables.js';
import { recordedTerminal } from '../harness/terminal.js';

const plain = recordedTerminal();
const MINUTE_MS = 60_000;

describe('clients/tables', () => {
  it.each([
    [60 * MINUTE_MS, '1 hour'],
    [90 * MINUTE_MS, '90 minutes'],
    [25 * 60 * MINUTE_MS, '25 hours'],
    [14 * 24 * 60 * MINUTE_MS, '14 days'],
    [1_500, '1,500 milliseconds'],
    [0, '0 milliseconds'],
  ])('says a duration of %i ms without rounding it', (lengthMs, words) => {
    expect(durationWords(lengthMs)).toBe(words);
  });

  it('has borders for people and columns for programs, without blanks at the end', () => {
    expect(renderTable(plain, ['a', 'b'], [['1', null]])).toBe('A  B\n1  -');
    expect(renderTable(recordedTerminal({ isTty: true }), ['a', 'b'], [['1', '2']])).toContain('│ 1 │ 2 │');
  });

  it('wraps its widest column where the terminal is narrower', () => {
    const narrow = recordedTerminal({ isTty: true, width: 40 });
    const lines = renderTable(
      narrow,
      ['item', 'why'],
      [['MOB-1', 'a sentence that is far longer than the terminal is wide']],
    );
    expect(Math.max(...lines.split('\n').map((line) => line.length))).toBeLessThanOrEqual(40);
  });

  it('removes control characters from texts, and keeps colours', () => {
    expect(renderTable(plain, ['a'], [['x\u001b[2Jy\u0007']])).toBe('A\nx [2Jy');
    const colorful = recordedTerminal({ colors: pc.createColors(true) });
    expect(renderTable(colorful, ['a'], [[pc.createColors(true).red('x')]])).toContain('\u001b[31mx');
    expect(renderTable(plain, ['a'], [['x\u202ey\u009b31mz\u200b']])).toBe('A\nxy 31mz');
  });
});
