/**
 * Decides whether a text of Craft.io is HTML, Markdown or plain text, which Craft.io does not say, and parses it.
 *
 * The rule:
 *  T1. An element is one that HTML has, with its end tag somewhere, or one that needs none. `a < b`, `Array<string>`,
 *      `List<b>` and a lone `<p>` are no elements.
 *  T2. A text that begins with an element (or a doctype) is HTML.
 *  T3. Any other is Markdown where something only Markdown has shows it: a heading, a table, code, a link, words marked
 *      at their edges (`evidence.ts`).
 *  T4. Any other is HTML where it has an element; Markdown, where it has lists or quotations, too.
 *  T5. Everything else is plain text: every line is a line, and signs inside words mean nothing.
 *  T6. Except where a backslash stands before every sign that needs one in Markdown, and before no other.
 */
import type { Token } from 'markdown-it';
import type { Root } from 'mdast';
import { sendable } from '../../domain/rules/unseen.js';
import { linkableAddress } from './addresses.js';
import { harmlessTree } from './harmless.js';
import { isHtmlElement, isVoidElement } from './html/elements.js';
import { treeOfHtml } from './html/tree.js';
import { isMarkdown } from './markdown/evidence.js';
import { htmlOfMarkdown } from './markdown/html.js';
import { type MarkdownRead, readMarkdown } from './markdown/parser.js';
import { renderMarkdown } from './markdown/render.js';
import { withNestedItems } from './markdown/source.js';
import { neutralise, withoutReferences } from './neutralise.js';
import { laidOutLines } from './plain/layout.js';
import { htmlOfPlain } from './plain/read.js';
import { tidyTree } from './tidy.js';

export interface CraftText {
  readonly kind: 'html' | 'markdown' | 'plain';
  tree(): Root;
  /** Nothing to remove, complete or close, and every reader of Markdown takes it as meant: it may stay as written. */
  isHarmlessMarkdown(): boolean;
}

export function readCraftText(text: string): CraftText {
  if (beginsWithElement(text)) return htmlText(text);
  const source = withNestedItems(text);
  const read = readMarkdown(source);
  const tokens = read.tokens.flatMap((token) => [token, ...(token.children ?? [])]);
  if (isMarkdown(read.tokens)) return markdownText(text, source, read, tokens);
  const html = tokens.filter(({ type }) => type === 'html_block' || type === 'html_inline');
  if (hasElement(html.map(({ content }) => content).join(' '))) {
    return tokens.some(({ type }) => ALSO_IN_PLAIN_TEXT.has(type))
      ? markdownText(text, source, read, tokens)
      : htmlText(text);
  }
  if (isWrittenByUs(text, read, tokens)) return markdownText(text, source, readMarkdown(source), tokens);
  return {
    kind: 'plain',
    tree: () => treeOfHtml(htmlOfPlain(text)),
    isHarmlessMarkdown: () =>
      !ESCAPED.test(text) &&
      laidOutLines(text.split('\n')).size === 0 &&
      tokens.every(({ type }) => WORDS.has(type)) &&
      isHarmless(text, read, tokens),
  };
}

/**
 * Rule T6. Backslashes are in people's texts, too (`C:\_x`, `\d+\.\d`), but only a writer of Markdown sets exactly
 * those that are needed. In what would be code they mean nothing, so they are no evidence there.
 */
function isWrittenByUs(text: string, read: MarkdownRead, tokens: readonly Token[]): boolean {
  const code = tokens.filter(({ type }) => type === 'code_inline').map(({ content }) => content);
  if (text.length > LONG || escapesIn(text) <= escapesIn(code.join(' '))) return false;
  const tree = harmlessTree(treeOfHtml(htmlOfMarkdown(read)), { related: [], craftUrl: null });
  return renderMarkdown(tidyTree(tree)).trim() === text.trim();
}

function escapesIn(text: string): number {
  return [...text.matchAll(/\\[!-/:-@[-`{-~]/g)].length;
}

const LONG = 40_000;

const ALSO_IN_PLAIN_TEXT = new Set(['bullet_list_open', 'ordered_list_open', 'blockquote_open']);
/** Markdown would show less than is written. */
const ESCAPED = /\\[!-/:-@[-`{-~]|&#?\w{1,40};/;
const WORDS = new Set(['paragraph_open', 'paragraph_close', 'inline', 'text', 'link_open', 'link_close']);

function htmlText(text: string): CraftText {
  return { kind: 'html', tree: () => treeOfHtml(text), isHarmlessMarkdown: () => false };
}

function markdownText(text: string, source: string, read: MarkdownRead, tokens: readonly Token[]): CraftText {
  return {
    kind: 'markdown',
    tree: () => treeOfHtml(htmlOfMarkdown(read)),
    isHarmlessMarkdown: () => source === text && isHarmless(text, read, tokens),
  };
}

function beginsWithElement(text: string): boolean {
  const start = /^\s*(?:<!--[^]{0,2000}?-->\s*)*(<!doctype\s+html|<([a-z][a-z0-9:-]*)(?=[\s/>]))/i.exec(text);
  if (start === null) return false;
  const name = start[2]?.toLowerCase();
  if (name === undefined) return true;
  return isHtmlElement(name) && (isVoidElement(name) || new RegExp(`</${name}[\\s>]`, 'i').test(text));
}

/** Rule T1, for text outside code. Attributes are not parsed: a `>` inside one only ends the tag early. */
function hasElement(text: string): boolean {
  const started = new Set<string>();
  for (const [, slash, rawName = ''] of text.matchAll(/<(\/?)([a-z][a-z0-9:-]{0,40})(?:[\s/][^<>]*)?>/gi)) {
    const name = rawName.toLowerCase();
    if (!isHtmlElement(name)) continue;
    if (isVoidElement(name) || (slash === '/' && started.has(name))) return true;
    if (slash === '') started.add(name);
  }
  return false;
}

/** Signs to which some Markdown flavour or tool gives more meaning than this parser does. */
const OTHERS_MAY_READ_MORE = /<[a-z!/?]|\[\^|\[\[|\{\{|\r/i;

const CHANGED = new Set(['html_block', 'html_inline', 'image']);
const MAX_LEVEL = 12;

function isHarmless(text: string, read: MarkdownRead, tokens: readonly Token[]): boolean {
  if (read.rest !== '' || read.hasReferences || OTHERS_MAY_READ_MORE.test(text) || neutralise(sendable(text)) !== text)
    return false;
  if (tokens.some((token) => CHANGED.has(token.type) || token.level > MAX_LEVEL || isUnsafeLink(token))) return false;
  if (read.hasIdleMarks || tokens.some(isSignature)) return false;
  const lines = text.split('\n');
  if (tokens.some((token) => token.type === 'fence' && !isClosed(token, lines))) return false;
  const words = read.tokens.map((token) => (token.children ?? [token]).map(({ content }) => content).join(''));
  return words.every((each) => withoutReferences(neutralise(each)) === each);
}

/** `Ann\n--`: a heading for Markdown. */
function isSignature(token: Token): boolean {
  return token.type === 'heading_open' && token.markup === '-';
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
