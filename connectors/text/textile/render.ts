/**
 * Writes a text's tree as Textile as Redmine reads it. Redmine shows raw HTML as text except `pre`, `code`, `kbd` and
 * `notextile`; only those written here get through. Words are escaped by `escape.ts`.
 */
import type { Code, List, ListItem, Nodes, Root, Table, TableRow } from 'mdast';
import { rowsOf, separatorAfterBreak } from '../cells.js';
import { type Block, isBlock, isPhrase, type Phrase } from '../textTree.js';
import { endingSigns, entity, escaped } from './escape.js';

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
      return `h${node.depth}. ${oneLine(words(node))}`;
    case 'code':
      return code(node);
    case 'blockquote':
      return quoted(blocks(node.children));
    case 'list':
      return list(node, '');
    case 'table':
      return table(node);
    case 'thematicBreak':
      return '---';
  }
}

function paragraph(node: Nodes): string {
  return words(node)
    .replace(/^[^\S\n]+/gm, '')
    .replace(/\n{2,}/g, '\n');
}

function quoted(text: string): string {
  return text
    .split('\n')
    .map((line) => `> ${line}`.trimEnd())
    .join('\n');
}

function code({ lang, value }: Code): string {
  const named = typeof lang === 'string' && /^[\w+-]+$/.test(lang);
  const inner = kept(value);
  return named ? `<pre><code class="${lang}">\n${inner}\n</code></pre>` : `<pre>\n${inner}\n</pre>`;
}

/** Redmine shows code as it is; an invisible sign breaks a tag that it would take for one of its own. */
function kept(value: string): string {
  return value.replace(/<(?=\/?(?:pre|code|kbd|notextile|redpre)\b)/gi, '<\u2060');
}

/** A Textile item is one paragraph and nested lists; other content goes into its lines or after the item. */
function list(node: List, outer: string): string {
  if (node.ordered === true && !countsItself(node)) return numberedByHand(node);
  const mark = outer + (node.ordered === true ? '#' : '*');
  return node.children.map((item) => listItem(item, mark)).join('\n');
}

/** Textile counts from 1, and from 1 again after anything that ends a list. */
function countsItself(node: List): boolean {
  return (node.start ?? 1) === 1 && node.children.slice(0, -1).every((item) => !item.children.some(endsList));
}

function endsList(node: Nodes): boolean {
  if (node.type === 'code' || node.type === 'table') return true;
  if (node.type !== 'list') return false;
  return !(node.ordered !== true || countsItself(node)) || node.children.some((item) => item.children.some(endsList));
}

function numberedByHand(node: List): string {
  const start = node.start ?? 1;
  return node.children
    .map((item, index) => {
      const { text, after } = contentOf(item, '');
      return [`${start + index}. ${text}`.trimEnd(), ...after].join('\n\n');
    })
    .join('\n');
}

function listItem(item: ListItem, mark: string): string {
  const { text, after } = contentOf(item, mark);
  return [`${mark} ${text}`.trimEnd(), ...after].join('\n');
}

/** `mark`: that of the list around, with which inner lists begin. */
function contentOf(item: ListItem, mark: string): { readonly text: string; readonly after: readonly string[] } {
  const box = typeof item.checked === 'boolean' ? `[${item.checked ? 'x' : ' '}] ` : '';
  const texts: string[] = [];
  const after: string[] = [];
  for (const child of item.children.filter(isBlock)) {
    if (child.type === 'list') after.push(list(child, mark));
    else if (child.type === 'code') after.push(code(child));
    else if (child.type === 'table') after.push(`\n${table(child)}\n`);
    else if (child.type === 'heading') texts.push(strong(oneLine(words(child))));
    else texts.push(block(child).replace(/^> ?/gm, '').replace(/\n+/g, '\n'));
  }
  return { text: box + texts.join('\n'), after };
}

function strong(text: string): string {
  return /^[\p{L}\p{N}][^*]*[\p{L}\p{N}]$/u.test(text) ? `*${text}*` : text;
}

function table(node: Table): string {
  const { header, rows } = rowsOf(node);
  const line = (row: TableRow, mark: string): string => {
    const cells = row.children.map((cell) => `${mark} ${oneLine(words(cell))} `);
    return `|${cells.join('|')}|`;
  };
  return [...(header === null ? [] : [line(header, '_.')]), ...rows.map((row) => line(row, ''))].join('\n');
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** Signs that end formatting, and the cell in which words are: what writing one word depends on. */
interface Place {
  readonly ending: ReadonlySet<string>;
  readonly isCell: boolean;
}

/** The words of one block. */
function words(node: Nodes): string {
  const children = 'children' in node ? node.children : [];
  const ending = new Set(endingSigns(textOf(node)));
  for (const sign of marksIn(node)) ending.add(sign);
  return phrases(children, { ending, isCell: node.type === 'tableCell' });
}

function textOf(node: Nodes): string {
  if ('children' in node) return node.children.map(textOf).join('');
  return node.type === 'text' ? node.value : ' ';
}

function marksIn(node: Nodes): readonly string[] {
  const own = MARKS[node.type];
  const inner = 'children' in node ? node.children.flatMap(marksIn) : [];
  return own === undefined ? inner : [own, ...inner];
}

function phrases(nodes: readonly Nodes[], place: Place): string {
  const known = nodes.filter(isPhrase);
  const parts = known.map((node, at) =>
    node.type === 'break' && place.isCell
      ? separatorAfterBreak(node, { type: 'paragraph', children: known.slice(at) })
      : phrase(node, place),
  );
  return known
    .map((node, at) => bounded(node, parts[at] ?? '', lastOf(parts[at - 1]), firstOf(parts[at + 1])))
    .join('');
}

function firstOf(part: string | undefined): string {
  return part?.charAt(0) ?? '';
}

function lastOf(part: string | undefined): string {
  return part?.at(-1) ?? '';
}

function phrase(node: Phrase, place: Place): string {
  switch (node.type) {
    case 'text':
      return escaped(node.value, place.ending);
    case 'inlineCode':
      return `<code>${oneLine(kept(node.value))}</code>`;
    case 'break':
      return '\n';
    case 'link':
      return `"${oneLine(phrases(node.children, place)).replaceAll('"', '&quot;').replace(/^\(/, '&#40;')}":${addressOf(node.url)}`;
    case 'strong':
    case 'emphasis':
    case 'delete':
      return phrases(node.children, place);
  }
}

const MARKS: Readonly<Record<string, string>> = { strong: '*', emphasis: '_', delete: '-' };

/** Formatting marks count only at the edges of words, and a link ends where a blank or punctuation follows. */
function bounded(node: Phrase, text: string, before: string, after: string): string {
  const mark = MARKS[node.type];
  if (mark !== undefined) {
    const fits = /^[\s(]?$/.test(before) && /^(?:[\s),.:!?]|&|$)/.test(after) && /^\S(?:[^\n]*\S)?$/.test(text);
    if (fits) return mark + text + mark;
    // Without a sign, struck words would read as if they held.
    return node.type === 'delete' ? `${entity('~')}~${text}${entity('~')}~` : text;
  }
  if (node.type !== 'link') return text;
  return `${/^[\s(]?$/.test(before) ? '' : ' '}${text}${/^[\s),.]?$/.test(after) ? '' : ' '}`;
}

/** Percent-encodes everything that could end the link early, also at its end. */
function addressOf(url: string): string {
  const percent = (sign: string) => `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  return url.replace(/["'()*|[\]{}]|[.,;:!?]$/g, percent);
}
