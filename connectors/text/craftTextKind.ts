/**
 * Decides whether a text of Craft.io is HTML, Markdown or plain text, which Craft.io does not say, and parses it.
 *
 * The rule:
 *  T1. An element is one that HTML has, with its end tag somewhere, or one that needs none. `a < b`, `Array<string>`,
 *      `List<b>` and a lone `<p>` are no elements.
 *  T2. A text that begins with an element (or a doctype) is HTML.
 *  T3. Any other is HTML where it has an element outside Markdown's code and nothing that only Markdown has: a heading,
 *      a list, a quotation, a table, code, a link, marked words.
 *  T4. Everything else is Markdown; where parsing it yields only paragraphs of words, it is plain text, whose line
 *      breaks count.
 */
import type { Token } from 'markdown-it';
import type { Nodes, PhrasingContent, Root } from 'mdast';
import { linkableAddress } from './addresses.js';
import { isHtmlElement, isVoidElement, treeOfHtml } from './html/tree.js';
import { type MarkdownRead, readMarkdown, treeOfMarkdown } from './markdown/tree.js';
import { neutralise, withoutReferences } from './neutralise.js';

export interface CraftText {
  readonly kind: 'html' | 'markdown' | 'plain';
  tree(): Root;
  /** Markdown with nothing to remove, complete or close: it may stay as its author wrote it. */
  isHarmlessMarkdown(): boolean;
}

export function readCraftText(text: string): CraftText {
  if (beginsWithElement(text)) return htmlText(text);
  const read = readMarkdown(text);
  const tokens = read.tokens.flatMap((token) => [token, ...(token.children ?? [])]);
  const hasMarkdown = tokens.some((token) => MARKDOWN_ONLY.has(token.type) || isWrittenLink(token));
  if (
    !hasMarkdown &&
    hasElement(
      tokens
        .filter(isHtml)
        .map(({ content }) => content)
        .join(' '),
    )
  )
    return htmlText(text);
  if (tokens.every((token) => PLAIN.has(token.type) || isHtml(token) || token.info === 'auto'))
    return plainText(text, read, tokens);
  return {
    kind: 'markdown',
    tree: () => treeOfMarkdown(read),
    isHarmlessMarkdown: () => isHarmless(text, read, tokens),
  };
}

const MARKDOWN_ONLY = new Set(
  (
    'heading_open bullet_list_open ordered_list_open blockquote_open table_open fence ' +
    'strong_open em_open s_open code_inline image'
  ).split(' '),
);
const PLAIN = new Set(['paragraph_open', 'paragraph_close', 'inline', 'text', 'softbreak']);

/** `[text](address)`. A bare address or `<address>` can be in any text. */
function isWrittenLink(token: Token): boolean {
  return token.type === 'link_open' && token.info !== 'auto';
}

function isHtml(token: Token): boolean {
  return token.type === 'html_block' || token.type === 'html_inline';
}

function htmlText(text: string): CraftText {
  return { kind: 'html', tree: () => treeOfHtml(text), isHarmlessMarkdown: () => false };
}

function plainText(text: string, read: MarkdownRead, tokens: readonly Token[]): CraftText {
  return {
    kind: 'plain',
    tree: () => withBreaks(treeOfMarkdown(read)),
    isHarmlessMarkdown: () => !tokens.some(({ type }) => type === 'softbreak') && isHarmless(text, read, tokens),
  };
}

/** No person writes a longer paragraph, and one is cut before its end anyway. */
const LONG = 20_000;

function withBreaks<T extends Nodes>(node: T): T {
  if (node.type === 'paragraph') {
    node.children = node.children.flatMap((child): PhrasingContent[] => {
      if (child.type !== 'text' || child.value.length > LONG) return [child];
      const [first = '', ...others] = child.value.split('\n');
      const line = (value: string): PhrasingContent => ({ type: 'text', value });
      return [line(first), ...others.flatMap((value): PhrasingContent[] => [{ type: 'break' }, line(value)])];
    });
  } else if ('children' in node) node.children.forEach(withBreaks);
  return node;
}

function beginsWithElement(text: string): boolean {
  const start = /^\s*(?:<!--[^]{0,2000}?-->\s*)*(<!doctype\s+html|<([a-z][a-z0-9]*)(?=[\s/>]))/i.exec(text);
  if (start === null) return false;
  const name = start[2]?.toLowerCase();
  if (name === undefined) return true;
  return isHtmlElement(name) && (isVoidElement(name) || new RegExp(`</${name}[\\s>]`, 'i').test(text));
}

/** Rule T1, for text outside code. Attributes are not parsed: a `>` inside one only ends the tag early. */
export function hasElement(text: string): boolean {
  const started = new Set<string>();
  for (const [, slash, rawName = ''] of text.matchAll(/<(\/?)([a-z][a-z0-9]{0,20})(?:[\s/][^<>]*)?>/gi)) {
    const name = rawName.toLowerCase();
    if (!isHtmlElement(name)) continue;
    if (isVoidElement(name) || (slash === '/' && started.has(name))) return true;
    if (slash === '') started.add(name);
  }
  return false;
}

/** Signs to which some Markdown flavour or tool gives more meaning than this parser does. */
const OTHERS_MAY_READ_MORE =
  /<[a-z!/?]|\[\^|\[\[|\{\{|[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/i;

const CHANGED = new Set(['html_block', 'html_inline', 'image']);
const MAX_LEVEL = 12;

function isHarmless(text: string, read: MarkdownRead, tokens: readonly Token[]): boolean {
  if (read.rest !== '' || read.hasReferences || OTHERS_MAY_READ_MORE.test(text) || neutralise(text) !== text)
    return false;
  if (tokens.some((token) => CHANGED.has(token.type) || token.level > MAX_LEVEL || isUnsafeLink(token))) return false;
  const lines = text.split('\n');
  if (tokens.some((token) => token.type === 'fence' && !isClosed(token, lines))) return false;
  const words = read.tokens.map((token) => (token.children ?? [token]).map(({ content }) => content).join(''));
  return words.every((each) => withoutReferences(neutralise(each)) === each);
}

function isUnsafeLink(token: Token): boolean {
  if (token.type !== 'link_open') return false;
  const url = String(token.attrGet('href'));
  return linkableAddress(url, null) !== url;
}

function isClosed(fence: Token, lines: readonly string[]): boolean {
  const [start, end] = fence.map ?? [0, 0];
  return end - start >= 2 && /^[>\s]*(?:`{3,}|~{3,})\s*$/.test(lines[end - 1] ?? '');
}
