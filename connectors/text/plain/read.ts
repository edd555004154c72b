/**
 * Reads plain text as people type it: what looks like a list, a quotation or indented code is one, every line stays a
 * line, and all other signs are just signs.
 */
import MarkdownIt from 'markdown-it';
import { htmlOfMarkdown } from '../markdown/html.js';
import { laidOutLines } from './layout.js';
import { MAX_NESTING, PARSER, readMarkdown } from '../markdown/parser.js';

const READER = new MarkdownIt('zero', { breaks: true, maxNesting: MAX_NESTING });
READER.enable(['list', 'blockquote', 'code', 'hr', 'newline', 'autolink']);
READER.validateLink = PARSER.validateLink;
READER.renderer.rules = { ...PARSER.renderer.rules, softbreak: () => '<br>' };

/** As HTML, for its reader. */
export function htmlOfPlain(text: string): string {
  const words = isEncoded(text) ? PARSER.utils.unescapeAll(text.replaceAll('\\', '\\\\')) : text;
  const read = readMarkdown(asMarkdown(words.replaceAll(AS_WRITTEN, '')), READER);
  return htmlOfMarkdown(read, READER).replaceAll(AS_WRITTEN, '');
}

/** A program wrote HTML without elements: every sign that HTML must not have is an entity. */
function isEncoded(text: string): boolean {
  if (!/&(?:amp|lt|gt|quot|#0?39|#x27);/i.test(text) || /[<>]/.test(text)) return false;
  return !/&(?!(?:[a-z][a-z0-9]{1,30}|#\d{1,7}|#x[\da-f]{1,6});)/i.test(text);
}

/** Before a line that begins no list and no quotation although it looks so. No text may contain this code point. */
const AS_WRITTEN = '\ufdd0';

const ITEM = /^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+\S/;
const NUMBERED = /^([ \t]*)(\d{1,9})([.)])[ \t]/;
const QUOTED = /^[ \t]*>/;

/**
 * In Markdown a line right after an item or a quotation belongs to it; here only where it is indented, or quoted as
 * well.
 */
function asMarkdown(text: string): string {
  const lines = text.split(/\r\n|[\r\n]/);
  const kept = linesAsWritten(lines);
  const laidOut = laidOutLines(lines);
  let isCode = false;
  const result: string[] = [];
  let around: 'item' | 'quote' | null = null;
  for (const [at, line] of lines.entries()) {
    const isBlank = line.trim() === '';
    // After an item it would be part of the item.
    const isLaidOut = laidOut.has(at) && around === null;
    if (isLaidOut !== isCode && result.length > 0 && result.at(-1)?.trim() !== '') result.push('');
    isCode = isLaidOut;
    if (isLaidOut) {
      result.push(`    ${line}`);
      continue;
    }
    const kind = kept.has(at) ? null : ITEM.test(line) ? 'item' : QUOTED.test(line) ? 'quote' : null;
    const isOutside = kind !== around && !(around === 'item' && /^[ \t]/.test(line));
    if (around !== null && !isBlank && isOutside && result.at(-1)?.trim() !== '') result.push('');
    if (!isBlank && (isOutside || kind !== null)) around = kind;
    result.push(kept.has(at) ? line.replace(/\S/, `${AS_WRITTEN}$&`) : line);
  }
  return result.join('\n');
}

function linesAsWritten(lines: readonly string[]): ReadonlySet<number> {
  const kept = new Set<number>();
  for (const [at, line] of lines.entries()) {
    const isComparison = /^[ \t]*>=?[ \t]*\d/.test(line);
    if (isComparison && !QUOTED.test(lines[at - 1] ?? '') && !QUOTED.test(lines[at + 1] ?? '')) kept.add(at);
  }
  for (const run of numberedRuns(lines)) {
    const numbers = run.map(({ number }) => number);
    const counts = numbers.every((number, index) => number === (numbers[0] ?? 0) + index);
    const repeats = numbers.every((number) => number === numbers[0]);
    if (!counts && !repeats) for (const { at } of run) kept.add(at);
  }
  return kept;
}

interface Numbered {
  readonly at: number;
  readonly number: number;
}

/** Items that Markdown would count anew: those of one indentation and one sign, up to a line outside the list. */
function numberedRuns(lines: readonly string[]): readonly (readonly Numbered[])[] {
  const runs: Numbered[][] = [];
  let open = new Map<string, Numbered[]>();
  for (const [at, line] of lines.entries()) {
    const found = NUMBERED.exec(line);
    if (found !== null) {
      const [, blanks = '', number, sign = ''] = found;
      const indent = blanks + sign;
      open = new Map([...open].filter(([other]) => other.length <= indent.length));
      const run = open.get(indent) ?? [];
      if (run.length === 0) runs.push(run);
      run.push({ at, number: Number(number) });
      open.set(indent, run);
    } else if (/^\S/.test(line)) open = new Map();
  }
  return runs;
}
