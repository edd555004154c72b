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
import { neutralise, redmineReferencesIn, withoutReferences } from './neutralise.js';
import { lettersShown } from './markdown/meaning.js';
import { renderMarkdown, renderWithoutMarks } from './markdown/render.js';
import { renderPlain } from './plain/render.js';
import { renderTextile } from './textile/render.js';
import { tidyTree } from './tidy.js';

/** As GitHub-flavoured Markdown. `craftUrl` is the Craft item's page, against which relative addresses are resolved. */
export function markdownOf(text: string, related: readonly RelatedItem[] = [], craftUrl: string | null = null): string {
  return markdownFor(text, { related, craftUrl });
}

/** As Markdown for a Redmine, which makes links of more words than others. */
export function redmineMarkdownOf(
  text: string,
  related: readonly RelatedItem[] = [],
  craftUrl: string | null = null,
): string {
  return markdownFor(text, { related, craftUrl, references: redmineReferencesIn });
}

function markdownFor(text: string, context: TextContext): string {
  const read = readCraftText(text);
  const hasReferences = (context.references?.(text) ?? []).length > 0;
  if (context.related.length === 0 && !hasReferences && read.isHarmlessMarkdown()) return text;
  return settled(() => tidyTree(harmlessTree(read.tree(), context)));
}

/**
 * The text that stays as it is when it is read again: people and tools write it back. Mostly that is what was written
 * first; marks inside words, which no reader would believe (rule T3 of craftTextKind.ts), are left out.
 */
function settled(tree: () => Root): string {
  for (const write of [renderMarkdown, renderWithoutMarks]) {
    let written = write(tree());
    for (let times = 0; times < MAX_TIMES; times++) {
      const again = rewritten(written);
      if (again === written) return written;
      if (lettersShown(again) !== lettersShown(written)) break;
      written = again;
    }
  }
  return renderWithoutMarks(tree());
}

const MAX_TIMES = 3;

function rewritten(text: string): string {
  if (text.length > LONG) return text;
  const read = readCraftText(text);
  if (read.isHarmlessMarkdown()) return text;
  return renderMarkdown(tidyTree(harmlessTree(read.tree(), { related: [], craftUrl: null })));
}

/** No tool shows that much. */
const LONG = 100_000;

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
  return renderTextile(treeOf(text, { related, craftUrl, references: redmineReferencesIn }));
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
