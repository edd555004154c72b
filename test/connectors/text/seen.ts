/** What a reader sees of a text. */
import { parse } from 'parse5';

interface PageNode {
  readonly nodeName: string;
  readonly value?: string;
  readonly attrs?: readonly { readonly name: string; readonly value: string }[];
  readonly childNodes?: readonly PageNode[];
}

/** The letters of HTML, without blanks. */
export function lettersOf(html: string): string {
  const read = (node: PageNode): string => {
    if (node.nodeName === '#text') return node.value ?? '';
    // Redmine's own sign beside a heading.
    if (node.attrs?.some(({ name, value }) => name === 'class' && value === 'wiki-anchor') === true) return '';
    return (node.childNodes ?? []).map(read).join('');
  };
  return bare(read(parse(html)));
}

/** Without blanks, invisible signs, and the bullets and separators that a markup needs. */
export function bare(text: string): string {
  return text.normalize('NFKC').replace(/[\s\u2060]|[\u{e000}]/gu, '');
}
