/**
 * Markdown as HTML, so that one reader (`html/tree.ts`) takes both, and HTML inside Markdown is read by a parser of
 * HTML. A tag counts only with its partner (or where it needs none), so that a generic type such as `List<b>` stays as
 * written.
 */
import type { Token } from 'markdown-it';
import { isHtmlElement, isVoidElement } from '../html/elements.js';
import { type MarkdownRead, PARSER, type Parser } from './parser.js';

const { rules } = PARSER.renderer;
// Its line end would be a blank in HTML; the class says that it is none of the author's breaks.
rules['softbreak'] = () => '<br class="source-line">';

export function htmlOfMarkdown(read: MarkdownRead, parser: Parser = PARSER): string {
  for (const [at, token] of read.tokens.entries()) {
    if (token.type === 'html_block' && !isHtmlBlock(token.content)) {
      token.type = 'paragraph_of_text';
    } else if (token.children !== null && token.children !== undefined) {
      keepUnpairedTags(token.children);
      if (read.tokens[at - 2]?.type === 'list_item_open') readTask(token.children);
    }
  }
  return parser.renderer.render([...read.tokens], parser.options, {}) + paragraphsOf(read.rest);
}

rules['paragraph_of_text'] = (tokens, at) => `<p>${escapedHtml(tokens[at]?.content.trim() ?? '')}</p>\n`;

/** For Markdown a line such as `<string>` begins an HTML block; where it is no element, it is ordinary text. */
function isHtmlBlock(html: string): boolean {
  const name = /^\s*<\/?([a-z][a-z0-9:-]{0,40})/i.exec(html)?.[1];
  return name === undefined || isHtmlElement(name.toLowerCase());
}

/** The paragraphs of a text whose structure is not parsed. */
function paragraphsOf(text: string): string {
  if (text.trim() === '') return '';
  const lines = text.split(/\r\n|[\r\n]/).map((line) => escapedHtml(line.trim()));
  return lines
    .join('\n')
    .split(/\n{2,}/)
    .map((paragraph) => `<p>${paragraph}</p>`)
    .join('');
}

export function escapedHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** `- [x] done` */
function readTask(tokens: Token[]): void {
  const [first] = tokens;
  const box = first?.type === 'text' ? /^\[([ xX])\]\s+(?=\S)/.exec(first.content) : null;
  if (first === undefined || box === null) return;
  first.type = 'checkbox';
  first.info = box[1] === ' ' ? '' : ' checked';
  first.content = first.content.slice(box[0].length);
}

rules['checkbox'] = (tokens, at) =>
  `<input type="checkbox"${tokens[at]?.info ?? ''}>${escapedHtml(tokens[at]?.content ?? '')}`;

/** Tags of no element, and those without a partner in the same paragraph, are text. */
function keepUnpairedTags(tokens: readonly Token[]): void {
  const open: { readonly name: string; readonly token: Token }[] = [];
  const counts = new Map<string, number>();
  for (const token of tokens) {
    if (token.type !== 'html_inline') continue;
    const tag = /^<(\/?)([a-z][a-z0-9:-]*)/i.exec(token.content);
    if (tag === null) continue; // A comment, an instruction, CDATA.
    const name = (tag[2] ?? '').toLowerCase();
    if (isHtmlElement(name) && (isVoidElement(name) || token.content.endsWith('/>'))) continue;
    token.type = 'text';
    if (!isHtmlElement(name)) continue;
    if (tag[1] === '') {
      open.push({ name, token });
      counts.set(name, (counts.get(name) ?? 0) + 1);
    } else if ((counts.get(name) ?? 0) > 0) {
      let last = open.pop();
      while (last !== undefined && last.name !== name) {
        counts.set(last.name, (counts.get(last.name) ?? 1) - 1);
        last = open.pop();
      }
      counts.set(name, (counts.get(name) ?? 1) - 1);
      token.type = 'html_inline';
      if (last !== undefined) last.token.type = 'html_inline';
    }
  }
}
