/**
 * Craft.io's texts in the markup that this Redmine is set to. Besides what every tool's texts are freed of, `#12`,
 * `[[page]]` and `{{macro}}` mean something to Redmine in either markup, wherever they stand.
 */
import type { RelatedItem } from '../../domain/devItem.js';
import { markdownOf, textileOf, titleOf } from '../text/craftText.js';
import { craftLink, fitBefore, type Fitted, type Markup } from '../text/cut.js';
import type { TextFormatting } from './target.js';

const WORD_JOINER = '\u2060';

/** What Redmine's own syntax begins with; addresses stay as they are. */
const ADDRESS_OR_SYNTAX = /https?:\/\/[^\s<>"]+|(?<=^|[\s(,\-[>])##?(?=\d|note)|\{(?=\{)|\[(?=\[)/gm;

/** `#12` links no issue of this Redmine, `{{include(…)}}` includes nothing. Doing it twice changes nothing more. */
function withoutSyntax(text: string): string {
  return text.replace(ADDRESS_OR_SYNTAX, (found) => (/^https?:/.test(found) ? found : found + WORD_JOINER));
}

export function formatted(
  text: string,
  formatting: TextFormatting,
  context: { readonly related?: readonly RelatedItem[]; readonly craftUrl?: string | null } = {},
): string {
  const { related = [], craftUrl = null } = context;
  const converted = formatting === 'textile' ? textileOf(text, related, craftUrl) : markdownOf(text, related, craftUrl);
  return withoutSyntax(converted);
}

/** A title is plain text everywhere, and `#12` in it is one. */
export function plainTitle(title: string): string {
  return titleOf(title);
}

const MARKUPS = { textile: 'textile', common_mark: 'markdown', markdown: 'markdown' } as const satisfies Record<
  TextFormatting,
  Markup
>;

/** A link to the Craft item. */
export function linkToCraft(craftUrl: string, formatting: TextFormatting): string {
  return craftLink(craftUrl, MARKUPS[formatting]);
}

/** The text before the lines that must survive, within the limit. */
export function fitted(
  text: string,
  limit: number,
  tail: readonly string[],
  at: { readonly craftUrl: string | null; readonly formatting: TextFormatting },
): Fitted {
  return fitBefore(text, limit, tail, at.craftUrl, MARKUPS[at.formatting]);
}
