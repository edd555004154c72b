/**
 * Turns markdown-it's tokens of one paragraph into nodes. An HTML element counts only with both tags (or where it needs
 * only one), so that a generic type such as `List<b>` stays as written.
 */
import type { Token } from 'markdown-it';
import type { Nodes, PhrasingContent } from 'mdast';
import { isDroppedElement, isHtmlElement, isVoidElement, treeOfHtml } from '../html/tree.js';

/** Formatting nested deeper than this is dropped; the words stay. */
const MAX_MARKS = 20;

export function inlineOf(tokens: readonly Token[]): PhrasingContent[] {
  const root: PhrasingContent[] = [];
  const open: PhrasingContent[][] = [root];
  const partners = partnersOf(tokens);
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (token === undefined) break;
    const tag = token.type === 'html_inline' ? tagOf(token.content) : null;
    const partner = partners.get(at);
    if (tag !== null && partner !== undefined && isDroppedElement(tag.name)) {
      at = Math.max(at, partner);
      continue;
    }
    const step = tag === null ? stepOf(token) : htmlStep(token, tag, partner);
    if (step === 'close') {
      if (open.length > 1) open.pop();
      continue;
    }
    const siblings = open.at(-1) ?? root;
    const inner = step.length === 1 && step[0] !== undefined && 'children' in step[0] ? step[0].children : null;
    const isOpening = inner !== null && inner.length === 0;
    const isTooDeep = isOpening && open.length > MAX_MARKS;
    if (!isTooDeep) append(siblings, step);
    if (isOpening) open.push(isTooDeep ? siblings : inner);
  }
  return root;
}

function append(siblings: PhrasingContent[], nodes: readonly PhrasingContent[]): void {
  for (const node of nodes) {
    const last = siblings.at(-1);
    if (node.type === 'text' && last?.type === 'text') last.value += node.value;
    else siblings.push(node);
  }
}

/** The nodes of a token; `close` ends the innermost open one. A node that can have children but has none stays open. */
function stepOf(token: Token): readonly PhrasingContent[] | 'close' {
  if (token.nesting === -1) return 'close';
  switch (token.type) {
    case 'softbreak':
      return [{ type: 'text', value: '\n' }];
    case 'hardbreak':
      return [{ type: 'break' }];
    case 'code_inline':
      return [{ type: 'inlineCode', value: token.content }];
    case 'strong_open':
      return [{ type: 'strong', children: [] }];
    case 'em_open':
      return [{ type: 'emphasis', children: [] }];
    case 's_open':
      return [{ type: 'delete', children: [] }];
    case 'link_open':
      return [{ type: 'link', url: String(token.attrGet('href')), children: [] }];
    case 'image':
      return [{ type: 'image', url: String(token.attrGet('src')), alt: altOf(token) }];
    default:
      return [{ type: 'text', value: token.content }];
  }
}

function altOf(token: Token): string {
  const parts = (token.children ?? []).map((child) => child.content);
  return parts.join('');
}

interface Tag {
  readonly name: string;
  readonly ends: boolean;
}

/** Null: a comment, an instruction, CDATA. */
function tagOf(html: string): Tag | null {
  const read = /^<(\/?)([a-z][a-z0-9-]*)/i.exec(html);
  return read === null ? null : { ends: read[1] === '/', name: (read[2] ?? '').toLowerCase() };
}

const MEANINGS: Readonly<Record<string, 'strong' | 'emphasis' | 'delete'>> = {
  b: 'strong',
  strong: 'strong',
  em: 'emphasis',
  i: 'emphasis',
  cite: 'emphasis',
  del: 'delete',
  s: 'delete',
  strike: 'delete',
};

function htmlStep(token: Token, tag: Tag, partner: number | undefined): readonly PhrasingContent[] | 'close' {
  if (tag.name === 'br') return [{ type: 'break' }];
  if (tag.name === 'img') return imagesIn(treeOfHtml(token.content));
  if (isVoidElement(tag.name)) return [];
  if (partner === undefined || !isHtmlElement(tag.name)) return [{ type: 'text', value: token.content }];
  const meaning = MEANINGS[tag.name];
  if (tag.name !== 'a' && meaning === undefined) return [];
  if (tag.ends) return 'close';
  if (meaning !== undefined) return [{ type: meaning, children: [] }];
  return [{ type: 'link', url: addressIn(token.content), children: [] }];
}

function imagesIn(node: Nodes): PhrasingContent[] {
  if (node.type === 'image') return [node];
  return 'children' in node ? node.children.flatMap((child) => imagesIn(child)) : [];
}

/** The address of `<a href="…">`. */
function addressIn(tag: string): string {
  const find = (node: Nodes): string | null => {
    if (node.type === 'link') return node.url;
    return 'children' in node ? (node.children.map(find).find((url) => url !== null) ?? null) : null;
  };
  return find(treeOfHtml(`${tag}x</a>`)) ?? '';
}

/** Start and end tags of one level that belong together, in both directions, by their positions. */
function partnersOf(tokens: readonly Token[]): ReadonlyMap<number, number> {
  const partners = new Map<number, number>();
  const open: { readonly name: string; readonly level: number; readonly at: number }[] = [];
  const openNow = new Map<string, number>();
  const key = (name: string, level: number) => `${level} ${name}`;
  for (const [at, token] of tokens.entries()) {
    const tag = token.type === 'html_inline' ? tagOf(token.content) : null;
    if (tag === null || isVoidElement(tag.name)) {
      // A mark that ends here also ends what was opened inside it.
      while (token.nesting === -1 && (open.at(-1)?.level ?? -1) > token.level) forget(open.pop());
      continue;
    }
    const place = key(tag.name, token.level);
    if (!tag.ends) {
      open.push({ name: tag.name, level: token.level, at });
      openNow.set(place, (openNow.get(place) ?? 0) + 1);
    } else if ((openNow.get(place) ?? 0) > 0) {
      let first = open.pop();
      while (first !== undefined && (first.name !== tag.name || first.level !== token.level)) {
        forget(first);
        first = open.pop();
      }
      forget(first);
      if (first !== undefined) partners.set(first.at, at).set(at, first.at);
    }
  }
  return partners;

  function forget(tag: (typeof open)[number] | undefined): void {
    if (tag === undefined) return;
    const place = key(tag.name, tag.level);
    openNow.set(place, (openNow.get(place) ?? 1) - 1);
  }
}
