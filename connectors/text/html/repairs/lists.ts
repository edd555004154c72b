/** Lists as Markdown has them: items only, inner lists inside items, numbers from 1 upwards. */
import type { Element, ElementContent } from 'hast';
import { attributeOf, element, isBlank, isElement, isList, styleOf, words } from '../nodes.js';

/**
 * Google Docs, Word and `execCommand('indent')` write an inner list beside the items: it belongs to the item before it.
 * Anything else that is no item becomes one.
 */
export function listsInItems(nodes: readonly ElementContent[]): ElementContent[] {
  const items: Element[] = [];
  let isStray = false;
  for (const node of nodes.flatMap(unwrappedItems)) {
    const last = items.at(-1);
    if (isElement(node, 'li')) items.push(node);
    else if (isBlank(node) && !isStray) continue;
    else if (isList(node)) {
      if (last === undefined) items.push(...node.children.filter((child) => isElement(child, 'li')));
      else last.children.push(node);
    } else if (isStray && last !== undefined) last.children.push(node);
    else items.push(element('li', [node]));
    isStray = !isElement(node, 'li') && !isList(node);
  }
  return items;
}

/** `<ul><div><li>…`: editors that wrap items for dragging. An item of a list alone is how TinyMCE indents twice. */
function unwrappedItems(node: ElementContent): ElementContent[] {
  const shown = isElement(node, 'li') ? node.children.filter((child) => !isBlank(child)) : [];
  if (shown.length > 0 && shown.every(isList)) return shown;
  const wraps = node.type === 'element' && !isElement(node, 'li') && !isList(node);
  return wraps && node.children.some((child) => isElement(child, 'li')) ? node.children : [node];
}

/** An item of a list that is written without nesting, with how deep it is meant to be. */
export interface FlatItem {
  readonly depth: number;
  readonly tagName: 'ul' | 'ol';
  /** Its number, where it is written. */
  readonly number: number | null;
  readonly item: Element;
}

/**
 * Nests the items. A number that goes on where a list of another kind was in between stays; one that does not follow
 * the number before it begins a list.
 */
export function nestedLists(flat: readonly FlatItem[]): Element[] {
  const outer: Element[] = [];
  const open: { readonly depth: number; readonly list: Element; count: number }[] = [];
  const counts = new Map<number, number>();
  for (const { depth, tagName, number, item } of flat) {
    while ((open.at(-1)?.depth ?? -1) > depth) counts.delete(open.pop()?.depth ?? 0);
    if (open.at(-1)?.depth === depth && open.at(-1)?.list.tagName !== tagName) open.pop();
    const count = open.at(-1)?.count ?? 0;
    if (open.at(-1)?.depth === depth && number !== null && number !== count + 1) open.pop();
    let level = open.at(-1);
    if (level?.depth !== depth) {
      const start = number ?? (counts.get(depth) ?? 0) + 1;
      const list = element(tagName, [], tagName === 'ol' && start !== 1 ? { start } : {});
      const around = level?.list.children.at(-1);
      if (isElement(around, 'li')) around.children.push(list);
      else outer.push(list);
      level = { depth, list, count: start - 1 };
      open.push(level);
    }
    level.list.children.push(item);
    level.count += 1;
    if (tagName === 'ol') counts.set(depth, level.count);
  }
  return outer;
}

/**
 * Markdown counts from a number upwards, in digits. Where a list counts otherwise (`type="a"`, `reversed`), its items
 * show what stood before them; where an item has a number of its own (`value`), a list from there begins.
 */
export function numberedItems(list: Element): Element[] {
  if (list.tagName === 'menu' || list.tagName === 'dir') list.tagName = 'ul';
  if (list.tagName !== 'ol') return [list];
  const start = numberOf(list, 'start') ?? 1;
  const style = styleOfNumbers(list);
  const isReversed = attributeOf(list, 'reversed') !== null;
  if (style === null && !isReversed) return splitAtValues(list);
  let number = isReversed && numberOf(list, 'start') === null ? list.children.length : start;
  for (const item of list.children) {
    if (item.type !== 'element') continue;
    number = numberOf(item, 'value') ?? number;
    shownBefore(item, `${style === null ? number : style(number)}. `);
    number += isReversed ? -1 : 1;
  }
  return [element('ul', list.children)];
}

function numberOf(node: Element, name: string): number | null {
  const number = Number.parseInt(attributeOf(node, name) ?? '', 10);
  return Number.isNaN(number) || Math.abs(number) > 999_999_999 ? null : number;
}

/** What the reader saw before an item, as words. */
export function shownBefore(item: Element, text: string): void {
  const [first] = item.children;
  if (isElement(first, 'p', 'div')) first.children.unshift(words(text));
  else item.children.unshift(words(text));
}

function splitAtValues(list: Element): Element[] {
  const start = Math.max(0, numberOf(list, 'start') ?? 1);
  const lists: { readonly start: number; readonly items: ElementContent[] }[] = [{ start, items: [] }];
  for (const item of list.children) {
    const value = item.type === 'element' ? numberOf(item, 'value') : null;
    const last = lists.at(-1);
    if (last === undefined) break;
    if (value === null || value < 0 || value === last.start + last.items.length) last.items.push(item);
    else lists.push({ start: value, items: [item] });
  }
  return lists.filter(({ items }) => items.length > 0).map((each) => element('ol', each.items, { start: each.start }));
}

type Numbering = (number: number) => string;

function styleOfNumbers(list: Element): Numbering | null {
  const [first] = list.children;
  const named = styleOf(list, 'list-style-type') || (isElement(first, 'li') ? styleOf(first, 'list-style-type') : '');
  const type = attributeOf(list, 'type') ?? '';
  if (type === 'a' || /^lower-(?:alpha|latin)$/.test(named)) return letters;
  if (type === 'A' || /^upper-(?:alpha|latin)$/.test(named)) return (number) => letters(number).toUpperCase();
  if (type === 'i' || named === 'lower-roman') return (number) => roman(number).toLowerCase();
  if (type === 'I' || named === 'upper-roman') return roman;
  if (named === 'lower-greek') return greek;
  return null;
}

function letters(number: number): string {
  if (number < 1 || number > 26 * 26) return String(number);
  const tens = Math.floor((number - 1) / 26);
  return (tens === 0 ? '' : letters(tens)) + String.fromCharCode(97 + ((number - 1) % 26));
}

/** `ς` is no number of its own. */
function greek(number: number): string {
  return 'αβγδεζηθικλμνξοπρστυφχψω'.charAt(number - 1) || String(number);
}

const ROMAN: readonly (readonly [number, string])[] = [
  [1000, 'M'],
  [900, 'CM'],
  [500, 'D'],
  [400, 'CD'],
  [100, 'C'],
  [90, 'XC'],
  [50, 'L'],
  [40, 'XL'],
  [10, 'X'],
  [9, 'IX'],
  [5, 'V'],
  [4, 'IV'],
  [1, 'I'],
];

function roman(number: number): string {
  if (number < 1 || number > 3_999) return String(number);
  const [value, sign] = ROMAN.find(([each]) => each <= number) ?? [1, 'I'];
  return sign + (number > value ? roman(number - value) : '');
}
