/** Tables for people: with borders on a terminal, in plain columns in a pipe or a file. */
import Table from 'cli-table3';
import { printable } from '../domain/rules/printable.js';
import type { Terminal } from './terminal.js';

export type Cell = string | number | null;

const PLAIN = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
} as const;

/** Shown for a missing value. */
const NOTHING = '-';

/** Without a line break at the end; the empty text where there are no rows. */
export function renderTable(terminal: Terminal, head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  if (rows.length === 0) return '';
  const { isTty, colors } = terminal;
  const table = new Table({
    head: head.map((word) => (isTty ? colors.bold(word) : word.toUpperCase())),
    style: {
      head: [],
      border: isTty && colors.isColorSupported ? ['dim'] : [],
      'padding-left': isTty ? 1 : 0,
      'padding-right': isTty ? 1 : 0,
    },
    ...(isTty ? widthsFor(terminal, head, rows) : { chars: PLAIN }),
  });
  table.push(
    ...rows.map((row) =>
      row.map((cell) => (cell === null ? NOTHING : printable(String(cell), { colors: colors.isColorSupported }))),
    ),
  );
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

const NARROWEST_COLUMN = 12;

/** If the table would be wider than the terminal, its widest columns, which hold the sentences, are wrapped. */
function widthsFor({ width }: Terminal, head: readonly string[], rows: readonly (readonly Cell[])[]) {
  if (width === null) return {};
  const natural = head.map(
    (word, column) => Math.max(word.length, ...rows.map((row) => lengthOf(row[column] ?? NOTHING))) + 2,
  );
  const available = width - head.length - 1;
  const total = (widest: number): number => natural.reduce((sum, each) => sum + Math.min(each, widest), 0);
  let widest = Math.max(...natural);
  if (total(widest) <= available) return {};
  while (widest > NARROWEST_COLUMN && total(widest) > available) widest -= 1;
  return { colWidths: natural.map((each) => Math.min(each, widest)), wordWrap: true };
}

function lengthOf(cell: Cell): number {
  return Math.max(
    ...String(cell)
      .replace(/\u001b\[\d{1,2}m/g, '')
      .split('\n')
      .map((line) => line.length),
  );
}

/** `1 item`, `2 items`, `1,000 items`. */
export function counted(count: number, singular: string, plural = `${singular}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? singular : plural}`;
}

/** `1 thing is wrong`, `2 things are wrong`. */
export function thingsWrong(count: number): string {
  return `${counted(count, 'thing')} ${count === 1 ? 'is' : 'are'} wrong`;
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

/** A duration in the largest unit that divides it, so that nothing is rounded: `90 minutes`, not `2 hours`. */
export function durationWords(lengthMs: number): string {
  const [unit, size] = UNITS.find(([, each]) => lengthMs > 0 && lengthMs % each === 0) ?? ['millisecond', 1];
  return counted(lengthMs / size, unit);
}
