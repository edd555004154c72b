/** The escapes in which servers and libraries write the characters of a text, read one at a time. */

export interface Family {
  /** The byte with which each of its escapes begins. */
  readonly sign: number;
  /** The escape that begins at `at`; null where none does. */
  readonly read: (bytes: Uint8Array, at: number) => Escape | null;
}

interface Escape {
  /** How many bytes it takes. */
  readonly length: number;
  readonly code: number;
  /** `code` is one byte of UTF-8, as in `%c3%a9`, not a code point. */
  readonly isByte?: boolean;
}

/** All letters are in lower case here, since views are. */
export const FAMILIES: readonly Family[] = [
  { sign: byteOf('%'), read: percentEscape },
  { sign: byteOf('&'), read: entity },
  { sign: byteOf('\\'), read: backslashEscape },
];

function byteOf(sign: string): number {
  return sign.charCodeAt(0);
}

/** `%2b` */
function percentEscape(bytes: Uint8Array, at: number): Escape | null {
  const code = digits(bytes, at + 1, at + 3, 16);
  return code === null ? null : { length: 3, code, isByte: true };
}

/** What escapers of HTML and XML write by name. Other characters have numbers. */
const NAMED: Readonly<Record<string, string>> = {
  ...{ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0', sol: '/', bsol: '\\', plus: '+', equals: '=' },
  ...{ period: '.', comma: ',', colon: ':', semi: ';', excl: '!', quest: '?', num: '#', dollar: '$', percnt: '%' },
  ...{ commat: '@', lowbar: '_', hyphen: '\u2010', dash: '\u2010', ast: '*', midast: '*', lpar: '(', rpar: ')' },
  ...{ lsqb: '[', lbrack: '[', rsqb: ']', rbrack: ']', lcub: '{', lbrace: '{', rcub: '}', rbrace: '}', verbar: '|' },
  ...{ vert: '|', grave: '`', hat: '^', tilde: '~' },
};
const LONGEST_ENTITY = 10;
const LAST_CODE_POINT = 0x10ffff;

/** `&amp;`, `&#43;`, `&#x2b;` */
function entity(bytes: Uint8Array, at: number): Escape | null {
  const end = bytes.subarray(at, at + LONGEST_ENTITY).indexOf(byteOf(';'));
  if (end < 2) return null;
  const length = end + 1;
  if (bytes[at + 1] !== byteOf('#')) {
    const sign = NAMED[String.fromCharCode(...bytes.subarray(at + 1, at + end))];
    return sign === undefined ? null : { length, code: sign.charCodeAt(0) };
  }
  const isHex = bytes[at + 2] === byteOf('x');
  const code = isHex ? digits(bytes, at + 3, at + end, 16) : digits(bytes, at + 2, at + end, 10);
  return code === null || code > LAST_CODE_POINT ? null : { length, code };
}

/** `\u002b`, `\ud83d\ude00`, `\x2b`, and `\/` or any other sign behind a backslash. */
function backslashEscape(bytes: Uint8Array, at: number): Escape | null {
  const kind = bytes[at + 1];
  if (kind === undefined) return null;
  if (kind === byteOf('x')) {
    const code = digits(bytes, at + 2, at + 4, 16);
    return code === null ? null : { length: 4, code };
  }
  if (kind === byteOf('u')) return unicodeEscape(bytes, at);
  const isSign = kind > 0x20 && kind < 0x7f && !/[a-z0-9]/.test(String.fromCharCode(kind));
  return isSign ? { length: 2, code: kind } : null;
}

function unicodeEscape(bytes: Uint8Array, at: number): Escape | null {
  const unit = digits(bytes, at + 2, at + 6, 16);
  if (unit === null) return null;
  const isPair = unit >= 0xd800 && unit < 0xdc00 && bytes[at + 6] === byteOf('\\') && bytes[at + 7] === byteOf('u');
  const low = isPair ? digits(bytes, at + 8, at + 12, 16) : null;
  if (low === null || low < 0xdc00 || low > 0xdfff) return { length: 6, code: unit };
  return { length: 12, code: 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00) };
}

/** The number in `bytes[from..to]`; null where anything there is no digit. */
function digits(bytes: Uint8Array, from: number, to: number, base: 10 | 16): number | null {
  if (to > bytes.length || to <= from) return null;
  let value = 0;
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] ?? 0;
    const digit = byte >= 0x61 ? byte - 0x61 + 10 : byte - 0x30;
    if (digit < 0 || digit >= base || (byte > 0x39 && byte < 0x61)) return null;
    value = value * base + digit;
  }
  return value;
}
