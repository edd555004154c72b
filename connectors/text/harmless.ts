/**
 * Removes from a text's tree what a dev tool could run, load, notify or mistake (design 3): addresses other than those
 * of pages; pictures (they become links, since Craft.io's are behind its login and others tell their servers who
 * reads); markers and mentions, also where formatting or invisible characters split them. Puts the dev items' links
 * beside links to handed-over items. Changes the tree it is given.
 */
import type {
  Delete,
  Emphasis,
  Image,
  InlineCode,
  Link,
  ListItem,
  Nodes,
  PhrasingContent,
  Root,
  Strong,
  TableCell,
  TableRow,
  Text,
} from 'mdast';
import type { RelatedItem } from '../../domain/devItem.js';
import { sendable } from '../../domain/rules/unseen.js';
import { isBehindCraftLogin, linkableAddress, relatedFinder } from './addresses.js';
import { addressesIn } from './markdown/parser.js';
import {
  type FindsReferences,
  joinersFor,
  neutralise,
  referencesIn,
  withoutReferences,
  WORD_JOINER,
} from './neutralise.js';
import { type Block, isBlock, isPhrase, type Phrase } from './textTree.js';

/** Where a text comes from and what it points at. */
export interface TextContext {
  readonly related: readonly RelatedItem[];
  /** The page of the Craft item, against which relative addresses are resolved. */
  readonly craftUrl: string | null;
  /** What the tool takes for references beyond those of every tool. */
  readonly references?: FindsReferences | null;
}

/** Deeper lists and quotations are flattened to this depth: each line repeats the marks of all levels. */
const MAX_CONTAINERS = 10;

const MAX_COLUMNS = 60;

interface Cleaning extends TextContext {
  readonly relatedTo: (address: string) => RelatedItem | null;
}

export function harmlessTree(root: Root, context: TextContext): Root {
  const cleaning = { ...context, relatedTo: relatedFinder(context.related) };
  return { type: 'root', children: blocks(root.children, 0, cleaning) };
}

function blocks(nodes: readonly Nodes[], depth: number, cleaning: Cleaning): Block[] {
  return nodes.filter(isBlock).flatMap((node) => block(node, depth, cleaning));
}

function block(node: Block, depth: number, cleaning: Cleaning): Block[] {
  switch (node.type) {
    case 'paragraph':
    case 'heading':
      return [{ ...node, children: phrases(node.children, cleaning) }];
    case 'code':
      return [{ type: 'code', lang: languageOf(node.lang), value: neutralise(sendable(node.value)) }];
    case 'blockquote': {
      const children = blocks(node.children, depth + 1, cleaning);
      return depth < MAX_CONTAINERS ? [{ type: 'blockquote', children }] : children;
    }
    case 'list': {
      const items = node.children.map((item) => ({ item, children: blocks(item.children, depth + 1, cleaning) }));
      if (depth >= MAX_CONTAINERS) return items.flatMap(({ children }) => children);
      return [{ ...node, children: items.map(({ item, children }): ListItem => ({ ...item, children })) }];
    }
    case 'table': {
      const rows = node.children.map((row) => {
        const cells = cellsOf(row).map((cell) => ({ ...cell, children: phrases(cell.children, cleaning) }));
        return { ...row, children: cells };
      });
      return [{ ...node, children: rows }];
    }
    case 'thematicBreak':
      return [node];
  }
}

/** Cells beyond `MAX_COLUMNS` are appended to the last one. */
function cellsOf({ children }: TableRow): readonly TableCell[] {
  const last = children[MAX_COLUMNS - 1];
  if (last === undefined) return children;
  const rest = children
    .slice(MAX_COLUMNS)
    .flatMap((cell): PhrasingContent[] => [{ type: 'text', value: ' ' }, ...cell.children]);
  return [...children.slice(0, MAX_COLUMNS - 1), { ...last, children: [...last.children, ...rest] }];
}

/** The word after a code fence; a renderer turns it into a class name. */
function languageOf(lang: string | null | undefined): string | null {
  return lang !== null && lang !== undefined && /^[\w+#.-]{1,30}$/.test(lang) ? lang : null;
}

/** One paragraph, heading or cell. */
function phrases(nodes: readonly PhrasingContent[], cleaning: Cleaning): Phrase[] {
  const clean = inline(nodes, cleaning);
  separate(leavesOf(clean), cleaning.references ?? null);
  return clean;
}

function inline(nodes: readonly PhrasingContent[], cleaning: Cleaning): Phrase[] {
  const clean: Phrase[] = [];
  for (const node of nodes.flatMap((each) => phrase(each, cleaning))) {
    const last = clean.at(-1);
    if (node.type === 'text' && last?.type === 'text') last.value += node.value;
    else if (node.type === 'link' && last?.type === 'link') clean.push({ type: 'text', value: ' ' }, node);
    else clean.push(node);
  }
  for (const node of clean) {
    if (node.type === 'text') node.value = withoutReferences(neutralise(node.value), cleaning.references);
  }
  return clean;
}

function phrase(node: PhrasingContent, cleaning: Cleaning): Phrase[] {
  if (node.type === 'image') return pictured(node, cleaning);
  if (!isPhrase(node)) return 'children' in node ? inline(node.children, cleaning) : [];
  switch (node.type) {
    case 'text':
      return addressed(sendable(node.value), cleaning);
    case 'inlineCode':
      return [{ type: 'inlineCode', value: neutralise(sendable(node.value)) }];
    case 'emphasis':
    case 'strong':
    case 'delete':
      return markedWords(node, inline(node.children, cleaning));
    case 'link':
      return linked(node, cleaning);
    case 'break':
      return [node];
  }
}

/** Formatting marks around nothing would be read as literal signs. */
function markedWords(node: Emphasis | Strong | Delete, children: Phrase[]): Phrase[] {
  return isShown(children) ? [{ ...node, children }] : children;
}

function isShown(nodes: readonly Phrase[]): boolean {
  return leavesOf(nodes).some(({ value }) => value.trim() !== '');
}

function linked(node: Link, cleaning: Cleaning): Phrase[] {
  const children = inline(node.children, { ...cleaning, relatedTo: () => null }).flatMap((child) => {
    return child.type === 'link' ? child.children.filter(isPhrase) : [child];
  });
  const url = linkableAddress(node.url, cleaning.craftUrl);
  if (url === null) return children;
  const link: Link = { type: 'link', url, children: isShown(children) ? children : [{ type: 'text', value: url }] };
  return [link, ...picturesIn(node, url, cleaning), ...besideOf(cleaning.relatedTo(url))];
}

/** ` ([picture](url))`: a link cannot be inside a link, and a picture in it may lead elsewhere. */
function picturesIn(node: Nodes, linkUrl: string, cleaning: Cleaning): Phrase[] {
  if (node.type !== 'image') {
    return 'children' in node ? node.children.flatMap((child) => picturesIn(child, linkUrl, cleaning)) : [];
  }
  const url = linkableAddress(node.url, cleaning.craftUrl);
  if (url === null || url === linkUrl) return [];
  const link: Link = { type: 'link', url, children: [{ type: 'text', value: 'picture' }] };
  return [{ type: 'text', value: ' (' }, link, { type: 'text', value: ')' }];
}

/** No person writes a longer paragraph: addresses in it are not searched. */
const LONG = 20_000;

/** An address of a handed-over item becomes a link without any markup, in HTML as well. */
function addressed(value: string, cleaning: Cleaning): Phrase[] {
  if (cleaning.related.length === 0 || value.length > LONG) return [{ type: 'text', value }];
  const parts: Phrase[] = [];
  let last = 0;
  for (const { start, end, url } of addressesIn(value)) {
    const related = cleaning.relatedTo(url);
    const address = related === null ? null : linkableAddress(url, null);
    if (address === null) continue;
    const link: Link = { type: 'link', url: address, children: [{ type: 'text', value: address }] };
    parts.push({ type: 'text', value: value.slice(last, start) }, link, ...besideOf(related));
    last = end;
  }
  return [...parts, { type: 'text', value: value.slice(last) }];
}

/** ` ([MOB-12](url))` */
function besideOf(related: RelatedItem | null): Phrase[] {
  if (related === null) return [];
  const { key, id, url } = related.devItem;
  const name: Text = { type: 'text', value: key ?? id };
  const address = url === null ? null : linkableAddress(url, null);
  const shown: Phrase = address === null ? name : { type: 'link', url: address, children: [name] };
  return [{ type: 'text', value: ' (' }, shown, { type: 'text', value: ')' }];
}

/** A picture becomes a link that says what it shows; one without a usable address links to the item's page. */
function pictured(node: Image, cleaning: Cleaning): Phrase[] {
  const { craftUrl } = cleaning;
  const behindLogin = isBehindCraftLogin(node.url, craftUrl);
  const address = linkableAddress(node.url, craftUrl) ?? (craftUrl === null ? null : linkableAddress(craftUrl, null));
  const alt = sendable(node.alt ?? '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 200);
  const name = alt === '' ? sendable(fileName(node.url)) : alt;
  const value = `${behindLogin ? 'Picture in Craft.io' : 'Picture'}${name === '' ? '' : `: ${name}`}`;
  const text: Text = { type: 'text', value };
  return address === null ? [text] : [{ type: 'link', url: address, children: [text] }];
}

function fileName(address: string): string {
  return /^(?:data|blob):/i.test(address)
    ? ''
    : (/([^/?#]{1,100})(?:[?#].*)?$/s.exec(address.slice(-4_000))?.[1] ?? '');
}

type Leaf = Text | InlineCode;

function leavesOf(nodes: readonly PhrasingContent[]): Leaf[] {
  return nodes.flatMap((node): Leaf[] => {
    if (node.type === 'text' || node.type === 'inlineCode') return [node];
    return 'children' in node ? leavesOf(node.children) : [];
  });
}

/**
 * Formatting may split a marker, a mention or a reference, as in `craft**sync**:…`, so the text without formatting is
 * examined as well. References in code do not count.
 */
function separate(leaves: readonly Leaf[], references: FindsReferences | null): void {
  insertJoiners(leaves, joinersFor(leaves.map(({ value }) => value).join('')));
  const words = leaves.map(({ type, value }) => (type === 'text' ? value : ' '.repeat(value.length)));
  insertJoiners(leaves, referencesIn(words.join(''), references));
}

/** `places` count over all leaves together, ascending. */
function insertJoiners(leaves: readonly Leaf[], places: readonly number[]): void {
  const inserts = [...places];
  let end = leaves.reduce((sum, { value }) => sum + value.length, 0);
  for (const leaf of leaves.toReversed()) {
    const start = end - leaf.value.length;
    const parts: string[] = [];
    let last = leaf.value.length;
    while (inserts.length > 0 && (inserts.at(-1) ?? 0) > start) {
      const at = (inserts.pop() ?? 0) - start;
      parts.unshift(WORD_JOINER, leaf.value.slice(at, last));
      last = at;
    }
    if (parts.length > 0) leaf.value = [leaf.value.slice(0, last), ...parts].join('');
    end = start;
  }
}
