/** What a reader sees of a text. */
import { micromark } from 'micromark';
import { gfmStrikethrough, gfmStrikethroughHtml } from 'micromark-extension-gfm-strikethrough';
import { gfmTable, gfmTableHtml } from 'micromark-extension-gfm-table';
import { parse } from 'parse5';

interface PageNode {
  readonly nodeName: string;
  readonly value?: string;
  readonly attrs?: readonly { readonly name: string; readonly value: string }[];
  readonly childNodes?: readonly PageNode[];
}

/** The letters of HTML, without blanks; struck ones stand between `~~`. */
export function lettersOf(html: string): string {
  const read = (node: PageNode): string => {
    if (node.nodeName === '#text') return node.value ?? '';
    // Redmine's own sign beside a heading.
    if (node.attrs?.some(({ name, value }) => name === 'class' && value === 'wiki-anchor') === true) return '';
    const inner = (node.childNodes ?? []).map(read).join('');
    return /^(?:del|s)$/.test(node.nodeName) ? `~~${inner}~~` : inner;
  };
  return bare(read(parse(html)));
}

/** Without blanks and invisible signs; where one struck word ends and the next begins does not matter. */
export function bare(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\s\u2060]/gu, '')
    .replace(/(?:~~~~)+/g, '');
}

/** Markdown as CommonMark and GitHub read it. The writer looks at what it wrote with another parser than this. */
export function rendered(markdown: string): string {
  return micromark(markdown, {
    allowDangerousHtml: true,
    extensions: [gfmTable(), gfmStrikethrough()],
    htmlExtensions: [gfmTableHtml(), gfmStrikethroughHtml()],
  });
}
