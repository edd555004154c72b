/**
 * Fits texts into a dev tool's limits so that the marker always survives and a cut is visible (DESIGN 3; complaint 11).
 * Lengths are UTF-16 units, what `length` counts; a cut never splits a character.
 * Where Craft.io's HTML is to become Markdown, that happens before: what comes in here is Markdown.
 */

/** A text within a limit, and what a person should know of it. */
export interface Fitted {
  readonly text: string;
  readonly notes: readonly string[];
}

/** `cutBefore`, and a note where it cut. */
export function fitBefore(text: string, limit: number, tailLines: readonly string[], craftUrl: string | null): Fitted {
  const fitted = cutBefore(text, limit, tailLines, craftUrl);
  const whole = cutBefore(text, Number.POSITIVE_INFINITY, tailLines, craftUrl);
  const note = `the description is cut to ${counted(limit)}, with a link to the rest; it has ${counted(whole.length)}`;
  return { text: fitted, notes: fitted === whole ? [] : [note] };
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

/** The text, a blank line, the tail; too long a text is cut before the tail and says where the rest is. */
export function cutBefore(text: string, limit: number, tailLines: readonly string[], craftUrl: string | null): string {
  const tail = tailLines.join('\n\n');
  const whole = join(closed(text), tail);
  if (whole.length <= limit) return whole;
  const note = cutNote(craftUrl);
  const end = join(note, tail);
  const room = limit - end.length - PARAGRAPH.length - CLOSING_ROOM;
  if (room <= 0) return end.length <= limit ? end : tail;
  return join(closed(cutAt(text, room).trimEnd()), end);
}

/** One line, blanks collapsed, cut with an ellipsis. */
export function oneLine(text: string, limit: number): string {
  const line = text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  return line.length <= limit ? line : `${cutAt(line, limit - 1).trimEnd()}…`;
}

const PARAGRAPH = '\n\n';
/** For what `closed` may append. */
const CLOSING_ROOM = 64;

function cutNote(craftUrl: string | null): string {
  return craftUrl === null
    ? '… *(cut here: the whole text is in Craft.io)*'
    : `… *(cut here: the whole text is in ${craftLink(craftUrl)})*`;
}

/** A Markdown link to the Craft item. */
export function craftLink(craftUrl: string): string {
  const safe = craftUrl.replace(/[\s()<>[\]\\]/g, (sign) => `%${sign.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return `[Craft.io](${safe})`;
}

function join(first: string, second: string): string {
  return first === '' ? second : `${first}${PARAGRAPH}${second}`;
}

function cutAt(text: string, length: number): string {
  const splitsPair = /[\uD800-\uDBFF]/.test(text.charAt(length - 1)) && /[\uDC00-\uDFFF]/.test(text.charAt(length));
  return text.slice(0, splitsPair ? length - 1 : length);
}

/** Ends a code block or an HTML comment that is open at the end, lest they swallow the tail. */
function closed(text: string): string {
  const fence = openFence(text);
  const closedFence = fence === null ? text : `${text}\n${fence}`;
  const opened = closedFence.lastIndexOf('<!--');
  return opened > closedFence.lastIndexOf('-->') ? `${closedFence} -->` : closedFence;
}

function openFence(text: string): string | null {
  let open: string | null = null;
  for (const [, marks = '', info = ''] of text.matchAll(/^ {0,3}(`{3,32}|~{3,32})(.*)$/gm)) {
    if (open === null) open = marks;
    else if (marks.startsWith(open) && info.trim() === '') open = null;
  }
  return open;
}
