/**
 * Footnotes: `5<sup><a href="#fn2">2</a></sup>` is a reference and must not read `5²`. Google Docs, Word, LibreOffice,
 * TinyMCE and Pandoc link mark and note to each other inside the page; in a dev tool those links lead nowhere.
 */
import type { Element, ElementContent } from 'hast';
import { attributeOf, isElement, textOf, words } from '../nodes.js';

const NOTE = /^#.*(?:fn|ftn|edn|note)/i;
const MARK = /^\[?(\d{1,4}|[ivxlc]{1,6}|[\p{L}*†‡§]{1,2})\]?$/u;
const BACK = /^[↩↑^⏎]\ufe0e?$/u;

export function footnoteMark(node: Element): ElementContent[] | null {
  if (isElement(node, 'a') && NOTE.test(attributeOf(node, 'href') ?? '')) return markOf(node);
  if (!isElement(node, 'sup')) return null;
  const [only] = node.children;
  const mark = node.children.length === 1 && only?.type === 'text' ? only.value : '';
  return /^\[[\p{L}\p{N}*†‡§]{1,4}\]$/u.test(mark) ? node.children : null;
}

function markOf(link: Element): ElementContent[] | null {
  const text = textOf(link).trim();
  if (BACK.test(text)) return [];
  const mark = MARK.exec(bare(text))?.[1];
  return mark === undefined ? null : [words(`[${mark}]`)];
}

/** Raised digits as they were before they were raised, inside the link. */
function bare(text: string): string {
  return text.normalize('NFKC');
}
