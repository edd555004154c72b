/** The fault matrix of docs/faults.md: one row for each fault, added up over all batches that were written there. */
import { readFileSync, writeFileSync } from 'node:fs';
import { CATALOGUE } from './plan/catalogue.js';
import { FAULT_KINDS, type FaultKind } from './plan/faults.js';
import type { Column, Finding } from './judges/index.js';
import type { RunRecord } from './record/record.js';

const COLUMNS: readonly Column[] = ['duplicates', 'lost', 'not locked', 'wrong progress', 'other'];
const HEAD = ['fault', 'runs', ...COLUMNS] as const;
const BEGIN = '<!-- processes: begin -->';
const END = '<!-- processes: end -->';
const ALL = 'all runs';

type Row = readonly number[];
export type Matrix = ReadonlyMap<FaultKind | typeof ALL, Row>;

/** Counts a run for each fault that met something in it, and its findings for each of them. */
export function matrixOf(
  runs: readonly { readonly record: RunRecord; readonly findings: readonly Finding[] }[],
): Matrix {
  const rows = new Map<FaultKind | typeof ALL, Row>();
  for (const { record, findings } of runs) {
    const counts = COLUMNS.map((column) => findings.filter((finding) => finding.column === column).length);
    for (const kind of [...record.struck, ALL] as const) rows.set(kind, added(rows.get(kind), [1, ...counts]));
  }
  return rows;
}

function added(before: Row | undefined, more: Row): Row {
  return more.map((value, at) => value + (before?.[at] ?? 0));
}

function sum(a: Matrix, b: Matrix): Matrix {
  const total = new Map(a);
  for (const [kind, row] of b) total.set(kind, added(total.get(kind), row));
  return total;
}

export function markdown(matrix: Matrix): string {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  const kinds = [...FAULT_KINDS, ALL] as const;
  return [
    line(HEAD),
    line(HEAD.map((_, at) => (at === 0 ? '---' : '---:'))),
    ...kinds.map((kind) => line([wordsOf(kind), ...(matrix.get(kind) ?? HEAD.slice(1).map(() => 0))])),
  ].join('\n');
}

function wordsOf(kind: FaultKind | typeof ALL): string {
  return kind === ALL ? `**${ALL}**` : `${CATALOGUE[kind].words} (\`${kind}\`)`;
}

/** What stands between the marks; empty where nothing does. Throws where there are no marks. */
export function matrixIn(text: string): Matrix {
  const [, between] = new RegExp(`${BEGIN}([^]*)${END}`).exec(text) ?? [];
  if (between === undefined) throw new Error(`there is no place for the table: ${BEGIN} … ${END}`);
  const rows = new Map<FaultKind | typeof ALL, Row>();
  for (const row of between.split('\n').filter((one) => one.startsWith('| '))) {
    const [name = '', ...cells] = row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    const kind = name === `**${ALL}**` ? ALL : FAULT_KINDS.find((one) => name.endsWith(`(\`${one}\`)`));
    if (kind !== undefined) rows.set(kind, cells.map(Number));
  }
  return rows;
}

/** Adds the runs to those that the file already tells of. */
export function writeInto(path: string, matrix: Matrix): void {
  const text = readFileSync(path, 'utf8');
  const total = sum(matrixIn(text), matrix);
  const block = `${BEGIN}\n\n${markdown(total)}\n\n${END}`;
  writeFileSync(
    path,
    text.replace(new RegExp(`${BEGIN}[^]*${END}`), () => block),
  );
}
