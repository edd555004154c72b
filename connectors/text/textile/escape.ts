/**
 * Words of a text in Textile as Redmine reads it. It has no escape character: a sign that would mean something becomes
 * an entity. A sign is judged by what is written before it, since an entity before it takes its meaning as well.
 */

/** Where words stand. `before`: what is written before them; `after`: the sign that follows them, or none. */
export interface Place {
  readonly before: string;
  readonly after: string;
  /** The signs that could end formatting somewhere in the same block (`endingSigns`); others begin none. */
  readonly ending: ReadonlySet<string>;
  /** The signs that are marks in this block: these must not end them early. */
  readonly marks: ReadonlySet<string>;
  /** Directly after a mark or the quotation sign of a link, where Redmine looks for a class, a style or a language. */
  readonly isOpened: boolean;
  readonly isLinkText: boolean;
  /** The words begin a line of their own, not an item, a cell or a heading. */
  readonly startsLine: boolean;
}

export function entity(sign: string): string {
  return `&#${sign.codePointAt(0) ?? 0};`;
}

/** A block's beginning, such as `h2.`, `p(class).` or `fn1.`. */
const BLOCK = /^(?:h[1-6]|bq|bc|p|pre|fn\d+|table|notextile|clear|dl)[^\s.]{0,40}\.(?=[ :.])/;
const RULE = /^(?: ?\* ?){3,}$|^(?: ?- ?){3,}$|^(?: ?_ ?){3,}$/;
const LIST = /^[#*=]+(?:[\s({[]|$)/;

/** The names of what Redmine links by `name:` or `name#1`; it shows the title of some instead. */
const LINKED =
  /(?:^|[^\p{L}\p{N}])(?:attachment|document|version|forum|news|message|project|commit|source|export|user)$/iu;

const SPECIAL = /[&<>"=[({)|@!*_+^~%?:#-]/g;

/** What is written, with its end at hand: the end of a growing text is slow to look at. */
export class Written {
  readonly #parts: string[] = [];
  #end: string;

  constructor(before: string) {
    this.#end = before.slice(-LOOK_BACK);
  }

  /** The last signs of it, and of what was there before. */
  get end(): string {
    return this.#end;
  }

  add(text: string): void {
    this.#parts.push(text);
    this.#end = (this.#end + text.slice(-LOOK_BACK)).slice(-LOOK_BACK);
  }

  text(): string {
    return this.#parts.join('');
  }
}

const LOOK_BACK = 60;

export function escaped(text: string, place: Place): string {
  const written = new Written(place.before);
  const lines = text.split('\n');
  for (const [at, line] of lines.entries()) {
    if (at > 0) written.add('\n');
    const after = at === lines.length - 1 ? place.after : '\n';
    const startsLine = at > 0 || place.startsLine;
    addLine(written, line, { ...place, after, startsLine, isOpened: at === 0 && place.isOpened });
  }
  return written.text();
}

function addLine(written: Written, line: string, place: Place): void {
  let from = 0;
  if (place.startsLine && (BLOCK.test(line) || RULE.test(line) || LIST.test(line) || /^[>{|]/.test(line))) {
    const [first = ''] = line;
    written.add(entity(first));
    from = first.length;
  }
  for (const match of line.matchAll(SPECIAL)) {
    const at = match.index;
    if (at < from) continue;
    written.add(line.slice(from, at));
    const [sign] = match;
    const around = {
      written: written.end,
      rest: line.slice(at, at + 60),
      next: line.charAt(at + 1) || place.after,
      isFirst: at === 0 && place.isOpened,
      isLast: at === line.length - 1,
    };
    written.add(isMeant(sign, around, place) ? entity(sign) : sign);
    from = at + 1;
  }
  written.add(line.slice(from));
}

interface Around {
  /** The end of what is written before the sign. */
  readonly written: string;
  /** From the sign on. */
  readonly rest: string;
  readonly next: string;
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

/** Whether Redmine would read the sign as more than a sign. */
function isMeant(sign: string, around: Around, place: Place): boolean {
  const { written, rest, next } = around;
  switch (sign) {
    case '&':
      // To Redmine it is `x%x%` for the time: part of an e-mail address before it, and no end of formatting.
      return /^&[#a-z0-9]+;/i.test(rest) || /(?:@[\w.-]+|\S[*_-]|x%)$/.test(written);
    case '<':
      return /\S/.test(next);
    case '"':
      return place.isLinkText || next === ':';
    case '=':
      return around.isFirst || (next === '=' && /(?:^|\s)$/.test(written));
    case '[':
      return around.isFirst || (/^\[\d+\]/.test(rest) && /[\p{L}\p{N}_]$/u.test(written));
    case '{':
      return around.isFirst;
    case '(':
      // After two capitals it would be read as what an acronym means.
      return around.isFirst || /[A-Z][A-Z0-9]{1,40}$/.test(written);
    case ')':
      // At the end of a link's text it would be read as its title.
      return place.isLinkText && around.isLast;
    case '|':
      return true;
    case ':':
    case '#':
      if (sign === '#' && around.isFirst) return true;
      return /\S/.test(next) && LINKED.test(written);
    case '@':
      return place.ending.has('@') && /\W$|^$/.test(written);
    case '!':
      return /\S/.test(next) && /(?:^|[\s(,\-[>*_+])$/.test(written);
    default:
      return isMark(sign, around, place);
  }
}

function isMark(sign: string, { written, rest, next, isFirst }: Around, { ending, marks }: Place): boolean {
  if (sign === '%' && rest.startsWith('%x%') && written.endsWith('x')) return true;
  // A line's end is a tag by then.
  const opens = /[^ \t]/.test(next) && ending.has(sign) && /(?:^|[\s(>*_+^~%?-])$/.test(written);
  const closes = marks.has(sign) && /\S$/.test(written) && !/[\p{L}\p{N}]/u.test(next);
  return opens || closes || (sign === '*' && isFirst);
}

/** A sign ends formatting after a word's last sign and before a blank or punctuation. */
export function endingSigns(text: string): ReadonlySet<string> {
  const found = text.matchAll(/(?<=\S)[*_+^~%?-](?![\p{L}\p{N}])|[@!]/gu);
  const signs = new Set([...found].map(([sign]) => sign));
  // To Redmine each of these is `x%x%` for the time.
  return text.includes('&') ? signs.add('%') : signs;
}
