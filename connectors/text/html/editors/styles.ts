/**
 * Formatting by `style`: Google Docs, Outlook, TinyMCE and pasted text say with it what other editors say with
 * elements. Google Docs puts everything into a `<b>` that is not bold.
 */
import type { Element, ElementContent } from 'hast';
import { attributeOf, element, hasBlock, isBlock, isElement, styleOf, words } from '../nodes.js';
import { distributed } from '../repairs/marks.js';

export function styledElement(node: Element): ElementContent[] | null {
  keepLines(node);
  if (node.tagName === 'a') node.children = node.children.flatMap(withoutUnderline);
  if (isUndone(node)) return node.children;
  const marks = marksOf(node);
  if (marks.length === 0) return null;
  // Formatting that blocks inside may undo is left to them; that something is struck is never lost.
  const holds = isBlock(node) && node.children.some(hasBlock) ? marks.filter((mark) => mark === 'del') : marks;
  if (holds.length === 0) return null;
  const marked = holds.reduce<ElementContent[]>((inner, mark) => distributed(element(mark, []), inner), node.children);
  if (isElement(node, 'span', 'font')) return marked;
  return [{ ...node, properties: { ...node.properties, style: undefined }, children: marked }];
}

/** A link is underlined anyway. */
function withoutUnderline(node: ElementContent): ElementContent[] {
  return isElement(node, 'u') ? node.children : [node];
}

/** `<b style="font-weight:normal">` */
function isUndone(node: Element): boolean {
  const weight = styleOf(node, 'font-weight');
  if (isElement(node, 'b', 'strong')) return /^(?:normal|lighter|[1-5]00)\b/.test(weight);
  return isElement(node, 'i', 'em') && /^normal\b/.test(styleOf(node, 'font-style'));
}

const STYLED = new Set('span font p div td th li'.split(' '));
/** Between these and their parts is nothing that could be marked, or they are marks of this kind. */
const UNSTYLED = new Set('table tbody thead tfoot tr ul ol dl br hr img pre del s strike'.split(' '));

function marksOf(node: Element): readonly string[] {
  if (attributeOf(node, 'style') === null) return [];
  const decoration = `${styleOf(node, 'text-decoration')} ${styleOf(node, 'text-decoration-line')}`;
  const isStruck = decoration.includes('line-through') && !UNSTYLED.has(node.tagName);
  if (!STYLED.has(node.tagName)) return isStruck ? ['del'] : [];
  const align = isElement(node, 'span', 'font') ? styleOf(node, 'vertical-align') : '';
  return [
    ...(/^(?:bold|bolder|[6-9]00)\b/.test(styleOf(node, 'font-weight')) && node.tagName !== 'th' ? ['strong'] : []),
    ...(/^(?:italic|oblique)\b/.test(styleOf(node, 'font-style')) ? ['em'] : []),
    ...(isStruck ? ['del'] : []),
    ...(decoration.includes('underline') && node.tagName === 'span' && !hasLink(node) ? ['u'] : []),
    ...(/^(?:super|text-top)/.test(align) ? ['sup'] : []),
    ...(/^(?:sub|text-bottom)/.test(align) ? ['sub'] : []),
  ];
}

function hasLink(node: ElementContent): boolean {
  return node.type === 'element' && (node.tagName === 'a' || node.children.some(hasLink));
}

/** `white-space: pre-wrap` shows the line ends of its text. */
function keepLines(node: Element): void {
  if (node.tagName === 'pre' || !/^(?:pre|break-spaces)/.test(styleOf(node, 'white-space'))) return;
  node.children = node.children.flatMap(withBreaks);
}

function withBreaks(node: ElementContent): ElementContent[] {
  if (node.type === 'element' && !isElement(node, 'pre', 'code')) node.children = node.children.flatMap(withBreaks);
  if (node.type !== 'text' || !node.value.includes('\n')) return [node];
  return node.value
    .split('\n')
    .flatMap((line, index): ElementContent[] => [...(index === 0 ? [] : [element('br', [])]), words(line)]);
}
