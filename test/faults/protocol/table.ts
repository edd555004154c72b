/** The fault matrix: in how many runs each fault was, and what was wrong in them. */
import type { Counted } from './shard.js';

const COLUMNS = ['duplicate', 'lost', 'not locked', 'wrong progress'] as const;

export function tableOf(byFault: Readonly<Record<string, Counted>>): string {
  const head = ['fault', 'runs', ...COLUMNS, 'other'];
  const rows = Object.entries(byFault)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([fault, { runs, wrongs }]) => {
      const others = Object.entries(wrongs).filter(([check]) => !COLUMNS.some((column) => column === check));
      const other = others.reduce((sum, [, count]) => sum + count, 0);
      return [fault, runs, ...COLUMNS.map((column) => wrongs[column] ?? 0), other].map(String);
    });
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return `\n${lines.join('\n')}\n`;
}
