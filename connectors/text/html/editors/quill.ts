/** Quill writes lists without nesting: `ql-indent-2` says how deep an item is, `data-list` (Quill 2) of what kind. */
import type { Element } from 'hast';
import { attributeOf, classesOf, isElement } from '../nodes.js';
import { type FlatItem, nestedLists } from '../repairs/lists.js';
import { checkbox } from './checkboxes.js';

export function quillLists(list: Element): Element[] {
  const items = list.children.filter((child) => isElement(child, 'li'));
  tickAll(list, items);
  const isQuill = items.some((item) => indentOf(item) > 0 || attributeOf(item, 'dataList') !== null);
  if (!isQuill) return [list];
  const flat = items.map((item): FlatItem => {
    const kind = attributeOf(item, 'dataList') ?? (list.tagName === 'ol' ? 'ordered' : 'bullet');
    return { depth: indentOf(item), tagName: kind === 'ordered' ? 'ol' : 'ul', number: null, item };
  });
  return nestedLists(flat);
}

/** Quill 1 ticks all items of a list at once. */
function tickAll(list: Element, items: readonly Element[]): void {
  const checked = attributeOf(list, 'dataChecked');
  if (checked === null) return;
  list.properties['dataChecked'] = undefined;
  for (const item of items) item.children.unshift(checkbox(checked === 'true'));
}

function indentOf(item: Element): number {
  const named = classesOf(item).map((name) => /^ql-indent-(\d{1,2})$/.exec(name)?.[1]);
  return Number(named.find((depth) => depth !== undefined) ?? 0);
}
