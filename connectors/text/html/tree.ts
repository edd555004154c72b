/**
 * Reads HTML into a Markdown tree (mdast). Only elements that mean something in a text come through: everything that
 * runs, loads or styles is dropped with its content, as are comments and all attributes but those listed below.
 *
 * Time and memory stay linear in any input: tokens come from htmlparser2's tokenizer, and the tree is built here,
 * because HTML parsers keep stacks that hostile input makes quadratic. Nesting and columns are limited.
 */
import type { Element, ElementContent, Root as HtmlRoot } from 'hast';
import { toMdast } from 'hast-util-to-mdast';
import { Tokenizer } from 'htmlparser2';
import type { Nodes, Root } from 'mdast';

const VOID = new Set(['br', 'hr', 'img', 'wbr', 'input']);

const BLOCK = new Set(
  (
    'address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 ' +
    'h5 h6 header hr html li main nav ol p pre section summary table tbody td tfoot th thead tr ul'
  ).split(' '),
);

const INLINE = new Set(
  (
    'a abbr b bdi big br cite code del dfn em font i img input ins kbd label mark q s samp small span strike strong sub sup ' +
    'time tt u var wbr'
  ).split(' '),
);

/** Dropped with everything inside. */
const DROPPED = new Set(
  (
    'applet audio base canvas embed frame frameset head iframe link map math meta noembed noframes noscript object param ' +
    'plaintext script select style svg template textarea title video xmp'
  ).split(' '),
);

/** Whether HTML has an element of this name: not `<string>` or `<T>`. */
export function isHtmlElement(name: string): boolean {
  return BLOCK.has(name) || INLINE.has(name) || DROPPED.has(name);
}

/** An element whose content is no text: it runs, loads or styles something. */
export function isDroppedElement(name: string): boolean {
  return DROPPED.has(name);
}

export function isVoidElement(name: string): boolean {
  return VOID.has(name);
}

/** The innermost elements that a new element ends. */
const ENDS: Readonly<Record<string, readonly string[]>> = {
  li: ['p', 'li'],
  dt: ['p', 'dt', 'dd'],
  dd: ['p', 'dt', 'dd'],
  tr: ['p', 'td', 'th', 'tr'],
  td: ['p', 'td', 'th'],
  th: ['p', 'td', 'th'],
  thead: ['td', 'th', 'tr', 'tbody'],
  tbody: ['td', 'th', 'tr', 'thead'],
  tfoot: ['td', 'th', 'tr', 'tbody'],
};

/**
 * After this many elements only the text is read: no tool shows that much, and later steps take more than linear time.
 */
const MAX_ELEMENTS = 8_000;
/** Deeper elements are replaced by their content: no person's document nests that deep. */
const MAX_DEPTH = 60;
/** At most this many formatting marks continue inside a block. */
const MAX_REOPENED = 4;
const MARKING = new Set(['a', 'b', 'del', 'em', 'i', 's', 'strike', 'strong']);
/** Further cells of a row are appended to the last one. */
const MAX_COLUMNS = 60;
/** Longer ones are not addresses but pictures embedded in the text. */
const MAX_ATTRIBUTE = 4_096;

const KEPT_ATTRIBUTES = new Set(['href', 'src', 'alt', 'class', 'start', 'type', 'checked', 'align']);

export function treeOfHtml(html: string): Root {
  const builder = new TreeBuilder(html);
  const tokenizer = new Tokenizer({ decodeEntities: true }, builder);
  tokenizer.write(html);
  tokenizer.end();
  const tree = toMdast(builder.root, { document: true });
  if (tree.type !== 'root') return { type: 'root', children: [] };
  tighten(tree);
  return tree;
}

/** An item is spread by blank lines where it has several paragraphs, not where a list follows its words. */
function tighten(node: Nodes): void {
  if (!('children' in node)) return;
  for (const child of node.children) tighten(child);
  if (node.type === 'listItem') node.spread = node.children.filter(({ type }) => type !== 'list').length > 1;
  if (node.type === 'list') node.spread = node.children.some(({ spread }) => spread === true);
}

/** Builds the tree from the tokenizer's callbacks, which give positions in the text. */
class TreeBuilder {
  readonly root: HtmlRoot = { type: 'root', children: [] };
  private readonly open: Element[] = [];
  private elements = 0;
  /** Elements too deep for the tree, by name, so that their end tags do not end others. */
  private readonly tooDeep = new Map<string, number>();
  /** How many dropped elements are open, by name; nothing is kept while there are any. */
  private dropping: { name: string; depth: number } | null = null;
  private tag = '';
  private attributes: Record<string, string> = {};
  private attribute = '';
  private value = '';

  constructor(private readonly html: string) {}

  ontext(start: number, end: number): void {
    this.addText(this.html.slice(start, end));
  }

  ontextentity(codepoint: number): void {
    this.addText(String.fromCodePoint(codepoint));
  }

  onopentagname(start: number, end: number): void {
    const name = this.html.slice(start, Math.min(end, start + 32)).toLowerCase();
    this.tag = name === 'image' ? 'img' : name;
    this.attributes = {};
  }

  onattribname(start: number, end: number): void {
    this.attribute = this.html.slice(start, Math.min(end, start + 32)).toLowerCase();
    this.value = '';
  }

  onattribdata(start: number, end: number): void {
    const room = MAX_ATTRIBUTE + 1 - this.value.length;
    if (room > 0 && KEPT_ATTRIBUTES.has(this.attribute))
      this.value += this.html.slice(start, Math.min(end, start + room));
  }

  onattribentity(codepoint: number): void {
    if (this.value.length <= MAX_ATTRIBUTE) this.value += String.fromCodePoint(codepoint);
  }

  onattribend(): void {
    if (!KEPT_ATTRIBUTES.has(this.attribute) || this.attribute in this.attributes) return;
    this.attributes[this.attribute] = this.value.length > MAX_ATTRIBUTE ? '' : this.value;
  }

  onopentagend(): void {
    this.start(this.tag);
  }

  onselfclosingtag(): void {
    this.start(this.tag);
    if (DROPPED.has(this.tag)) this.end(this.tag);
  }

  onclosetag(start: number, end: number): void {
    const name = this.html.slice(start, Math.min(end, start + 32)).toLowerCase();
    if (name === 'br') this.start(name);
    else this.end(name);
  }

  /** HTML has no CDATA; comments, doctypes and instructions mean nothing in a text. */
  oncdata(): void {}
  oncomment(): void {}
  ondeclaration(): void {}
  onprocessinginstruction(): void {}
  onend(): void {}

  private start(name: string): void {
    if (this.dropping !== null) {
      if (name === this.dropping.name) this.dropping.depth += 1;
      return;
    }
    if (DROPPED.has(name)) {
      if (!EMPTY_DROPPED.has(name)) this.dropping = { name, depth: 1 };
      return;
    }
    if (!isHtmlElement(name)) return;
    this.elements += 1;
    if (this.elements > MAX_ELEMENTS) {
      if (BLOCK.has(name) || name === 'br') this.addText('\n');
      return;
    }
    this.endImplied(name);
    const element: Element = { type: 'element', tagName: name, properties: this.properties(name), children: [] };
    if (VOID.has(name)) {
      this.siblings().push(element);
      return;
    }
    if (this.open.length >= MAX_DEPTH || this.rowIsFull(name)) {
      this.tooDeep.set(name, (this.tooDeep.get(name) ?? 0) + 1);
      return;
    }
    const around = BLOCK.has(name) ? this.closeInline() : [];
    this.siblings().push(element);
    this.open.push(element);
    for (const { tagName, properties } of around) this.reopen(tagName, properties);
  }

  /**
   * Markdown would read a block inside marked words as words, so the marks end before the block and begin again inside
   * it.
   */
  private closeInline(): readonly Element[] {
    const block = this.open.findLastIndex(({ tagName }) => BLOCK.has(tagName));
    const around = this.open.slice(block + 1);
    while (this.open.length > block + 1) this.close();
    return around.filter(({ tagName }) => MARKING.has(tagName)).slice(0, MAX_REOPENED);
  }

  private reopen(tagName: string, properties: Element['properties']): void {
    this.elements += 1;
    if (this.elements > MAX_ELEMENTS || this.open.length >= MAX_DEPTH) return;
    const element: Element = { type: 'element', tagName, properties, children: [] };
    this.siblings().push(element);
    this.open.push(element);
  }

  private end(name: string): void {
    if (this.dropping !== null) {
      if (name !== this.dropping.name) return;
      this.dropping.depth -= 1;
      if (this.dropping.depth === 0) this.dropping = null;
      return;
    }
    const deep = this.tooDeep.get(name) ?? 0;
    if (deep > 0) {
      this.tooDeep.set(name, deep - 1);
      return;
    }
    const at = this.open.findLastIndex((element) => element.tagName === name);
    while (at !== -1 && this.open.length > at) this.close();
  }

  /** Ends the innermost element; an inline element without words leaves only its blanks. */
  private close(): void {
    const closed = this.open.pop();
    if (closed === undefined || closed.children.length > 1 || !INLINE.has(closed.tagName)) return;
    const [only] = closed.children;
    if (only !== undefined && (only.type !== 'text' || /\S/.test(only.value))) return;
    this.siblings().pop();
    this.addText(only?.value ?? '');
  }

  private endImplied(name: string): void {
    const ends = ENDS[name] ?? (BLOCK.has(name) ? ['p'] : []);
    while (ends.includes(this.open.at(-1)?.tagName ?? '')) this.close();
  }

  private rowIsFull(name: string): boolean {
    return (name === 'td' || name === 'th') && this.siblings().length >= MAX_COLUMNS;
  }

  private siblings(): (ElementContent | HtmlRoot['children'][number])[] {
    return this.open.at(-1)?.children ?? this.root.children;
  }

  private properties(name: string): Element['properties'] {
    const { href, src, alt, class: classes, start, type, checked, align } = this.attributes;
    if (name === 'a') return { href: href ?? '' };
    if (name === 'img') return { src: src ?? '', alt: alt ?? '' };
    if (name === 'input') return { type: (type ?? '').toLowerCase(), checked: checked !== undefined };
    if (name === 'ol') return { start: Number.parseInt(start ?? '1', 10) || 1 };
    if (name === 'td' || name === 'th') return { align: align ?? '' };
    if (name === 'code' || name === 'pre') return { className: (classes ?? '').split(/\s+/) };
    return {};
  }

  private addText(value: string): void {
    if (this.dropping !== null || value === '') return;
    const siblings = this.siblings();
    const last = siblings.at(-1);
    if (last?.type === 'text') last.value += value;
    else siblings.push({ type: 'text', value });
  }
}

/** Dropped elements that have no end tag. */
const EMPTY_DROPPED = new Set(['base', 'embed', 'frame', 'link', 'meta', 'param']);
