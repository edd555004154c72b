/** Tables as they stand in docs/performance.md: a benchmark prints rows that can be pasted there. */
import { cpus } from 'node:os';

export type Cell = string | number;

/** Markdown, below a line that says where and when; goes to stdout. */
export function printTable(title: string, head: readonly string[], rows: readonly (readonly Cell[])[]): void {
  const line = (cells: readonly Cell[]): string => `| ${cells.join(' | ')} |`;
  const lines = [
    `**${title}** (${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'CPU'}, Node ${process.versions.node})`,
    '',
    line(head),
    line(head.map((_, column) => (column === 0 ? '---' : '---:'))),
    ...rows.map(line),
  ];
  process.stdout.write(`\n${lines.join('\n')}\n\n`);
}

/** How far it is, for whoever waits; goes to stderr. */
export function say(line: string): void {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);
}

export function rounded(value: number, digits = 0): string {
  return value.toFixed(digits);
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * share) - 1))] ?? Number.NaN;
}

/** A list of numbers from the environment, such as `1,2,4`. */
export function numbersFrom(variable: string, otherwise: string): readonly number[] {
  return (process.env[variable] ?? otherwise).split(',').map(Number);
}

export function numberFrom(variable: string, otherwise: number): number {
  return Number(process.env[variable] ?? otherwise);
}
