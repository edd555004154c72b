import { describe, expect, it } from 'vitest';
import { escapeUnseen, printable, printableJson } from '../../../domain/rules/printable.js';

const HOSTILE = [
  ['a title of the window', '\u001b]0;owned\u0007'],
  ['the clipboard', '\u001b]52;c;ZWNobyBvd25lZAo=\u001b\\'],
  ['a clear screen', '\u001b[2J\u001b[H'],
  ['hidden text', '\u001b[8m'],
  ['controls of one byte', '\u009b2J\u009d52;c;eA==\u009c\u0090q\u0085'],
  ['a line that is written over', 'good\rbad'],
  ['backspaces', 'good\b\b\b\bbad'],
  ['the order of writing', '\u202egnp.exe\u202c \u2066x\u2069 \u200f\u200e\u061c'],
  ['signs that nobody sees', 'a\u200bb\u00adc\u2060d\u{e0041}'],
  ['separators of lines', 'a\u2028b\u2029c'],
] as const;
const OBEYED =
  /(?![\n\t])\p{Cc}|[\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u200b\u00ad\u2060]|\p{Noncharacter_Code_Point}/u;

describe('domain/rules/printable', () => {
  it.each(HOSTILE)('shows %s instead of obeying it, with colours or without', (_what, text) => {
    for (const colors of [true, false]) expect(printable(`before${text}after`, { colors })).not.toMatch(OBEYED);
  });

  it('keeps the colours of our own output, line breaks, and what people write', () => {
    const text = '\u001b[1m\u001b[31mwrong\u001b[39m\u001b[22m\tGröße 状態 👩‍💻 ❤️ עברית\nnext';
    expect(printable(text, { colors: true })).toBe(text);
    expect(printable(text, { colors: false })).not.toContain('\u001b');
    expect(printable('a\r\nb', { colors: false })).toBe('a\nb');
  });

  it.each(HOSTILE)('writes %s into JSON so that a program reads the same and a terminal nothing', (_what, text) => {
    const value = { text, list: [text], [text]: 1, nothing: null };
    const json = printableJson(value);
    expect(JSON.parse(json)).toEqual(value);
    expect(json).not.toMatch(OBEYED);
    expect(escapeUnseen(json)).toBe(json);
  });

  it('rewords the texts of a value at any depth, and neither its keys nor its numbers', () => {
    const value = { status: 'status', deep: [{ status: 200, text: 'a status', right: true, none: null }, 'status'] };
    expect(JSON.parse(printableJson(value, (text) => text.replaceAll('status', 'state')))).toEqual({
      status: 'state',
      deep: [{ status: 200, text: 'a state', right: true, none: null }, 'state'],
    });
  });
});
