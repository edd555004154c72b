/** Writes a text's tree as plain text, for tools without markup: what a person would type into an e-mail. */
import type { List, Nodes, Root, Table } from 'mdast';
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
  return node.children.map((row) => row.children.map((cell) => oneLine(phrases(cell.children))).join(' | ')).join('\n');
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function phrases(nodes: readonly Nodes[]): string {
  return nodes.filter(isPhrase).map(phrase).join('');
}

function phrase(node: Phrase): string {
  switch (node.type) {
    case 'text':
    case 'inlineCode':
      return node.value;
    case 'break':
      return '\n';
    case 'link': {
      const text = phrases(node.children);
      const address = node.url.replace(/^(?:mailto|tel):/i, '');
      return text === node.url || text === address ? address : `${text} (${node.url})`;
    }
    case 'strong':
    case 'emphasis':
    case 'delete':
      return phrases(node.children);
  }
}
