/**
 * Fits texts into a dev tool's limits so that the marker always survives and a cut is visible (design 3). Lengths are
 * UTF-16 units, what `length` counts; a cut never splits a character, an entity or a tag. The input is already in the
 * tool's markup (`craftText.ts`).
 */
import { isLastParagraph } from './markdown/parser.js';

/** The markup that a tool interprets. */
export type Markup = 'markdown' | 'textile' | 'plain';

/** A text within a limit, with notes for people. */
export interface Fitted {
  readonly text: string;
  readonly notes: readonly string[];
}

/** `cutBefore`, and a note where it cut. */
export function fitBefore(
  text: string,
  limit: number,
  tailLines: readonly string[],
  craftUrl: string | null,
  markup: Markup = 'markdown',
): Fitted {
  const fitted = cutBefore(text, limit, tailLines, craftUrl, markup);
  const whole = join(text, tailLines.join(PARAGRAPH)).length;
  const note = `the description is cut to ${counted(limit)}, with a link to the rest; it has ${counted(whole)}`;
  return { text: fitted, notes: fitted.startsWith(text) ? [] : [note] };
}

/** `oneLine`, and a note where it cut. */
export function fitTitle(title: string, limit: number): Fitted {
  const text = oneLine(title, limit);
  const { length } = oneLine(title, Number.POSITIVE_INFINITY);
  return {
    text,
    notes: text.length === length ? [] : [`the title is cut to ${counted(limit)}; it has ${counted(length)}`],
  };
}

function counted(characters: number): string {
  return `${characters.toLocaleString('en-US')} characters`;
}

/** The text, a blank line, the tail. A text that is too long is cut before the tail and says where the rest is. */
export function cutBefore(
  text: string,
  limit: number,
  tailLines: readonly string[],
  craftUrl: string | null,
  markup: Markup = 'markdown',
): string {
  const tail = tailLines.join(PARAGRAPH);
  if (text.length + tail.length <= limit) {
    const whole = join(CLOSED[markup](text), tail);
    if (whole.length <= limit) return whole;
  }
  const end = join(cutNote(craftUrl, markup), tail);
  const room = limit - end.length - PARAGRAPH.length - CLOSING_ROOM;
  if (room <= 0) return end.length <= limit ? end : tail;
  return join(CLOSED[markup](cutAtWord(text, room).trimEnd()), end);
}

/** One line, blanks collapsed, cut with an ellipsis. */
export function oneLine(text: string, limit: number): string {
  const line = text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  return line.length <= limit ? line : `${cutAt(line, limit - 1).trimEnd()}…`;
}

const PARAGRAPH = '\n\n';
/** Room for what `CLOSED` may append. */
const CLOSING_ROOM = 64;
/** A text is cut up to this many characters earlier where that is the end of a line. */
const LINE_SEARCH = 500;
const WORD_SEARCH = 100;

function cutNote(craftUrl: string | null, markup: Markup): string {
  const where = craftUrl === null ? 'Craft.io' : craftLink(craftUrl, markup);
  const note = `(cut here: the whole text is in ${where})`;
  return `… ${EMPHASISED[markup](note)}`;
}

const EMPHASISED = {
  markdown: (note) => `*${note}*`,
  textile: (note) => note,
  plain: (note) => note,
} as const satisfies Record<Markup, (note: string) => string>;

/** A link to the Craft item; where nothing is interpreted, its address. */
export function craftLink(craftUrl: string, markup: Markup = 'markdown'): string {
  const safe = craftUrl.replace(/[\s()<>[\]\\"|]/g, (sign) => `%${sign.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return LINKED[markup](safe);
}

const LINKED = {
  markdown: (url) => `[Craft.io](${url})`,
  textile: (url) => `"Craft.io":${url}`,
  plain: (url) => `Craft.io: ${url}`,
} as const satisfies Record<Markup, (url: string) => string>;

function join(first: string, second: string): string {
  return first === '' ? second : `${first}${PARAGRAPH}${second}`;
}

function cutAt(text: string, length: number): string {
  const splitsPair = /[\uD800-\uDBFF]/.test(text.charAt(length - 1)) && /[\uDC00-\uDFFF]/.test(text.charAt(length));
  return text.slice(0, splitsPair ? length - 1 : length);
}

/** Cuts after a line that ends nearby, else after a word: links, tags and entities have no blanks at their ends. */
function cutAtWord(text: string, length: number): string {
  const cut = cutAt(text, length);
  if (cut.length === text.length) return cut;
  const line = cut.lastIndexOf('\n');
  if (line > 0 && line > length - LINE_SEARCH) return cut.slice(0, line);
  const word = cut.lastIndexOf(' ');
  return word > 0 && word > length - WORD_SEARCH ? cut.slice(0, word) : cut;
}

/** Closes what is open at the end of a text, so that it cannot swallow the tail. */
const CLOSED = { markdown: closedMarkdown, textile: closedTextile, plain: (text) => text } as const satisfies Record<
  Markup,
  (text: string) => string
>;

/** A code block or an HTML comment may be open. Each ending is tried with the Markdown parser. */
function closedMarkdown(text: string): string {
  const fence = openFence(text);
  const comment = text.lastIndexOf('<!--') > text.lastIndexOf('-->') ? ' -->' : '';
  const endings = [comment, ...(fence === null ? [] : [`\n${fence}`]), ' -->', '\n```', '\n~~~'];
  const ending = endings.find((each) => isLastParagraph(text + each));
  return text + (ending ?? endings[1] ?? '');
}

function openFence(text: string): string | null {
  let open: string | null = null;
  for (const [, marks = '', info = ''] of text.matchAll(
    /^[ >]{0,60}(?:[-*+] +|\d{1,9}[.)] +)*(`{3,32}|~{3,32})(.*)$/gm,
  )) {
    if (open === null) open = marks;
    else if (marks.startsWith(open) && info.trim() === '') open = null;
  }
  return open;
}

/** A code block may be open, or a block that Textile continues over blank lines (`bc..`). */
function closedTextile(text: string): string {
  const whole = text
    .replace(/(?:<[^<>\n]{0,40}|&[#\w]{0,8})$/, '')
    .replace(/^(bc|bq|pre|notextile)(?=\.\.)/gm, '$1\u2060');
  const isOpen = (tag: string) => whole.lastIndexOf(`<${tag}`) > whole.lastIndexOf(`</${tag}>`);
  return `${whole}${isOpen('code') ? '</code>' : ''}${isOpen('pre') ? '\n</pre>' : ''}`;
}
