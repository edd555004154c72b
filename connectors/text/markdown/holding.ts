/**
 * Takes out the marks that Markdown cannot hold: `**` beside a letter and a punctuation sign inside marks nothing
 * (CommonMark's flanking rules), as in `**Note:**the key`. Struck words keep literal signs there, since without them
 * they
 * would read as if they held.
 */
import type { Delete, Emphasis, Heading, Link, Nodes, Paragraph, PhrasingContent, Root, Strong } from 'mdast';
import { linkableAddress } from '../addresses.js';
import { addressesIn } from './parser.js';

/** Changes the tree it is given. */
export function holding(root: Root): Root {
  walk(root);
  return root;
}

function walk(node: Nodes): void {
  if (!('children' in node)) return;
  if (node.type === 'paragraph' || node.type === 'heading' || node.type === 'tableCell') {
    node.children = held(withAddresses(node.children), '', '');
  } else for (const child of node.children) walk(child);
}

/** `before` and `after`: the signs around the nodes; empty at the ends of a block. */
function held(nodes: readonly PhrasingContent[], before: string, after: string): PhrasingContent[] {
  return nodes.flatMap((node, at) => {
    if (node.type === 'link') return [{ ...node, children: held(node.children, '[', ']') }];
    if (!isMark(node)) return [node];
    const outer = {
      before: at === 0 ? before : lastSign(nodes[at - 1]),
      after: at === nodes.length - 1 ? after : firstSign(nodes[at + 1]),
    };
    const holds =
      opens(outer.before, firstSign(node.children[0])) && opens(outer.after, lastSign(node.children.at(-1)));
    if (holds) return [{ ...node, children: held(node.children, '*', '*') }];
    const inner = held(node.children, outer.before, outer.after);
    if (node.type !== 'delete') return inner;
    return [{ type: 'text', value: '~~' }, ...inner, { type: 'text', value: '~~' }];
  });
}

type Mark = Emphasis | Strong | Delete;

function isMark(node: Nodes): node is Mark {
  return node.type === 'emphasis' || node.type === 'strong' || node.type === 'delete';
}

/** The rule for a mark between what is outside and what is inside; the end of a mark mirrors its beginning. */
function opens(outside: string, inside: string): boolean {
  if (inside === '' || /\s/u.test(inside)) return false;
  if (!/[\p{P}\p{S}]/u.test(inside)) return true;
  return outside === '' || /[\s\p{P}\p{S}]/u.test(outside);
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
  return node.type === 'link' ? '[' : '*';
}

/** An address with signs in it would be escaped, and some tools take the backslashes for part of it. */
function withAddresses(nodes: readonly PhrasingContent[]): PhrasingContent[] {
  return nodes.flatMap((node): PhrasingContent[] => {
    if (isMark(node)) return [{ ...node, children: withAddresses(node.children) }];
    if (node.type !== 'text' || node.value.length > LONG || !/:\/\/\S*[*_~[\]]/.test(node.value)) return [node];
    return linked(node.value);
  });
}

const LONG = 20_000;

function linked(value: string): PhrasingContent[] {
  const parts: PhrasingContent[] = [];
  let last = 0;
  for (const { start, end, url } of addressesIn(value)) {
    if (value.slice(start, end) !== url || linkableAddress(url, null) !== url || !/[*_~[\]]/.test(url)) continue;
    const link: Link = { type: 'link', url, children: [{ type: 'text', value: url }] };
    if (start > last) parts.push({ type: 'text', value: value.slice(last, start) });
    parts.push(link);
    last = end;
  }
  return last < value.length ? [...parts, { type: 'text', value: value.slice(last) }] : parts;
}

/** The same words without any marks but links and code. */
export function withoutMarks<T extends Paragraph | Heading>(node: T): T {
  return { ...node, children: unmarked(node.children) };
}

function unmarked(nodes: readonly PhrasingContent[]): PhrasingContent[] {
  const plain: PhrasingContent[] = [];
  for (const node of nodes.flatMap((each) => (isMark(each) ? unmarked(each.children) : [each]))) {
    const last = plain.at(-1);
    if (node.type === 'text' && last?.type === 'text')
      plain[plain.length - 1] = { type: 'text', value: last.value + node.value };
    else plain.push(node);
  }
  return plain;
}
