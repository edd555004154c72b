/**
 * What in a text shows that its author wrote Markdown. People's plain text has signs, too: `5*3*2`, `Nutzer*innen`,
 * `* .js`, `handlers[i](event)`, a signature after `--`. Lists and quotations look the same in both, so they are no
 * evidence.
 */
import type { Token } from 'markdown-it';

export function isMarkdown(tokens: readonly Token[]): boolean {
  return tokens.some((token) => isStructure(token) || isMarked(token.children ?? []));
}

function isStructure(token: Token): boolean {
  if (token.type === 'fence' || token.type === 'table_open') return true;
  return token.type === 'heading_open' && (token.markup.startsWith('#') || token.markup === '=');
}

function isMarked(tokens: readonly Token[]): boolean {
  return tokens.some((token, at) => {
    if (token.type === 'image') return true;
    if (token.type === 'link_open') return token.info !== 'auto' && isWrittenLink(token);
    if (token.type === 'code_inline') return token.content.trim() !== '' && isAtEdges(tokens, at, at);
    if (!/^(?:em|strong|s)_open$/.test(token.type)) return false;
    const end = closing(tokens, at);
    return isAtEdges(tokens, at, end) && !isIdentifier(tokens, at, end);
  });
}

/** `[text](address)`, not `handlers[i](event)`. A bare address or `<address>` can be in any text. */
function isWrittenLink(token: Token): boolean {
  return /[:/#?@.]/.test(String(token.attrGet('href')));
}

/** `__init__` */
function isIdentifier(tokens: readonly Token[], start: number, end: number): boolean {
  return tokens[start]?.markup === '__' && end === start + 2 && /^[a-z0-9_]+$/.test(contentOf(tokens[start + 1]));
}

/** Scripts that set no blanks between words, and their punctuation: there every sign is at an edge. */
const UNSPACED = String.raw`\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}\p{scx=Bopo}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}\p{scx=Tibt}\u3000-\u303f\uff00-\uff65`;
const BEFORE = /(?:^|[\s\u2060"'\p{Ps}\p{Pi}\p{Pd}/>])$/u;
const AFTER = /^(?:$|\u2060|[.,;:!?)\]}"'”’»…\p{Pe}\p{Pf}-]*(?:\s|$)|[—–/<-])/u;
/** `長さ*幅*高さ` are three words multiplied, so a single sign needs edges there as well. */
const BEFORE_TWO = new RegExp(`(?:^|(?![*_~])[\\s\\u2060\\p{P}${UNSPACED}])$`, 'u');
const AFTER_TWO = new RegExp(`^(?:$|(?![*_~])[\\s\\u2060\\p{P}${UNSPACED}])`, 'u');

/**
 * Two signs (`**`, `~~`) and code mean nothing in plain text, so punctuation is edge enough for them. A sign of the
 * same kind that is left over beside a mark is no edge: nobody writes `**a*`.
 */
function isAtEdges(tokens: readonly Token[], start: number, end: number): boolean {
  const before = lastOf(contentOf(tokens[start - 1]));
  const after = contentOf(tokens[end + 1]);
  if (BEFORE.test(before) && AFTER.test(after)) return true;
  const isTwo = /^(?:\*\*|~~|`+)$/.test(tokens[start]?.markup ?? '');
  return isTwo && BEFORE_TWO.test(before) && AFTER_TWO.test(after);
}

function lastOf(text: string): string {
  return [...text.slice(-2)].at(-1) ?? '';
}

/** Whether a pair of `*` is no mark although the rules take it for one. */
export function isIdleMark(tokens: readonly Token[], start: number, end: number): boolean {
  const [before, after] = [contentOf(tokens[start - 1]), contentOf(tokens[end + 1])];
  const [first, last] = [contentOf(tokens[start + 1]), contentOf(tokens[end - 1])];
  return isIdle({ before, first, last, after }, () =>
    tokens
      .slice(start + 1, end)
      .map(contentOf)
      .join(''),
  );
}

/** The texts outside and inside of a mark's two signs. */
export interface MarkEdges {
  readonly before: string;
  readonly first: string;
  readonly last: string;
  readonly after: string;
}

/**
 * Both signs are inside words, and stand between digits or have a blank between them; or one stands between the same
 * signs of punctuation, as in the name `a.**.b` and in `"**"`. `inside` is all that is marked, which may be long.
 */
export function isIdle({ before, first, last, after }: MarkEdges, inside: () => string): boolean {
  const [outerStart, outerEnd] = [lastOf(before), after.charAt(0)];
  if (isQuoted(outerStart, first.charAt(0)) || isQuoted(outerEnd, lastOf(last))) return true;
  if (!/[\p{L}\p{N}]/u.test(outerStart) || !/^[\p{L}\p{N}]/u.test(after)) return false;
  return (/\p{N}/u.test(outerStart) && /^\p{N}/u.test(first)) || /\s/.test(inside());
}

function isQuoted(outside: string, inside: string): boolean {
  return outside === inside && /[/\\"'.,:;|]/.test(outside);
}

function closing(tokens: readonly Token[], start: number): number {
  const level = tokens[start]?.level ?? 0;
  const end = tokens.findIndex((token, at) => at > start && token.nesting === -1 && token.level === level);
  return end === -1 ? tokens.length : end;
}

function contentOf(token: Token | undefined): string {
  if (token === undefined) return '';
  return token.type === 'softbreak' || token.type === 'hardbreak' ? '\n' : token.content;
}
