/** MathML and formulas in attributes: `<mfrac><mn>1</mn><mn>2</mn></mfrac>` must not read `12`. */
import type { Element, ElementContent } from 'hast';
import { attributeOf, element, textOf, words } from '../nodes.js';

export function formulaElement(node: Element): ElementContent[] | null {
  switch (node.tagName) {
    case 'tiny-math-inline':
    case 'tiny-math-block':
      return [words(attributeOf(node, 'formula') ?? '')];
    case 'x-math':
      return node.children;
    case 'mfrac':
      return joinedBy(node, '/');
    case 'msqrt':
      return [words(`√(${textOf(node).trim()})`)];
    case 'msup':
    case 'mover':
      return scripted(node, ['sup']);
    case 'msub':
    case 'munder':
      return scripted(node, ['sub']);
    case 'msubsup':
    case 'munderover':
      return scripted(node, ['sub', 'sup']);
    default:
      return null;
  }
}

function scripted(node: Element, marks: readonly string[]): ElementContent[] {
  const parts = partsOf(node);
  return parts.map((part, at) => {
    const mark = at === 0 ? undefined : marks[at - 1];
    return mark === undefined ? words(part) : element(mark, [words(part)]);
  });
}

function joinedBy(node: Element, sign: string): ElementContent[] {
  const parts = partsOf(node).map((part) => (/^[\p{L}\p{N}.,]*$/u.test(part) ? part : `(${part})`));
  return [words(parts.join(sign))];
}

function partsOf(node: Element): readonly string[] {
  return node.children.map((child) => textOf(child).trim()).filter((part) => part !== '');
}
