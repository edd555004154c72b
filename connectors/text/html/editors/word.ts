/**
 * Word and Outlook write lists as paragraphs with a bullet or a number in their text (`MsoListParagraph`, `mso-list`),
 * and empty `<o:p>` elements. Outlook on the web puts `x_` before class names.
 */
import type { Element, ElementContent } from 'hast';
import { attributeOf, classesOf, element, hasClass, isBlank, isElement, textOf } from '../nodes.js';
import { type FlatItem, nestedLists, shownBefore } from '../repairs/lists.js';

export function wordElement(node: Element): ElementContent[] | null {
  if (/^(?:o|w|v|st1):/.test(node.tagName)) return textOf(node).trim() === '' ? [] : node.children;
  if (node.tagName !== 'p') return null;
  const level = classesOf(node).map((name) => /^(?:x_)*MsoHeading([1-6])$/.exec(name)?.[1]);
  if (hasClass(node, /^(?:x_)*MsoTitle$/)) return [element('h1', node.children)];
  const heading = level.find((each) => each !== undefined);
  return heading === undefined ? null : [element(`h${heading}`, node.children)];
}

export function wordLists(nodes: ElementContent[]): ElementContent[] {
  if (!nodes.some((node) => isElement(node, 'p') && isListed(node))) return nodes;
  const result: ElementContent[] = [];
  let items: FlatItem[] = [];
  const end = (): void => {
    result.push(...nestedLists(items));
    items = [];
  };
  for (const node of nodes) {
    const item = isElement(node, 'p') && isListed(node) ? itemOf(node) : null;
    if (item !== null) items.push(item);
    else if (!isBlank(node) || items.length === 0) {
      end();
      result.push(node);
    }
  }
  end();
  return result;
}

function isListed(paragraph: Element): boolean {
  return (
    hasClass(paragraph, /^(?:x_)*MsoListParagraph/) || /mso-list:\s*l\d+/i.test(attributeOf(paragraph, 'style') ?? '')
  );
}

const BULLET = /^[\s\u00a0]*([·•o§ØüvÞ▪◦●○■\-–—\uf0b7\uf0a7\uf0d8\uf0fc])[\s\u00a0]+/;
/** `1.`, `a)`, `(iv)`, `1.2.3`, `§ 5.`: only the first counts by itself in every markup. */
const NUMBER =
  /^[\s\u00a0]*((?:§[\s\u00a0]*)?\(?(?:\d{1,6}(?:\.\d{1,6}){0,8}|[a-z]{1,2}|[ivxlcdm]{1,8})[.):]|\d{1,6}(?:\.\d{1,6}){1,8})(?:[\s\u00a0]+|$)/i;

/** Null where nothing stands before the text: Word's way of going on with an item in a second paragraph. */
function itemOf(paragraph: Element): FlatItem | null {
  const style = attributeOf(paragraph, 'style') ?? '';
  const depth = Number(/level(\d)/i.exec(style)?.[1] ?? 1) - 1;
  const ignored = takeIgnored(paragraph);
  const mark = ignored ?? takeMark(paragraph);
  if (mark === null) return null;
  const shown = NUMBER.exec(mark)?.[1];
  const number = shown === undefined ? null : Number(/^(\d+)[.)]$/.exec(shown)?.[1] ?? Number.NaN);
  const item = element('li', paragraph.children);
  if (number === null) return { depth, tagName: 'ul', number: null, item };
  if (!Number.isNaN(number)) return { depth, tagName: 'ol', number, item };
  // Letters and numbers of several levels stay as the reader saw them.
  shownBefore(item, `${shown} `);
  return { depth, tagName: 'ul', number: null, item };
}

/** The span `mso-list:Ignore`, whose text is the bullet. */
function takeIgnored(node: Element): string | null {
  for (const [at, child] of node.children.entries()) {
    if (!isElement(child)) continue;
    if (/mso-list:\s*ignore/i.test(attributeOf(child, 'style') ?? '')) {
      node.children.splice(at, 1);
      return `${textOf(child).trim()} `;
    }
    const inside = takeIgnored(child);
    if (inside !== null) return inside;
  }
  return null;
}

/** A bullet in the text itself. */
function takeMark(node: Element): string | null {
  const first = node.children.find((child) => !isBlank(child));
  if (isElement(first)) return takeMark(first);
  if (first?.type !== 'text') return null;
  const mark = (BULLET.exec(first.value) ?? NUMBER.exec(first.value))?.[0];
  if (mark === undefined) return null;
  first.value = first.value.slice(mark.length);
  return mark;
}
