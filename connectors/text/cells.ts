/** Tables for the markups that have no more than lines: the rows, and what stands between the lines of a cell. */
import type { Nodes, Parents, Table, TableRow } from 'mdast';

/** Before an item of a list, its bullet or number is enough. */
export function separatorAfterBreak(node: Nodes, parent: Parents | undefined): string {
  const siblings: readonly Nodes[] = parent?.children ?? [];
  const next = siblings[siblings.indexOf(node) + 1];
  return next?.type === 'text' && /^(?:• |\d+\. )/.test(next.value) ? ' ' : ' / ';
}

/** The tree gives a table without a header an empty first row, which Markdown needs and other markups do not. */
export function rowsOf({ children }: Table): { readonly header: TableRow | null; readonly rows: readonly TableRow[] } {
  const [first, ...rows] = children;
  const isEmpty = first === undefined || first.children.every((cell) => cell.children.length === 0);
  return { header: isEmpty ? null : first, rows };
}
