/**
 * Rewrites any HTML as HTML that a parser, and everything that walks its tree, takes in linear time: at most so many
 * elements, so deep, with only the attributes that mean something in a text. HTML parsers keep lists of open elements
 * and of attributes that hostile input makes quadratic, and tree functions recurse.
 *
 * What runs, loads or styles is left out with its content, as are comments and instructions. Elements that switch a
 * parser to other rules (`svg`, `iframe`, `textarea`…) get other names, and text is written with entities, so the
 * parser sees no tag but those written here. What only looks like a tag (`tags.ts`) stays as text.
 */
import { Tokenizer } from 'htmlparser2';
import { BLOCK, EMBEDDING, EMPTY, ENDS_BY_ITSELF, FORMATTING, isDroppedElement, isForeign, VOID } from './elements.js';
import { Tags } from './tags.js';

/**
 * After this many elements only the text is read: no tool shows that much, and later steps take more than linear time.
 */
const MAX_ELEMENTS = 4_000;
/** Deeper elements are replaced by their content: no person's document nests that deep. */
const MAX_DEPTH = 60;
/** As many may be opened again in each following block. */
const MAX_FORMATTING = 5;
/** Longer ones are not addresses but pictures embedded in the text. */
const MAX_ATTRIBUTE = 4_096;
/** The cells that a table may fill by spanning, in all. */
const MAX_SPANNED = 4_000;

const KEPT_ATTRIBUTES = new Set(
  (
    'align alt checked class colspan data data-checked data-emoticon data-lang data-language data-list data-oembed-url ' +
    'data-slate-zero-width data-value datetime formula href lang reversed role rowspan src start style title type url ' +
    'value ac:alt ac:emoji-fallback ac:name ri:account-id ri:content-title ri:filename ri:userkey ri:username ri:value'
  ).split(' '),
);

/** Elements that a parser would move or read by other rules, and what stands for them. */
const RENAMED: Readonly<Record<string, string>> = {
  image: 'img',
  xmp: 'pre',
  listing: 'pre',
  plaintext: 'pre',
  textarea: 'x-text',
  math: 'x-math',
  button: 'x-text',
  body: 'div',
  html: 'div',
  form: 'div',
  nobr: 'span',
  svg: 'x-svg',
};

/** Elements of MathML, whose words must not be read as one. */
const MATHS = /^m[a-z]{1,15}$/;

export function boundedHtml(html: string): string {
  const writer = new BoundedWriter(html);
  const tokenizer = new Tokenizer({ decodeEntities: true }, writer);
  tokenizer.write(html);
  tokenizer.end();
  return writer.written.join('');
}

/** Takes the tokenizer's callbacks, which give positions in the text. */
class BoundedWriter {
  readonly written: string[] = [];
  private readonly open: string[] = [];
  /** Of the elements that end by themselves: how many have begun without an end tag yet. */
  private readonly begun = new Map<string, number>();
  private formatting = 0;
  private elements = 0;
  private spanned = 0;
  /** Elements that were not written since they are too deep, by name, so that their end tags do not end others. */
  private readonly tooDeep = new Map<string, number>();
  /** Nothing is kept while a dropped element is open. */
  private dropping: { readonly name: string; depth: number } | null = null;
  /** Inside a drawing, only the words of these are kept. */
  private wordsOfDrawing = 0;
  private tag = '';
  /** Where the tag that is being read begins; null outside of tags. */
  private tagAt: number | null = null;
  private attributes = new Map<string, string>();
  private hasAttributes = false;
  private attribute = '';
  private value = '';

  private readonly tags: Tags;

  constructor(private readonly html: string) {
    this.tags = new Tags(html);
  }

  ontext(start: number, end: number): void {
    // Of a tag whose name the text ends in, the tokenizer gives the name alone.
    const isCut = end === this.html.length && this.html.charAt(start - 1) === '<';
    this.addText(this.html.slice(isCut ? start - 1 : start, end));
  }

  ontextentity(codepoint: number): void {
    this.addText(String.fromCodePoint(codepoint));
  }

  /** HTML has no CDATA, but Confluence's storage format has. `end` counts the `]]` too. */
  oncdata(start: number, end: number, endOffset: number): void {
    this.addText(this.html.slice(start, end - endOffset));
  }

  onopentagname(start: number, end: number): void {
    this.tag = this.html.slice(start, Math.min(end, start + 40)).toLowerCase();
    this.tagAt = start - 1;
    this.attributes = new Map();
    this.hasAttributes = false;
  }

  onattribname(start: number, end: number): void {
    this.hasAttributes = true;
    this.attribute = this.html.slice(start, Math.min(end, start + 40)).toLowerCase();
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
    if (!KEPT_ATTRIBUTES.has(this.attribute) || this.attributes.has(this.attribute)) return;
    this.attributes.set(this.attribute, this.value.length > MAX_ATTRIBUTE ? '' : this.value);
  }

  onopentagend(end: number): void {
    if (this.isTag(end)) this.start(this.tag);
  }

  onselfclosingtag(end: number): void {
    if (!this.isTag(end)) return;
    this.start(this.tag);
    // HTML takes `<b/>` for a start tag, but these have no other way to say that they are empty.
    if (isForeign(this.tag) || EMBEDDING.has(this.tag) || isDroppedElement(this.tag) || this.tag === 'svg')
      this.end(this.tag);
  }

  onclosetag(start: number, end: number): void {
    const name = this.html.slice(start, Math.min(end, start + 40)).toLowerCase();
    if (name === 'br') this.start(name);
    else if (this.tags.isEnd(name) || this.open.includes('x-math')) this.end(name);
    else this.addText(`</${this.html.slice(start, end)}>`);
  }

  oncomment(): void {}
  ondeclaration(): void {}
  onprocessinginstruction(): void {}

  /** A tag without an end is no tag. */
  onend(): void {
    if (this.tagAt !== null) this.addSource(this.tagAt, this.html.length);
  }

  /** Whether the tag that ends here is one; else it is text. */
  private isTag(end: number): boolean {
    const at = this.tagAt ?? end;
    this.tagAt = null;
    if (this.dropping !== null || this.isInDrawing() || this.open.includes('x-math')) return true;
    if (this.tags.isStart(this.tag, at, this.hasAttributes)) return true;
    this.addSource(at, end + 1);
    return false;
  }

  private isInDrawing(): boolean {
    return this.open.includes('x-svg');
  }

  private start(name: string): void {
    if (this.dropping !== null) {
      if (name === this.dropping.name) this.dropping.depth += 1;
      return;
    }
    if (this.isInDrawing()) {
      if (/^(?:title|desc|text)$/.test(name)) this.wordsOfDrawing += 1;
      if (name === 'script' || name === 'style') this.dropping = { name, depth: 1 };
      return;
    }
    if (isDroppedElement(name)) {
      if (!EMPTY.has(name)) this.dropping = { name, depth: 1 };
      return;
    }
    if (!this.open.includes('x-math') || MATHS.test(name))
      this.startKept(EMBEDDING.has(name) ? 'x-embed' : (RENAMED[name] ?? name), name);
  }

  private startKept(name: string, original: string): void {
    if (this.elements >= MAX_ELEMENTS) {
      if (BLOCK.has(original) || original === 'br') this.addText(' ');
      return;
    }
    const isFormatting = FORMATTING.has(name);
    if (!VOID.has(name) && (this.open.length >= MAX_DEPTH || (isFormatting && this.formatting >= MAX_FORMATTING))) {
      this.tooDeep.set(name, (this.tooDeep.get(name) ?? 0) + 1);
      return;
    }
    if (/^(?:tr|td|th)$/.test(name) && !this.open.includes('table')) this.startKept('table', 'table');
    // A parser opens the formatting elements again in each block.
    this.elements += BLOCK.has(original) ? 1 + this.formatting : 1;
    this.write(`<${name}${name === 'x-embed' ? ` data-kind="${original}"` : ''}${this.attributesOf(name)}>`);
    if (ENDS_BY_ITSELF.has(name)) this.begun.set(name, (this.begun.get(name) ?? 0) + 1);
    if (VOID.has(name) || ENDS_BY_ITSELF.has(name)) return;
    if (EMPTY.has(original)) {
      this.write(`</${name}>`);
      return;
    }
    this.open.push(name);
    if (isFormatting) this.formatting += 1;
  }

  private end(original: string): void {
    if (this.dropping !== null) {
      if (original !== this.dropping.name) return;
      this.dropping.depth -= 1;
      if (this.dropping.depth === 0) this.dropping = null;
      return;
    }
    if (this.isInDrawing() && original !== 'svg') {
      if (/^(?:title|desc|text)$/.test(original)) this.wordsOfDrawing = Math.max(0, this.wordsOfDrawing - 1);
      return;
    }
    const name = EMBEDDING.has(original) ? 'x-embed' : (RENAMED[original] ?? original);
    if (ENDS_BY_ITSELF.has(name)) {
      const begun = this.begun.get(name) ?? 0;
      if (begun === 0) return;
      this.begun.set(name, begun - 1);
      this.write(`</${name}>`);
      return;
    }
    const deep = this.tooDeep.get(name) ?? 0;
    if (deep > 0) this.tooDeep.set(name, deep - 1);
    else this.endOpen(name);
  }

  /** A formatting element that ends leaves those inside it open, as in `<b><i></b></i>`; others end them, too. */
  private endOpen(name: string): void {
    const at = this.open.lastIndexOf(name);
    if (at === -1) return;
    if (name === 'x-svg') this.wordsOfDrawing = 0;
    const ended = this.open.splice(at, FORMATTING.has(name) ? 1 : this.open.length);
    const kept = ended.filter((each) => each !== name && FORMATTING.has(each));
    if (!FORMATTING.has(name)) this.open.push(...kept);
    this.formatting = this.open.filter((each) => FORMATTING.has(each)).length;
    this.write(`</${name}>`);
  }

  private attributesOf(name: string): string {
    const kept = [...this.attributes].filter(([attribute]) => {
      if (attribute !== 'colspan' && attribute !== 'rowspan') return true;
      return this.maySpan(name);
    });
    return kept.map(([attribute, value]) => ` ${attribute}="${escaped(value).replaceAll('"', '&quot;')}"`).join('');
  }

  private maySpan(name: string): boolean {
    if (name !== 'td' && name !== 'th') return false;
    const [columns, rows] = ['colspan', 'rowspan'].map((attribute) =>
      Math.max(1, Number.parseInt(this.attributes.get(attribute) ?? '1', 10) || 1),
    );
    this.spanned += (columns ?? 1) * (rows ?? 1) - 1;
    return this.spanned <= MAX_SPANNED;
  }

  private addText(value: string): void {
    if (this.dropping !== null || value === '' || (this.isInDrawing() && this.wordsOfDrawing === 0)) return;
    this.write(escaped(value));
  }

  /** Text as it stands in the source, with its entities; an address in angle brackets is a link. */
  private addSource(start: number, end: number): void {
    const source = this.html.slice(start, end);
    const address = /^<(https?:\/\/[^\s<>"'`]{1,2000})>$/i.exec(source)?.[1];
    if (this.dropping !== null || (this.isInDrawing() && this.wordsOfDrawing === 0)) return;
    if (address === undefined || this.open.includes('a'))
      this.write(source.replaceAll('\0', '').replaceAll('<', '&lt;'));
    else this.write(`<a href="${address}">${address}</a>`);
  }

  private write(html: string): void {
    this.written.push(html);
  }
}

function escaped(text: string): string {
  return text.replaceAll('\0', '').replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
