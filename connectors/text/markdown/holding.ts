/**
 * Puts marks where Markdown can hold them: `**` beside a letter and a punctuation sign inside marks nothing
 * (CommonMark's flanking rules), so in `**Note:**the key` and `點擊**「這裡」**完成` the punctuation moves out of the mark.
 * What holds nowhere, or would be read as signs again (`evidence.ts`), is left out. Struck words keep literal signs
 * there, since without them they would read as if they held.
 */
import type {
  Delete,
  Emphasis,
  Heading,
  Link,
  Nodes,
  Paragraph,
  PhrasingContent,
  Root,
  Strong,
  TableCell,
} from 'mdast';
import { linkableAddress } from '../addresses.js';
import { withoutReferences } from '../neutralise.js';
import { isIdle } from './evidence.js';
import { addressesIn } from './parser.js';

/** Changes the tree it is given. */
export function holding(root: Root): Root {
  walk(root);
  return root;
}

function walk(node: Nodes): void {
  if (!('children' in node)) return;
  if (node.type === 'paragraph' || node.type === 'heading' || node.type === 'tableCell') {
    node.children = joined(held(withAddresses(node.children), '', ''));
  } else for (const child of node.children) walk(child);
}

/** `before` and `after`: the signs around the nodes; empty at the ends of a block. */
function held(nodes: readonly PhrasingContent[], before: string, after: string, isInMark = false): PhrasingContent[] {
  const result: PhrasingContent[] = [];
  for (const [at, node] of nodes.entries()) {
    const outerStart = result.length === 0 ? before : lastSign(result.at(-1));
    const outerEnd = at === nodes.length - 1 ? after : firstSign(nodes[at + 1]);
    if (node.type === 'link') result.push({ ...node, children: held(node.children, '[', ']') });
    else if (node.type === 'delete') result.push(...heldStruck(node, outerStart, outerEnd));
    else if (!isMark(node)) result.push(node);
    else if (isEmphasised(result.at(-1)) || (isInMark && !isPlain(node, outerStart, outerEnd)))
      result.push(...held(node.children, outerStart, outerEnd));
    else result.push(...heldMark(node, outerStart, outerEnd));
  }
  return result;
}

type Mark = Emphasis | Strong | Delete;

function isMark(node: Nodes): node is Mark {
  return isEmphasised(node) || node.type === 'delete';
}

/** Right beside each other, the signs of two would be read as one row of signs. */
function isEmphasised(node: Nodes | undefined): node is Emphasis | Strong {
  return node?.type === 'emphasis' || node?.type === 'strong';
}

/** A mark in a mark is read alike by all parsers where it begins and ends with a letter, and none stands around it. */
function isPlain(mark: Mark, before: string, after: string): boolean {
  const letter = /[\p{L}\p{N}]/u;
  const text = textOf(mark);
  return letter.test(text.charAt(0)) && letter.test(text.slice(-1)) && !letter.test(before) && !letter.test(after);
}

function heldStruck(node: Delete, before: string, after: string): PhrasingContent[] {
  const holds = opens(before, firstSign(node.children[0])) && opens(after, lastSign(node.children.at(-1)));
  // Beside another tilde, the signs would be read as one row.
  if (holds && before !== '~' && after !== '~') return [{ ...node, children: held(node.children, '~', '~') }];
  return [literal, ...held(node.children, '~', '~'), literal];
}

const literal: PhrasingContent = { type: 'text', value: '~~' };

/** What stands at an end of the mark and keeps it from holding moves out of it. */
function heldMark(mark: Emphasis | Strong, before: string, after: string): PhrasingContent[] {
  const inside = [...mark.children];
  const first: PhrasingContent[] = [];
  const last: PhrasingContent[] = [];
  while (inside.length > 0 && !opens(sign(lastSign(first.at(-1)), before), firstSign(inside[0]))) {
    first.push(...taken(inside.shift(), START, (rest) => inside.unshift(rest)));
  }
  while (inside.length > 0 && !opens(sign(firstSign(last[0]), after), lastSign(inside.at(-1)))) {
    last.unshift(...taken(inside.pop(), END, (rest) => inside.push(rest)));
  }
  if (PAIR_END.test(firstSign(last[0])) && PAIR_START.test(firstSign(inside[0]))) {
    first.push(...taken(inside.shift(), START, (rest) => inside.unshift(rest)));
  } else if (PAIR_START.test(lastSign(first.at(-1))) && PAIR_END.test(lastSign(inside.at(-1)))) {
    last.unshift(...taken(inside.pop(), END, (rest) => inside.push(rest)));
  }
  const around = { before: sign(lastSign(first.at(-1)), before), after: sign(firstSign(last[0]), after) };
  const isLeftOut =
    inside.length === 0 ||
    inside.some(hasStar) ||
    isUnpaired(first, last) ||
    isIdle({ ...around, first: firstText(inside), last: lastText(inside) }, () => inside.map(textOf).join(''));
  const outside = (nodes: readonly PhrasingContent[]) => held(nodes, around.before, around.after);
  const kept: PhrasingContent[] = isLeftOut
    ? held(inside, around.before, around.after)
    : [{ ...mark, children: held(inside, '*', '*', true) }];
  return [...outside(first), ...kept, ...(isLeftOut ? outside(last) : held(last, '*', after))];
}

/** Quotation marks and brackets go out together. */
const PAIR_START = /[\p{Ps}\p{Pi}"']/u;
const PAIR_END = /[\p{Pe}\p{Pf}"']/u;

function firstText(nodes: readonly PhrasingContent[]): string {
  const [node] = nodes;
  return node === undefined ? '' : textOf(node);
}

function lastText(nodes: readonly PhrasingContent[]): string {
  const node = nodes.at(-1);
  return node === undefined ? '' : textOf(node);
}

/** Not all parsers tell an escaped sign from the end of a mark. */
function hasStar(node: Nodes): boolean {
  if ('children' in node) return node.children.some(hasStar);
  return node.type === 'text' && node.value.includes('*');
}

/** `**a (b**)` is worse to read than no mark. */
function isUnpaired(first: readonly PhrasingContent[], last: readonly PhrasingContent[]): boolean {
  const opens = /[\p{Ps}\p{Pi}]/u.test(first.map(textOf).join(''));
  return opens !== /[\p{Pe}\p{Pf}]/u.test(last.map(textOf).join(''));
}

const START = /^[\s\p{P}\p{S}]+/u;
const END = /[\s\p{P}\p{S}]+$/u;

/** The punctuation at an end of a text, or a whole node without its mark; `keep` is given the rest of the text. */
function taken(
  node: PhrasingContent | undefined,
  edge: RegExp,
  keep: (rest: PhrasingContent) => void,
): PhrasingContent[] {
  if (isEmphasised(node)) return node.children;
  if (node?.type !== 'text') return node === undefined ? [] : [node];
  const [signs = node.value] = edge.exec(node.value) ?? [];
  const rest = edge === START ? node.value.slice(signs.length) : node.value.slice(0, -signs.length);
  if (rest !== '') keep({ type: 'text', value: rest });
  return [{ type: 'text', value: signs }];
}

function sign(nearest: string, outer: string): string {
  return nearest === '' ? outer : nearest;
}

/**
 * The rule for a mark between what is outside and what is inside; the end of a mark mirrors its beginning. Parsers
 * differ in whether a tilde and other symbols than ASCII's are punctuation, so such a one helps nowhere.
 */
function opens(outside: string, inside: string): boolean {
  if (inside === '' || /\s/u.test(inside)) return false;
  if (!/[\p{P}\p{S}]/u.test(inside)) return true;
  return outside === '' || /[\s\p{P}$+<=>^`|]/u.test(outside);
}

function firstSign(node: Nodes | undefined): string {
  if (node === undefined) return '';
  if (node.type === 'text') return String.fromCodePoint(node.value.codePointAt(0) ?? 32);
  return signOf(node);
}

function lastSign(node: Nodes | undefined): string {
  if (node === undefined) return '';
  if (node.type === 'text') return [...node.value.slice(-2)].at(-1) ?? '';
  return signOf(node);
}

/** The sign that a node's source begins and ends with. */
function signOf(node: Nodes): string {
  if (node.type === 'break') return ' ';
  if (node.type === 'inlineCode') return '`';
  if (node.type === 'delete') return '~';
  return node.type === 'link' ? '[' : '*';
}

/** What is read, without marks. */
function textOf(node: Nodes): string {
  if ('children' in node) return node.children.map(textOf).join('');
  if (node.type === 'break') return '\n';
  return node.type === 'text' || node.type === 'inlineCode' ? node.value : '';
}

function joined(nodes: readonly PhrasingContent[]): PhrasingContent[] {
  const result: PhrasingContent[] = [];
  for (const node of nodes) {
    const last = result.at(-1);
    if (node.type === 'text' && last?.type === 'text')
      result[result.length - 1] = { type: 'text', value: last.value + node.value };
    else if (node.type === 'inlineCode' && last?.type === 'inlineCode')
      result[result.length - 1] = { type: 'inlineCode', value: last.value + node.value };
    else if (isMark(node) || node.type === 'link') result.push({ ...node, children: joined(node.children) });
    else result.push(node);
  }
  return result;
}

/**
 * An address with signs in it, or right after it, would get backslashes, and some tools take those for part of it. So
 * it stands in angle brackets.
 */
function withAddresses(nodes: readonly PhrasingContent[]): PhrasingContent[] {
  return nodes.flatMap((node): PhrasingContent[] => {
    if (isMark(node)) return [{ ...node, children: withAddresses(node.children) }];
    if (node.type !== 'text' || node.value.length > LONG || !/:\/\/\S*[*_~[\]<&`\\]/.test(node.value)) return [node];
    return linked(node.value);
  });
}

const LONG = 20_000;

function linked(value: string): PhrasingContent[] {
  const parts: PhrasingContent[] = [];
  let last = 0;
  for (const { start, end } of addressesIn(value)) {
    const shown = value.slice(start, end);
    const url = linkableAddress(shown, null);
    // A parser encodes a backslash in it by itself.
    if (url === null || shown.replaceAll('\\', '%5C') !== url) continue;
    if (!/[*_~[\]\\]/.test(shown) && !/^\S*[*_~[\]<&`\\]/.test(value.slice(end))) continue;
    const link: Link = { type: 'link', url, children: [{ type: 'text', value: shown }] };
    if (start > last) parts.push({ type: 'text', value: value.slice(last, start) });
    parts.push(link);
    last = end;
  }
  return last < value.length ? [...parts, { type: 'text', value: value.slice(last) }] : parts;
}

/**
 * What is left where marks cannot be written at all: links, code unless it is to be words as well. In these, what looks
 * like a reference would be one (`neutralise.ts`).
 */
export function withoutMarks<T extends Paragraph | Heading | TableCell>(node: T, keepsCode = true): T {
  const children = joined(unmarked(withAddresses(node.children), keepsCode));
  return { ...node, children: keepsCode ? children : children.map(withoutReference) };
}

function withoutReference(node: PhrasingContent): PhrasingContent {
  return node.type === 'text' ? { type: 'text', value: withoutReferences(node.value) } : node;
}

function unmarked(nodes: readonly PhrasingContent[], keepsCode: boolean): PhrasingContent[] {
  return nodes.flatMap((node): PhrasingContent[] => {
    if (node.type === 'delete') return [literal, ...unmarked(node.children, keepsCode), literal];
    if (isMark(node)) return unmarked(node.children, keepsCode);
    return node.type === 'inlineCode' && !keepsCode ? [{ type: 'text', value: node.value }] : [node];
  });
}
