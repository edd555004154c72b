/**
 * Writes a text's tree as Textile as Redmine reads it. Textile has no escape character, so a sign that could mean
 * something is written as an HTML entity, which Redmine shows as the sign. Redmine shows raw HTML as text except `pre`,
 * `code`, `kbd` and `notextile`; only those written here get through.
 */
import type { Code, List, Nodes, Root, Table } from 'mdast';
import { type Block, isBlock, isPhrase, type Phrase } from '../textTree.js';

export function renderTextile(root: Root): string {
  return blocks(root.children).trimEnd();
}

function blocks(nodes: readonly Nodes[]): string {
  return nodes.filter(isBlock).map(block).join('\n\n');
}

function block(node: Block): string {
  switch (node.type) {
    case 'paragraph':
      return paragraph(node.children);
    case 'heading':
      return `h${node.depth}. ${oneLine(phrases(node.children))}`;
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

function paragraph(nodes: readonly Nodes[]): string {
  return phrases(nodes)
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
  const mark = outer + (node.ordered === true ? '#' : '*');
  return node.children.map((item) => listItem(item, mark)).join('\n');
}

function listItem(item: List['children'][number], mark: string): string {
  const box = typeof item.checked === 'boolean' ? (item.checked ? '&#91;x] ' : '&#91; ] ') : '';
  const texts: string[] = [];
  const after: string[] = [];
  for (const child of item.children.filter(isBlock)) {
    if (child.type === 'list') after.push(list(child, mark));
    else if (child.type === 'code') after.push(code(child));
    else if (child.type === 'table') after.push(`\n${table(child)}\n`);
    else
      texts.push(
        block(child)
          .replace(/^> ?/gm, '')
          .replace(/^h\d\. /, '')
          .replace(/\n+/g, '\n'),
      );
  }
  return [`${mark} ${box}${texts.join('\n')}`.trimEnd(), ...after].join('\n');
}

function table(node: Table): string {
  const rows = node.children.map((row, index) => {
    const cells = row.children.map((cell) => {
      const text = oneLine(phrases(cell.children));
      return index === 0 ? `_. ${text} ` : ` ${text} `;
    });
    return `|${cells.join('|')}|`;
  });
  return rows.join('\n');
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function phrases(nodes: readonly Nodes[]): string {
  const known = nodes.filter(isPhrase);
  const parts = known.map(phrase);
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

function phrase(node: Phrase): string {
  switch (node.type) {
    case 'text':
      return escaped(node.value);
    case 'inlineCode':
      return `<code>${oneLine(kept(node.value))}</code>`;
    case 'break':
      return '\n';
    case 'link':
      return `"${oneLine(phrases(node.children)).replaceAll('"', '&quot;').replace(/^\(/, '&#40;')}":${addressOf(node.url)}`;
    case 'strong':
    case 'emphasis':
    case 'delete':
      return phrases(node.children);
  }
}

const MARKS: Readonly<Record<string, string>> = { strong: '*', emphasis: '_', delete: '-' };

/** Formatting marks count only at the edges of words, and a link ends where a blank or punctuation follows. */
function bounded(node: Phrase, text: string, before: string, after: string): string {
  const mark = MARKS[node.type];
  if (mark !== undefined) {
    const fits = /^[\s(]?$/.test(before) && /^(?:[\s),.:!?]|&|$)/.test(after) && /^\S(?:[^\n]*\S)?$/.test(text);
    return fits ? mark + text + mark : text;
  }
  if (node.type !== 'link') return text;
  return `${/^[\s(]?$/.test(before) ? '' : ' '}${text}${/^[\s),.]?$/.test(after) ? '' : ' '}`;
}

/** Percent-encodes everything that could end the link early, also at its end. */
function addressOf(url: string): string {
  const percent = (sign: string) => `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  return url.replace(/["'()*|[\]{}]|[.,;:!?]$/g, percent);
}

function entity(sign: string): string {
  return `&#${sign.charCodeAt(0)};`;
}

/** Signs that begin formatting when no letter precedes and no blank follows. */
const OPENING = /(?<![\p{L}\p{N}_])[*_+^~%?@!-](?=\S)/gu;
/** Beginnings of lines that make a heading, a quotation, a list or a table. */
const LINE_START = /^(?:[#*]+(?= )|>|\||(?:h[1-6]|bq|bc|p|pre|fn\d+|table|notextile|clear|dl)(?=[^\s.]{0,40}\.))/gm;

function escaped(text: string): string {
  return text
    .replace(/&(?=#?\w{1,40};)/g, '&amp;')
    .replace(/<(?=[a-z/!?])/gi, '&lt;')
    .replace(LINE_START, (start) => entity(start) + start.slice(1))
    .replace(OPENING, entity)
    .replace(/"(?=:)/g, '&quot;')
    .replace(/=(?==)|\[(?=\d+\])|\|/g, entity);
}
