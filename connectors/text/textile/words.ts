/**
 * Writes the words of one block as Textile. A mark counts for Redmine only at the edges of words and is looked for sign
 * by sign (`*`, then `-`, then `_`), so that marks that would not hold are left out first; what is written then depends
 * on what stands beside it.
 */
import type { Nodes } from 'mdast';
import { separatorAfterBreak } from '../cells.js';
import { isPhrase, type Phrase } from '../textTree.js';
import { addressOf, BARE, endsAddress, isLinkable, isPlainRun, pageIn, unlinked } from './addresses.js';
import { endingSigns, entity, escaped, type Place, Written } from './escape.js';

type Mark = '*' | '-' | '_';

type Token =
  | { readonly type: 'text'; value: string }
  | { readonly type: 'code'; readonly value: string }
  | { readonly type: 'break' }
  | { readonly type: 'open' | 'close'; readonly mark: Mark; readonly id: number }
  | { readonly type: 'link'; readonly url: string; readonly tokens: readonly Token[] };

/** In the order in which Redmine looks for them. */
const MARKS = ['*', '-', '_'] as const satisfies readonly Mark[];
const MARK_OF = { strong: '*', delete: '-', emphasis: '_' } as const satisfies Record<string, Mark>;

/** `startsLine`: the block begins with these words. */
export function wordsOf(node: Nodes, { startsLine = false }: { readonly startsLine?: boolean } = {}): string {
  const children = 'children' in node ? node.children : [];
  const tokens = joined(
    holding(tokensOf(children.filter(isPhrase), { inCell: node.type === 'tableCell', ids: { next: 0 } })),
  );
  const marks = new Set(marksIn(tokens));
  const ending = new Set([...endingSigns(signsOf(tokens)), ...marks]);
  return written(tokens, { ending, marks, isLinkText: false, startsLine, before: '', after: '' });
}

interface Making {
  readonly inCell: boolean;
  readonly ids: { next: number };
}

function tokensOf(nodes: readonly Phrase[], making: Making): Token[] {
  return nodes.flatMap((node, at): Token[] => {
    switch (node.type) {
      case 'text':
        return [{ type: 'text', value: node.value }];
      case 'inlineCode':
        return [{ type: 'code', value: node.value }];
      case 'break': {
        if (!making.inCell) return [{ type: 'break' }];
        const around = { type: 'paragraph' as const, children: nodes.slice(at) };
        return [{ type: 'text', value: separatorAfterBreak(node, around) }];
      }
      case 'link':
        return linkTokens(node.url, node.children.filter(isPhrase), making);
      case 'strong':
      case 'emphasis':
      case 'delete':
        return markTokens(node, making);
    }
  });
}

/** Marks around the same words stand in the order in which Redmine looks for them, or it finds not all of them. */
function markTokens(node: Phrase, making: Making): Token[] {
  const marks: Mark[] = [];
  let inner: readonly Phrase[] = [node];
  for (let only = inner[0]; inner.length === 1 && only !== undefined && only.type in MARK_OF; only = inner[0]) {
    marks.push(MARK_OF[only.type as keyof typeof MARK_OF]);
    inner = 'children' in only ? only.children.filter(isPhrase) : [];
  }
  return marks
    .sort((a, b) => MARKS.indexOf(b) - MARKS.indexOf(a))
    .reduce((tokens, mark) => around(mark, tokens, making), tokensOf(inner, making));
}

function around(mark: Mark, tokens: readonly Token[], { ids }: Making): Token[] {
  const id = ids.next++;
  return [{ type: 'open', mark, id }, ...tokens, { type: 'close', mark, id }];
}

/** No mark holds at the beginning of a link's text: one around all of it stands around the link. */
function linkTokens(url: string, children: readonly Phrase[], making: Making): Token[] {
  const [only] = children;
  if (only !== undefined && children.length === 1 && only.type in MARK_OF && 'children' in only) {
    const link = { type: 'link' as const, url, children: only.children } as Phrase;
    return markTokens({ ...only, children: [link] }, making);
  }
  const tokens = tokensOf(children, making);
  if (isLinkable(url)) return [{ type: 'link', url, tokens: joined(holdingInLink(tokens)) }];
  const address = url.replace(/^(?:mailto|tel):/i, '');
  const isSaid = [url, address].includes(tokens.map((token) => ('value' in token ? token.value : '')).join(''));
  return isSaid ? tokens : [...tokens, { type: 'text', value: ` (${address})` }];
}

function holdingInLink(tokens: readonly Token[]): readonly Token[] {
  return holding([{ type: 'text', value: '"' }, ...tokens, { type: 'text', value: '"' }]).slice(1, -1);
}

/** Without the marks that Redmine would show as signs. Struck words keep a sign, or they would read as if they held. */
function holding(tokens: readonly Token[]): readonly Token[] {
  let kept = tokens;
  for (;;) {
    const dropped = new Set<number>();
    for (const [at, token] of kept.entries()) {
      const holds = token.type === 'open' ? opens(kept, at) : token.type === 'close' ? closes(kept, at) : true;
      if (!holds && 'id' in token) dropped.add(token.id);
    }
    if (dropped.size === 0) return kept;
    kept = kept.flatMap((token): Token[] => {
      if (!('id' in token) || !dropped.has(token.id)) return [token];
      return token.mark === '-' ? [{ type: 'text', value: '~~' }] : [];
    });
  }
}

function opens(tokens: readonly Token[], at: number): boolean {
  const token = tokens[at];
  const order = token !== undefined && 'mark' in token ? MARKS.indexOf(token.mark) : 0;
  let later = 0;
  for (let index = at - 1; ; index--) {
    const before = tokens[index];
    if (before === undefined || before.type === 'break' || before.type === 'code') return true;
    if (before.type === 'text') return before.value === '' ? later <= 1 : /[ \n(>]$/.test(before.value);
    if (before.type === 'link') return false;
    if (MARKS.indexOf(before.mark) < order) return true;
    // One sign that is looked for later may stand before it.
    if (before.type === 'close' || ++later > 1) return false;
  }
}

function closes(tokens: readonly Token[], at: number): boolean {
  const token = tokens[at];
  const after = tokens[at + 1];
  if (after?.type !== 'text') return after?.type !== 'open' || ('mark' in after && token?.type === 'close');
  const isStruckOn = token?.type === 'close' && token.mark === '-' && after.value.startsWith('-');
  return /^(?:[ \n!-/:-@[-`{-~]|$)/.test(after.value) && !isStruckOn;
}

function joined(tokens: readonly Token[]): readonly Token[] {
  const result: Token[] = [];
  for (const token of tokens) {
    const last = result.at(-1);
    if (token.type === 'text' && last?.type === 'text') last.value += token.value;
    else result.push(token.type === 'text' ? { ...token } : token);
  }
  return result;
}

function marksIn(tokens: readonly Token[]): readonly Mark[] {
  return tokens.flatMap((token) => {
    if (token.type === 'link') return marksIn(token.tokens);
    return token.type === 'open' ? [token.mark] : [];
  });
}

/** What is written of them, as far as signs may end formatting in it. */
function signsOf(tokens: readonly Token[]): string {
  return tokens
    .map((token) => {
      if (token.type === 'text') return token.value;
      if (token.type === 'link') return `"${signsOf(token.tokens)}":${token.url}`;
      return token.type === 'break' ? '\n' : '"';
    })
    .join('');
}

type Writing = Omit<Place, 'isOpened'>;

function written(tokens: readonly Token[], writing: Writing): string {
  const text = new Written(writing.before);
  for (const [at, token] of tokens.entries()) {
    const before = tokens[at - 1];
    const after = firstSign(tokens[at + 1]) ?? writing.after;
    const startsLine = before === undefined ? writing.startsLine : before.type === 'break';
    const isOpened = before === undefined ? writing.isLinkText : before.type === 'open';
    switch (token.type) {
      case 'text':
        text.add(textIn(token.value, { ...writing, before: text.end, after, startsLine, isOpened }, tokens[at + 1]));
        break;
      case 'code':
        text.add(codeIn(token.value));
        break;
      case 'break':
        text.add('\n');
        break;
      case 'open':
      case 'close':
        text.add(token.mark);
        break;
      case 'link':
        text.add(linkIn(token, writing) + blankAfter(tokens[at + 1]));
        break;
    }
  }
  return text.text();
}

/** The first sign that is written of it. */
function firstSign(token: Token | undefined): string | null {
  if (token === undefined) return null;
  switch (token.type) {
    case 'text':
      return token.value.charAt(0);
    case 'code':
      return '<';
    case 'break':
      return '\n';
    case 'open':
    case 'close':
      return token.mark;
    case 'link':
      return '"';
  }
}

function textIn(value: string, place: Place, next: Token | undefined): string {
  const isOnlySign = place.isOpened && next?.type === 'close' && /^[^\p{L}\p{N}_]$/u.test(value);
  if (isOnlySign) return entity(value);
  if (value.length > LONG) return escaped(value, place);
  let text = '';
  let last = 0;
  for (const match of value.matchAll(BARE)) {
    const [run] = match;
    const isAtStart = match.index === 0;
    text += part(value, last, match.index, place, text);
    last = match.index + run.length;
    const isLast = last === value.length;
    const here = placeAt(place, text, isLast ? place.after : value.charAt(last), isAtStart);
    text += bare(run, here, isLast ? next : undefined);
  }
  return text + part(value, last, value.length, place, text);
}

/** No person writes a longer paragraph. */
const LONG = 20_000;

function part(value: string, from: number, to: number, place: Place, text: string): string {
  if (from === to) return '';
  // An address may be written as a link.
  const after = to === value.length ? place.after : '"';
  return escaped(value.slice(from, to), placeAt(place, text, after, from === 0));
}

function placeAt(place: Place, text: string, after: string, isFirst: boolean): Place {
  const before = (place.before + text).slice(-60);
  return {
    ...place,
    before,
    after,
    isOpened: isFirst && place.isOpened,
    startsLine: isFirst ? place.startsLine : before.endsWith('\n'),
  };
}

/** As it is, as a link with its own text, or as words, whichever shows what was written. */
function bare(run: string, place: Place, next: Token | undefined): string {
  const asWords = escaped(run, place);
  const isFree = /(?:^|[\s([,;>*_-])$/.test(place.before);
  if (place.isLinkText) return place.isOpened ? asWords : unlinked(asWords);
  const isAlone = next === undefined || next.type === 'break' || next.type === 'close' || next.type === 'code';
  // An e-mail address in it would be linked inside the link.
  if (/^(?!http).*@/i.test(run)) return unlinked(asWords);
  const page = isFree && isAlone ? pageIn(run) : null;
  if (page === null) return asWords === run && isAlone && isPlainRun(run) ? run : unlinked(asWords);
  const rest = run.slice(page.length);
  if (asWords === run && isPlainRun(page) && (rest === '' || endsAddress(rest))) return run;
  if (!endsAddress(rest)) return asWords === run && isPlainRun(run) ? run : unlinked(asWords);
  const words = escaped(page, {
    ...place,
    before: '"',
    after: '"',
    isLinkText: true,
    isOpened: false,
    startsLine: false,
  });
  return `"${words.charAt(0)}${unlinked(words.slice(1))}":${addressOf(page)}${rest}`;
}

function linkIn({ url, tokens }: Token & { readonly type: 'link' }, writing: Writing): string {
  const words = written(tokens, { ...writing, before: '"', after: '"', isLinkText: true, startsLine: false });
  return `"${words.replace(/\s+/g, ' ').trim()}":${addressOf(url)}`;
}

/** A link ends where a blank or punctuation follows. */
function blankAfter(next: Token | undefined): string {
  if (next?.type === 'link' || next?.type === 'open') return ' ';
  if (next?.type !== 'text') return '';
  return endsAddress(/^\S*/.exec(next.value)?.[0] ?? '') ? '' : ' ';
}

function codeIn(value: string): string {
  return `<code>${keptCode(value).replace(/\s+/g, ' ').trim()}</code>`;
}

/** Redmine shows code as it is; an invisible sign breaks what it would take for something of its own. */
export function keptCode(value: string): string {
  return value.replace(/<(?=\/?(?:pre|code|kbd|notextile|redpre)\b)|x%(?=x%)/gi, '$&\u2060');
}
