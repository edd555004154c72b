/**
 * Writes lists as Textile. An item is one line there, with breaks and code, followed by its inner lists; nothing comes
 * back to an item after an inner list. What does stands in the same place, between the lists.
 */
import type { List, ListItem, Nodes, Table } from 'mdast';
import { type Block, isBlock } from '../textTree.js';

/** How the blocks in items are written; those of an item's own line without what only begins a block. */
export interface Writers {
  /** A block on its own. */
  block(node: Block): string;
  /** A block as part of an item's line. */
  inItem(node: Exclude<Block, List | Table>, isFirst: boolean): string;
}

export function listOf(node: List, writers: Writers): string {
  const pieces = new Pieces();
  writeList(node, '', pieces, writers);
  return pieces.text();
}

/** Lines that belong together, and blank lines between those that do not. */
class Pieces {
  readonly #pieces: string[] = [];
  #isOpen = false;

  line(text: string): void {
    if (this.#isOpen) this.#pieces.push(`${this.#pieces.pop() ?? ''}\n${text}`);
    else this.#pieces.push(text);
    this.#isOpen = true;
  }

  block(text: string): void {
    this.#pieces.push(text);
    this.#isOpen = false;
  }

  end(): void {
    this.#isOpen = false;
  }

  text(): string {
    return this.#pieces.join('\n\n');
  }
}

/** `outer`: the marks of the lists around. */
function writeList(node: List, outer: string, pieces: Pieces, writers: Writers): void {
  const isNumbered = node.ordered === true;
  const byHand = isNumbered && !countsItself(node);
  // Items written by hand are no list to Redmine: what is inside begins anew.
  if (byHand && outer === '') pieces.end();
  const mark = byHand ? null : outer + (isNumbered ? '#' : '*');
  for (const [index, item] of node.children.entries()) {
    const start = mark ?? `${(node.start ?? 1) + index}.`;
    writeItem(item, start, { mark: mark ?? '', outer }, pieces, writers);
    if (byHand && item.children.some(({ type }) => type === 'list')) pieces.end();
  }
}

function writeItem(
  item: ListItem,
  start: string,
  { mark, outer }: { readonly mark: string; readonly outer: string },
  pieces: Pieces,
  writers: Writers,
): void {
  const children = item.children.filter(isBlock);
  const ownLine = children.findIndex(({ type }) => type === 'list' || type === 'table');
  const own = ownLine === -1 ? children : children.slice(0, ownLine);
  const box = typeof item.checked === 'boolean' ? `[${item.checked ? 'x' : ' '}] ` : '';
  const texts = own.map((child, at) => {
    const text = child.type === 'list' || child.type === 'table' ? '' : writers.inItem(child, at === 0);
    return at === 0 && child.type === 'code' && box === '' ? `${NOTHING}\n${text}` : text;
  });
  pieces.line(`${start} ${box}${texts.join('\n') || NOTHING}`);
  for (const child of children.slice(own.length)) {
    if (child.type !== 'list') pieces.block(writers.block(child));
    else {
      if (mark === '' && outer === '') pieces.end();
      writeList(child, mark === '' ? outer : mark, pieces, writers);
      if (mark === '' && outer === '') pieces.end();
    }
  }
}

/** An item without words of its own; without anything its mark would be read as a sign. */
const NOTHING = '&nbsp;';

/** Textile counts from 1, and from 1 again after anything that ends a list. */
function countsItself(node: List): boolean {
  return (node.start ?? 1) === 1 && node.children.slice(0, -1).every((item) => !endsList(item));
}

function endsList(item: ListItem): boolean {
  const inner = item.children.findIndex(({ type }) => type === 'list');
  return item.children.some((child: Nodes, at) => {
    if (child.type === 'table') return true;
    if (child.type !== 'list') return inner !== -1 && at > inner;
    return (child.ordered === true && !countsItself(child)) || child.children.some(endsList);
  });
}
