/**
 * Turns Craft.io's text (HTML, Markdown or plain text, detected by `craftTextKind.ts`) into a dev tool's markup,
 * harmless and with links to handed-over items beside Craft.io's (design 3). Every create with text of Craft.io calls
 * one of these functions; limits and the marker are applied afterwards, by `cut.ts`.
 *
 * The text becomes a tree (mdast), `harmless.ts` removes what is dangerous, and one of three writers turns the tree
 * into text again. Only Markdown without anything to remove bypasses the tree.
 */
import type { PhrasingContent, Root, Text } from 'mdast';
import { decodeHTMLStrict } from 'entities';
import type { RelatedItem } from '../../domain/devItem.js';
import { withoutUnseen } from '../../domain/rules/unseen.js';
import { linkableAddress } from './addresses.js';
import { readCraftText } from './craftTextKind.js';
import { harmlessTree, type TextContext } from './harmless.js';
import { neutralise, withoutReferences } from './neutralise.js';
import { renderMarkdown, renderWithoutMarks } from './markdown/render.js';
import { renderPlain } from './plain/render.js';
import { renderTextile } from './textile/render.js';
import { tidyTree } from './tidy.js';

/** As GitHub-flavoured Markdown. `craftUrl` is the Craft item's page, against which relative addresses are resolved. */
export function markdownOf(text: string, related: readonly RelatedItem[] = [], craftUrl: string | null = null): string {
  const read = readCraftText(text);
  if (related.length === 0 && read.isHarmlessMarkdown()) return text;
  const tree = () => tidyTree(harmlessTree(read.tree(), { related, craftUrl }));
  const written = renderMarkdown(tree());
  // Marks and code inside words alone show nobody that this is Markdown: read again, they would be signs (rule T3 of
  // craftTextKind.ts).
  return MARKS.test(written) && readCraftText(written).kind === 'plain' ? renderWithoutMarks(tree()) : written;
}

const MARKS = /[^\s\\][*~]+[^\s]|[*~]+[\p{L}\p{N}]|`/u;

/** A line of our own in Markdown: words and a link, or just the name where there is no address. */
export function linkLine(words: string, name: string, url: string | null): string {
  const address = url === null ? null : linkableAddress(url, null);
  const text: Text = { type: 'text', value: name };
  const shown: PhrasingContent = address === null ? text : { type: 'link', url: address, children: [text] };
  const children: PhrasingContent[] = [{ type: 'text', value: `${words} ` }, shown];
  return renderMarkdown({ type: 'root', children: [{ type: 'paragraph', children }] });
}

/** As plain text: for tools without markup. */
export function plainOf(text: string, related: readonly RelatedItem[] = [], craftUrl: string | null = null): string {
  return neutralise(renderPlain(treeOf(text, { related, craftUrl })));
}

/** As Textile: Redmine's default. */
export function textileOf(text: string, related: readonly RelatedItem[] = [], craftUrl: string | null = null): string {
  return renderTextile(treeOf(text, { related, craftUrl }));
}

/** For a title: plain text, of which nothing that can be seen is dropped, whatever it looks like. */
export function titleOf(text: string): string {
  return withoutReferences(neutralise(withoutUnseen(isEscaped(text) ? decodeHTMLStrict(text) : text)));
}

/**
 * Whether a whole title went through an encoder for HTML: then no sign that it escapes is left. `Query a=1&copy=2` and
 * `Escape <b> and &amp;` did not.
 */
function isEscaped(title: string): boolean {
  return !/[<>"]/.test(title) && /&/.test(title) && !/&(?!(?:amp|lt|gt|quot|apos|#0?39|#x27|#34);)/i.test(title);
}

function treeOf(text: string, context: TextContext): Root {
  return tidyTree(harmlessTree(readCraftText(text).tree(), context));
}
