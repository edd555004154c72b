/** Terms and descriptions, summaries and details, words and how they are read: what Markdown has no signs for. */
import type { Element, ElementContent } from 'hast';
import { attributeOf, classesOf, element, hasBlock, isBlank, isElement, textOf, words } from '../nodes.js';

export function descriptiveElement(node: Element): ElementContent[] | null {
  switch (node.tagName) {
    case 'dt':
      return [element('dt', node.children.some(hasBlock) ? node.children : [element('strong', node.children)])];
    case 'dl':
      return [
        element(
          'ul',
          groupsOf(node).map((group) => element('li', group)),
        ),
      ];
    case 'summary':
    case 'legend':
      return [element('p', [element('strong', node.children)])];
    case 'dialog':
    case 'hgroup':
    case 'dir':
    case 'menu':
      return [{ ...node, tagName: node.children.some((child) => isElement(child, 'li')) ? 'ul' : 'div' }];
    case 'rt':
      return textOf(node).trim() === '' ? [] : [words('('), ...node.children, words(')')];
    case 'rp':
      return [];
    case 'br':
      return classesOf(node).includes('source-line') ? [element('x-line', [])] : null;
    case 'time': {
      const moment = attributeOf(node, 'dateTime');
      return textOf(node).trim() === '' && moment !== null ? [words(moment)] : null;
    }
    default:
      return formula(node);
  }
}

/** Terms that share their descriptions are one item. */
function groupsOf(list: Element): ElementContent[][] {
  const groups: ElementContent[][] = [];
  let isDescribed = true;
  for (const node of list.children.flatMap((each) => (isElement(each, 'div') ? each.children : [each]))) {
    if (isBlank(node)) continue;
    const isTerm = isElement(node, 'dt');
    if (groups.length === 0 || (isTerm && isDescribed)) groups.push([]);
    groups
      .at(-1)
      ?.push(isTerm ? { ...node, tagName: 'p' } : isElement(node, 'dd') ? { ...node, tagName: 'div' } : node);
    isDescribed = !isTerm;
  }
  return groups;
}

/** A formula is written twice, to be read and to be seen, or as an attribute alone. */
function formula(node: Element): ElementContent[] | null {
  if (classesOf(node).includes('katex-html')) return [];
  const source = attributeOf(node, 'dataValue');
  return classesOf(node).includes('ql-formula') && source !== null ? [words(source)] : null;
}
