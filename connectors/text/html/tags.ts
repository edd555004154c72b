/**
 * Tells the tags of an HTML text from words in angle brackets that people typed beside them, as in `List<T>`,
 * `<your name>` or `Set <title> to`: those are text (rule T1 of craftTextKind.ts, for each tag).
 */
import {
  BLOCK,
  EMPTY,
  ENDS_BY_ITSELF,
  FORMATTING,
  isDroppedElement,
  isForeign,
  isHtmlElement,
  VOID,
} from './elements.js';

/** Nobody types these as placeholders; where their end is missing, the HTML is broken. */
const NEVER_TYPED = new Set(
  [...BLOCK, 'span'].filter((name) => !/^(?:address|caption|details|dialog|menu|summary|title)$/.test(name)),
);

export class Tags {
  /** Where the last end tag of each name is. */
  private readonly ends = new Map<string, number>();

  constructor(html: string) {
    for (const { 1: name = '', index } of html.matchAll(/<\/([a-z][^\s/>]{0,40})/gi)) {
      this.ends.set(name.toLowerCase(), index);
    }
  }

  isStart(name: string, at: number, hasAttributes: boolean): boolean {
    if (isForeign(name)) return true;
    // An editor's own element: `<tiny-math-inline>`. HTML wants a hyphen in its name, and an end tag.
    if (!isHtmlElement(name)) return name.includes('-') && this.endsAfter(name, at);
    if (name === 'br' || name === 'hr' || name === 'wbr') return true;
    if (VOID.has(name) || EMPTY.has(name)) return hasAttributes;
    if (isDroppedElement(name)) return this.endsAfter(name, at);
    if (NEVER_TYPED.has(name) || FORMATTING.has(name) || ENDS_BY_ITSELF.has(name)) return true;
    return hasAttributes || this.endsAfter(name, at);
  }

  /** Whether an end tag ends something, or at least never stands for itself. */
  isEnd(name: string): boolean {
    return isForeign(name) || isHtmlElement(name) || name.includes('-');
  }

  private endsAfter(name: string, at: number): boolean {
    return (this.ends.get(name) ?? -1) > at;
  }
}
