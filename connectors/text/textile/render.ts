/**
 * Writes a text's tree as Textile as Redmine reads it. Redmine shows raw HTML as text except `pre`, `code`, `kbd` and
 * `notextile`; only those written here get through. Words are written by `words.ts`.
 */
import type { Code, Nodes, Root, Table, TableRow } from 'mdast';
import { rowsOf } from '../cells.js';
import { type Block, isBlock } from '../textTree.js';
import { listOf, type Writers } from './lists.js';
import { keptCode, wordsOf } from './words.js';

export function renderTextile(root: Root): string {
  return blocks(root.children).trimEnd();
}

function blocks(nodes: readonly Nodes[]): string {
  return nodes.filter(isBlock).map(block).join('\n\n');
}

function block(node: Block): string {
  switch (node.type) {
    case 'paragraph':
      return paragraph(node);
    case 'heading':
      return `h${node.depth}. ${oneLine(wordsOf(node))}`;
    case 'code':
      return code(node);
    case 'blockquote':
      return quoted(blocks(node.children));
    case 'list':
      return listOf(node, IN_LISTS);
    case 'table':
      return table(node);
    case 'thematicBreak':
      return '---';
  }
}

function paragraph(node: Nodes): string {
  const words = lines(wordsOf(node, { startsLine: true }));
  // A line that begins with a tag is no paragraph to Redmine.
  return words.startsWith('<') ? `p. ${words}` : words;
}

function lines(words: string): string {
  return words.replace(/^[^\S\n]+/gm, '').replace(/\n{2,}/g, '\n');
}

/** Code is taken out before quotations are looked for, so that a sign before its lines would be seen. */
function quoted(text: string): string {
  let isCode = false;
  return text
    .split('\n')
    .map((line) => {
      const isInside = isCode;
      if (line.startsWith('<pre>')) isCode = true;
      if (line.endsWith('</pre>')) isCode = false;
      return isInside ? line : `> ${line}`.trimEnd();
    })
    .join('\n');
}

function code({ lang, value }: Code): string {
  // Any other name would keep Redmine from reading it, and entities would be seen.
  const named = typeof lang === 'string' && /^\w+$/.test(lang);
  const inner = keptCode(value);
  return named ? `<pre><code class="${lang}">\n${inner}\n</code></pre>` : `<pre>\n${inner}\n</pre>`;
}

const IN_LISTS: Writers = {
  block,
  inItem(node, isFirst) {
    switch (node.type) {
      case 'heading':
        return strong(oneLine(wordsOf(node)));
      case 'paragraph':
        return lines(wordsOf(node, { startsLine: !isFirst }));
      case 'code':
        return code(node);
      case 'thematicBreak':
        return '---';
      case 'blockquote':
        return unquoted(node.children).join('\n');
    }
  },
};

/** A quotation in an item would end the list: its words alone. */
function unquoted(nodes: readonly Nodes[]): string[] {
  return nodes.filter(isBlock).flatMap((node) => {
    if (node.type === 'blockquote') return unquoted(node.children);
    if (node.type === 'list')
      return node.children.flatMap(({ children }) => unquoted(children).map((text) => `• ${text}`));
    return node.type === 'table' ? node.children.map((row) => rowInLine(row)) : [IN_LISTS.inItem(node, false)];
  });
}

function rowInLine(row: TableRow): string {
  return row.children.map((cell) => oneLine(wordsOf(cell))).join(' / ');
}

function strong(text: string): string {
  return /^[\p{L}\p{N}][^*]*[\p{L}\p{N}]$/u.test(text) ? `*${text}*` : text;
}

function table(node: Table): string {
  const { header, rows } = rowsOf(node);
  const line = (row: TableRow, mark: string): string => {
    const cells = row.children.map((cell) => `${mark} ${oneLine(wordsOf(cell))} `);
    return `|${cells.join('|')}|`;
  };
  return [...(header === null ? [] : [line(header, '_.')]), ...rows.map((row) => line(row, ''))].join('\n');
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
