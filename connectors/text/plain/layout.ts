/**
 * Finds the lines of plain text that are laid out with blanks: columns and trees of folders. Markups fold blanks, so
 * that such lines keep their look only as code.
 */

/** Between columns; after the end of a sentence two blanks are no gap. */
const GAP = /(?<![.!?:;,]) {2,}(?=\S)|(?<=\S)\t+(?=\S)| {3,}(?=\S)/g;
const TREE = /^[ \t│|]*(?:[├└╰]─|[|+`\\]--)/;
const ITEM = /^[ \t]*(?:[-*+•>]|\d{1,9}[.)])(?:[ \t]|$)/;

/** Their places, from 0. */
export function laidOutLines(lines: readonly string[]): ReadonlySet<number> {
  const found = new Set<number>();
  for (const [at, line] of lines.entries()) {
    const before = lines[at - 1] ?? '';
    if (TREE.test(line)) {
      if (before.trim() !== '' && !ITEM.test(before)) found.add(at - 1);
      if (before.trim() !== '' || TREE.test(lines[at + 1] ?? '')) found.add(at);
    } else if (sharesColumn(before, line)) {
      found.add(at - 1);
      found.add(at);
    }
  }
  return found;
}

/** Whether a column begins at the same place in both lines. */
function sharesColumn(one: string, other: string): boolean {
  if (ITEM.test(one) || ITEM.test(other)) return false;
  const columns = columnsOf(one);
  return columnsOf(other).some((column) => columns.includes(column));
}

/** Where columns begin after the first; those after tabs count from 1, below 0. */
function columnsOf(line: string): readonly number[] {
  const start = line.length - line.trimStart().length;
  let tabs = 0;
  return [...line.matchAll(GAP)]
    .filter(({ index }) => index >= start && index > 0)
    .map(({ 0: gap, index }) => (gap.startsWith('\t') || tabs > 0 ? -++tabs : index + gap.length));
}
