/** Blocks as lines of one paragraph, for places where Markdown has no blocks: a table's cell, a heading, a summary. */
import type { Element, ElementContent } from 'hast';
import { attributeOf, element, hasBlock, isBlank, isElement, isList, words } from '../nodes.js';

const LINE_BREAK = (): Element => element('br', []);

export function linesOfBlocks(nodes: readonly ElementContent[]): ElementContent[] {
  const lines = linesOf(nodes).filter((line) => !line.every((node) => isBlank(node) || isElement(node, 'br')));
  return lines.flatMap((line, index) => (index === 0 ? line : [LINE_BREAK(), ...line]));
}

type Line = ElementContent[];

function linesOf(nodes: readonly ElementContent[]): Line[] {
  const lines: Line[] = [];
  let run: Line = [];
  for (const node of nodes) {
    if (node.type === 'element' && (hasBlock(node) || node.tagName === 'pre')) {
      lines.push(run, ...linesOfBlock(node));
      run = [];
    } else run.push(node);
  }
  return [...lines, run].map(withoutOuterBreaks);
}

function withoutOuterBreaks(line: Line): Line {
  const isNothing = (node: ElementContent | undefined): boolean =>
    node !== undefined && (isBlank(node) || isElement(node, 'br'));
  const start = line.findIndex((node) => !isNothing(node));
  return start === -1 ? [] : line.slice(start, line.findLastIndex((node) => !isNothing(node)) + 1);
}

function linesOfBlock(node: Element): Line[] {
  if (isList(node)) return linesOfList(node);
  if (node.tagName === 'pre') return linesOfCode(node);
  if (node.tagName === 'tr') return [cellsInLine(node)];
  if (/^h[1-6]$/.test(node.tagName)) return linesOf(node.children).map((line) => [element('strong', line)]);
  return linesOf(node.children);
}

function linesOfList(list: Element): Line[] {
  const start = Number(attributeOf(list, 'start') ?? 1);
  const items = list.children.filter((child) => isElement(child, 'li'));
  return items.flatMap((item, index) => {
    const mark = list.tagName === 'ol' ? `${start + index}. ` : '• ';
    const [first = [], ...others] = linesOf(item.children).filter((line) => line.length > 0);
    return [[words(mark), ...first], ...others];
  });
}

/** Each line of code as code of its own. */
export function linesOfCode(pre: Element): Line[] {
  const lines: string[] = [''];
  const read = (node: ElementContent): void => {
    if (node.type === 'text') {
      const [first = '', ...others] = node.value.split('\n');
      lines.push((lines.pop() ?? '') + first, ...others);
    } else if (isElement(node, 'br')) lines.push('');
    else if (node.type === 'element') node.children.forEach(read);
  };
  pre.children.forEach(read);
  return lines.filter((line) => line.trim() !== '').map((line) => [element('code', [words(line)])]);
}

/** A row of a table inside a cell. */
function cellsInLine(row: Element): Line {
  const cells = row.children
    .filter((child) => isElement(child, 'td', 'th'))
    .map((cell) => linesOfBlocks(cell.children))
    .filter((cell) => cell.length > 0);
  return cells.flatMap((cell, index) => (index === 0 ? cell : [words(', '), ...cell]));
}
