/** What is shown from elsewhere (videos, pages, files, drawings) becomes a link or its name: never nothing. */
import type { Element, ElementContent } from 'hast';
import { attributeOf, element, isElement, textOf, words } from '../nodes.js';

const KINDS: Readonly<Record<string, string>> = {
  audio: 'Audio',
  video: 'Video',
  source: 'Media',
  iframe: 'Embedded page',
  oembed: 'Embedded page',
  object: 'Embedded file',
  embed: 'Embedded file',
};

export function embedded(node: Element): ElementContent[] | null {
  switch (node.tagName) {
    case 'x-text':
    case 'picture':
    case 'canvas':
      return node.children;
    case 'x-svg': {
      const title = textOf(node).replace(/\s+/g, ' ').trim();
      return title === '' ? [] : [words(`[${title}]`)];
    }
    case 'x-embed':
      return linkTo(node);
    default:
      return previewed(node);
  }
}

/** CKEditor may keep the address of a page beside its preview. */
function previewed(node: Element): ElementContent[] | null {
  const address = attributeOf(node, 'dataOembedUrl');
  if (address === null || linkIn(node.children) !== null) return null;
  return [...node.children, linkTo(element('x-embed', [], { url: address, dataKind: 'oembed' }))].flat();
}

function linkTo(node: Element): ElementContent[] {
  const inside = linkIn(node.children);
  const address =
    ['src', 'data', 'url', 'href'].map((name) => attributeOf(node, name)).find(isGiven) ??
    (inside === null ? null : attributeOf(inside, 'href'));
  const kind = attributeOf(node, 'dataKind') ?? '';
  if (address === null || address === undefined)
    return kind === 'source' ? [] : (fallback(node) ?? [named(node, kind, '')]);
  return [element('a', [named(node, kind, address)], { href: address })];
}

function isGiven(value: string | null): value is string {
  return value !== null && value.trim() !== '';
}

/** The words for browsers that cannot show it. */
function fallback(node: Element): ElementContent[] | null {
  return node.children.some((child) => textOf(child).trim() !== '') ? node.children : null;
}

function named(node: Element, kind: string, address: string): ElementContent {
  const title = attributeOf(node, 'title')?.trim() ?? '';
  const name = title === '' ? nameOf(address, kind) : title;
  return words(`${KINDS[kind] ?? 'Embedded page'}${name === '' ? '' : `: ${name}`}`);
}

/** A page by its host, a file by its name. */
function nameOf(address: string, kind: string): string {
  const path = /^(?:[a-z]+:)?(?:\/\/([^/?#]{1,100}))?([^?#]{0,1000})/i.exec(address.trim());
  if (/^(?:data|blob|javascript):/i.test(address.trim())) return '';
  const file = /([^/]{1,100})\/?$/.exec(path?.[2] ?? '')?.[1] ?? '';
  return kind === 'iframe' || kind === 'oembed' || file === '' ? (path?.[1] ?? '') : file;
}

function linkIn(nodes: readonly ElementContent[]): Element | null {
  for (const node of nodes) {
    if (isElement(node, 'a')) return node;
    const inside = node.type === 'element' ? linkIn(node.children) : null;
    if (inside !== null) return inside;
  }
  return null;
}
