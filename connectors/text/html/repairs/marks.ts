/**
 * Marks and links around blocks (`<b><p>…`, `<a><div>…`): Markdown has them only inside a block, so they end before one
 * and begin again inside it. A paragraph ends before a block, too.
 */
import type { Element, ElementContent } from 'hast';
import { INLINE, VOID } from '../elements.js';
import { attributeOf, element, hasBlock, isBlank, isBlock } from '../nodes.js';
import { linesOfBlocks, linesOfCode } from './lines.js';

/**
 * Around nothing, marks would be read as signs, and long rows of them take more than linear time later. Slate puts a
 * sign without width into what is empty.
 */
export function emptyMark(node: Element): ElementContent[] | null {
  if (attributeOf(node, 'dataSlateZeroWidth') !== null) return [];
  return INLINE.has(node.tagName) && !VOID.has(node.tagName) && node.children.every(isBlank) ? node.children : null;
}

const MARKS = new Set(
  'a abbr acronym b bdi bdo big cite data del dfn em font i ins label mark output q s small span strike strong sub sup time u var'.split(
    ' ',
  ),
);
const HEADINGS = new Set('h1 h2 h3 h4 h5 h6 summary'.split(' '));

export function blocksInMarks(node: Element): ElementContent[] | null {
  if (HEADINGS.has(node.tagName) && node.children.some(hasBlock)) {
    return [element(node.tagName, linesOfBlocks(node.children), node.properties)];
  }
  if (!node.children.some(hasBlock)) return null;
  if (node.tagName === 'p') return paragraphsAround(node);
  if (!MARKS.has(node.tagName)) return null;
  return distributed(node, node.children);
}

/** Blocks whose words are not marked: code, and those made of other blocks alone. */
const UNMARKED = new Set('pre hr table ul ol dl tbody thead tfoot tr colgroup'.split(' '));

/** Repairs make blocks, of code for example, where HTML has none. */
function paragraphsAround(paragraph: Element): ElementContent[] {
  const parts: ElementContent[] = [];
  let run: ElementContent[] = [];
  for (const node of [...paragraph.children, null]) {
    if (node !== null && !hasBlock(node)) run.push(node);
    else {
      if (!run.every(isBlank)) parts.push(element('p', run, paragraph.properties));
      run = [];
      if (node !== null) parts.push(node);
    }
  }
  return parts;
}

const STRUCK = new Set('del s strike'.split(' '));

export function distributed(mark: Element, nodes: readonly ElementContent[]): ElementContent[] {
  const parts: ElementContent[] = [];
  let run: ElementContent[] = [];
  const end = (): void => {
    if (run.length > 0) parts.push(element(mark.tagName, run, mark.properties));
    run = [];
  };
  for (const node of nodes) {
    if (!hasBlock(node) || node.type !== 'element') {
      run.push(node);
      continue;
    }
    end();
    if (node.tagName === 'pre') parts.push(STRUCK.has(mark.tagName) ? struckCode(mark, node) : node);
    else if (UNMARKED.has(node.tagName)) {
      parts.push({ ...node, children: node.children.flatMap((child) => insideOf(mark, child)) });
    } else parts.push({ ...node, children: distributed(mark, node.children) });
  }
  end();
  return parts.filter((part) => isBlock(part) || part.type !== 'element' || part.children.length > 0);
}

/** A block of code cannot be struck, its lines can. */
function struckCode(mark: Element, code: Element): Element {
  const lines = linesOfCode(code).map((line) => element(mark.tagName, line));
  return element(
    'p',
    lines.flatMap((line, at) => (at === 0 ? [line] : [element('br', []), line])),
  );
}

/** Between a list and its items, a table and its cells, are only blanks. */
function insideOf(mark: Element, node: ElementContent): ElementContent[] {
  if (node.type !== 'element') return [node];
  if (UNMARKED.has(node.tagName)) return distributed(mark, [node]);
  return [{ ...node, children: distributed(mark, node.children) }];
}
