/**
 * Items that can be ticked, as editors write them: TipTap (`data-checked`), CKEditor (`todo-list__label`), Quill
 * (`data-list`), Notion (`checkbox-on`), TinyMCE (`tox-checklist`). `hast-util-to-mdast` takes a checkbox at the
 * beginning of an item.
 */
import type { Element, ElementContent } from 'hast';
import { attributeOf, classesOf, element, hasClass, isBlank, isElement, isList } from '../nodes.js';

export function checkedItem(node: Element): ElementContent[] | null {
  if (node.tagName !== 'li') return null;
  const box = takeLeadingBox(node);
  const checked = checkedByAttribute(node) ?? box;
  if (checked !== null) node.children.unshift(checkbox(checked));
  return null;
}

/** TinyMCE says of the list that it can be ticked, and of the items only which are. */
export function checklist(list: Element): null {
  if (!isList(list) || !hasClass(list, /^(?:tox-)?checklist$/)) return null;
  for (const item of list.children) {
    if (isElement(item, 'li')) item.children.unshift(checkbox(hasClass(item, /^(?:tox-checklist--)?checked$/)));
  }
  return null;
}

export function checkbox(checked: boolean): Element {
  return element('input', [], { type: 'checkbox', checked });
}

function checkedByAttribute(item: Element): boolean | null {
  const checked = attributeOf(item, 'dataChecked');
  if (checked !== null) return checked !== 'false';
  const list = attributeOf(item, 'dataList');
  if (list === 'checked' || list === 'unchecked') return list === 'checked';
  return null;
}

const WRAPPERS = ['label', 'span', 'div', 'p', 'strong', 'b'] as const;

/** Takes the checkbox out from the beginning of an item. */
function takeLeadingBox(node: Element): boolean | null {
  const at = node.children.findIndex((child) => !isBlank(child));
  const first = node.children[at];
  if (!isElement(first)) return null;
  const notion = classesOf(first).find((name) => /^checkbox-(?:on|off)$/.test(name));
  if (isElement(first, 'input') && /^(?:checkbox|radio)$/i.test(attributeOf(first, 'type') ?? '')) {
    node.children.splice(at, 1);
    return attributeOf(first, 'checked') !== null;
  }
  if (notion !== undefined) {
    node.children.splice(at, 1);
    return notion === 'checkbox-on';
  }
  return isElement(first, ...WRAPPERS) ? takeLeadingBox(first) : null;
}
