/**
 * What a reader sees of one paragraph, heading or cell: its signs, each with the marks around it. That of a tree and
 * that of what was written of it are compared, since no rule about signs covers all that may stand beside each other.
 */
import type { Token } from 'markdown-it';
import type { Heading, Nodes, Paragraph, TableCell } from 'mdast';
import { separatorAfterBreak } from '../cells.js';
import { STRICT } from './parser.js';

export type Line = Paragraph | Heading | TableCell;

const MARK_BITS = { strong: 1, emphasis: 2, delete: 4, link: 8 } as const;
const CODE = 16;

/** Collects signs; how marks are nested makes no difference. */
class Meaning {
  private readonly parts: string[] = [];
  private last = 0;

  add(text: string, marks: number): void {
    const signs = text.replace(/\s+/g, '');
    if (signs === '') return;
    if (marks !== this.last) this.parts.push(`\0${marks}\0`);
    this.last = marks;
    this.parts.push(signs);
  }

  toString(): string {
    return this.parts.join('');
  }
}

export function meaningOf(line: Line): string {
  const meaning = new Meaning();
  const add = (node: Nodes, marks: number, parent: Line | null): void => {
    if (node.type === 'text') meaning.add(node.value, marks);
    else if (node.type === 'inlineCode') meaning.add(node.value, marks | CODE);
    else if (node.type === 'break' && line.type === 'tableCell')
      meaning.add(separatorAfterBreak(node, parent ?? line), marks);
    else if ('children' in node) {
      const own = node.type in MARK_BITS ? MARK_BITS[node.type as keyof typeof MARK_BITS] : 0;
      for (const child of node.children) add(child, marks | own, node as Line);
    }
  };
  add(line, 0, null);
  return meaning.toString();
}

/** Of the written line; null where it is more than one, or a block of another kind. */
export function writtenMeaning(written: string, type: Line['type']): string | null {
  const tokens = STRICT.parse(type === 'tableCell' ? `|${written}|\n|-|` : written, {});
  const inline = tokens.filter((token) => token.type === 'inline');
  const start = { paragraph: 'paragraph_open', heading: 'heading_open', tableCell: 'table_open' }[type];
  if (inline.length !== 1 || tokens[0]?.type !== start || tokens.some(({ type: each }) => OTHERS.has(each)))
    return null;
  return inlineMeaning(inline[0]?.children ?? []);
}

const OTHERS = new Set(['html_block', 'fence', 'code_block', 'hr']);
const BIT_OF: Readonly<Record<string, number>> = { strong: 1, em: 2, s: 4, link: 8 };

function inlineMeaning(tokens: readonly Token[]): string {
  const meaning = new Meaning();
  const depths = new Map<number, number>();
  let marks = 0;
  for (const token of tokens) {
    const [, name = ''] = /^(strong|em|s|link)_(?:open|close)$/.exec(token.type) ?? [];
    const bit = BIT_OF[name];
    if (bit !== undefined) {
      const depth = (depths.get(bit) ?? 0) + token.nesting;
      depths.set(bit, depth);
      marks = depth > 0 ? marks | bit : marks & ~bit;
    } else if (token.type === 'code_inline') meaning.add(token.content, marks | CODE);
    // HTML and pictures are never written.
    else if (token.type === 'html_inline' || token.type === 'image') meaning.add('\0', marks);
    else meaning.add(token.content, marks);
  }
  return meaning.toString();
}

/** The signs of a whole text, as other programs show it. */
export function lettersShown(markdown: string): string {
  const tokens = STRICT.parse(markdown, {});
  return tokens
    .map((token) => (token.children === null ? token.content : inlineMeaning(token.children)))
    .join('')
    .replace(/\0\d+\0|\s+/g, '');
}
