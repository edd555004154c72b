/** Tables as Markdown has them: cells of one line, no caption, and none that only lay a page out. */
import type { Element, ElementContent } from 'hast';
import { attributeOf, element, hasBlock, isBlank, isElement, styleOf } from '../nodes.js';
import { linesOfBlocks } from './lines.js';

export function tableElement(table: Element): ElementContent[] | null {
  if (table.tagName !== 'table') return null;
  const cells = rowsOf(table).flatMap((row) => row.children.filter((cell) => isElement(cell, 'td', 'th')));
  const caption = table.children.filter((child) => isElement(child, 'caption'));
  table.children = table.children.filter((child) => !isElement(child, 'caption'));
  const title = caption.flatMap((each) => (each.type === 'element' ? linesOfBlocks(each.children) : []));
  const before = title.length === 0 ? [] : [element('p', [element('strong', title)])];
  if (isLayout(table, cells)) return [...before, ...cells.map((cell) => element('div', childrenOf(cell)))];
  for (const cell of cells) tidyCell(cell);
  return before.length === 0 ? null : [...before, table];
}

function childrenOf(node: ElementContent): ElementContent[] {
  return node.type === 'element' ? node.children : [];
}

function rowsOf(table: Element): Element[] {
  return table.children
    .flatMap((child) => (isElement(child, 'thead', 'tbody', 'tfoot') ? child.children : [child]))
    .filter((child) => isElement(child, 'tr'));
}

/** Outlook and newsletters lay pages out with tables; editors frame a note with a table of one cell. */
function isLayout(table: Element, cells: readonly ElementContent[]): boolean {
  const role = attributeOf(table, 'role');
  if (cells.length <= 1 || role === 'presentation' || role === 'none') return true;
  const hasHeader = cells.some((cell) => isElement(cell, 'th'));
  return !hasHeader && cells.some((cell) => childrenOf(cell).some(hasTable));
}

function hasTable(node: ElementContent): boolean {
  return node.type === 'element' && (node.tagName === 'table' || node.children.some(hasTable));
}

function tidyCell(cell: ElementContent): void {
  if (cell.type !== 'element') return;
  const align = attributeOf(cell, 'align') ?? styleOf(cell, 'text-align');
  cell.properties['align'] = /^(?:left|right|center)$/.test(align) ? align : undefined;
  const needsLines = cell.children.some((child) => hasBlock(child) || isElement(child, 'br') || isBlank(child));
  if (needsLines) cell.children = linesOfBlocks(cell.children);
}
