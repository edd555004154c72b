/** Writes a text's tree as plain text, for tools without markup: what a person would type into an e-mail. */
import type { List, Nodes, Root, Table, TableCell } from 'mdast';
import { rowsOf, separatorAfterBreak } from '../cells.js';
import { type Block, isBlock, isPhrase, type Phrase } from '../textTree.js';

export function renderPlain(root: Root): string {
  return joined(root.children, '\n\n').trimEnd();
}

function joined(nodes: readonly Nodes[], between: string): string {
  return nodes.filter(isBlock).map(block).join(between);
}

function block(node: Block): string {
  switch (node.type) {
    case 'paragraph':
    case 'heading':
      return phrases(node.children);
    case 'code':
      return node.value;
    case 'blockquote':
      return indented(joined(node.children, '\n\n'), '> ', '> ');
    case 'list':
      return list(node);
    case 'table':
      return table(node);
    case 'thematicBreak':
      return '---';
  }
}

function list(node: List): string {
  const items = node.children.map((item, index) => {
    const mark = node.ordered === true ? `${(node.start ?? 1) + index}. ` : '- ';
    const box = typeof item.checked === 'boolean' ? `[${item.checked ? 'x' : ' '}] ` : '';
    const text = joined(item.children, item.spread === true ? '\n\n' : '\n');
    return indented(box + text, mark, ' '.repeat(mark.length));
  });
  return items.join(node.spread === true ? '\n\n' : '\n');
}

function indented(text: string, first: string, others: string): string {
  return text
    .split('\n')
    .map((line, index) => (index === 0 ? first : others) + line)
    .map((line) => line.trimEnd())
    .join('\n');
}

function table(node: Table): string {
  const { header, rows } = rowsOf(node);
  const lines = [...(header === null ? [] : [header]), ...rows].map((row) => {
    return row.children
      .map((cell) => oneLine(phrases(cell.children, cell)))
      .join(' | ')
      .trimEnd();
  });
  return lines.join('\n');
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** `cell`: the cell that they are in, which has one line. */
function phrases(nodes: readonly Nodes[], cell: TableCell | null = null): string {
  return nodes
    .filter(isPhrase)
    .map((node) => phrase(node, cell))
    .join('');
}

function phrase(node: Phrase, cell: TableCell | null): string {
  switch (node.type) {
    case 'text':
    case 'inlineCode':
      return node.value;
    case 'break':
      return cell === null ? '\n' : separatorAfterBreak(node, cell);
    case 'link': {
      const text = phrases(node.children, cell);
      const address = node.url.replace(/^(?:mailto|tel):/i, '');
      return text === node.url || text === address ? address : `${text} (${node.url})`;
    }
    case 'strong':
    case 'emphasis':
      return phrases(node.children, cell);
    case 'delete':
      // Without a sign, struck words would read as if they held.
      return `~~${phrases(node.children, cell)}~~`;
  }
}
