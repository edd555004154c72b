/** Craft.io's texts in the markup that this Redmine uses, and the lines that follow them. */
import type { RelatedItem } from '../../domain/devItem.js';
import { redmineMarkdownOf, textileOf } from '../text/craftText.js';
import { craftLink, fitBefore, type Fitted, type Markup } from '../text/cut.js';
import type { TextFormatting } from './target.js';

export function formatted(
  text: string,
  formatting: TextFormatting,
  context: { readonly related?: readonly RelatedItem[]; readonly craftUrl?: string | null } = {},
): string {
  const { related = [], craftUrl = null } = context;
  return formatting === 'textile' ? textileOf(text, related, craftUrl) : redmineMarkdownOf(text, related, craftUrl);
}

const MARKUPS = { textile: 'textile', common_mark: 'markdown', markdown: 'markdown' } as const satisfies Record<
  TextFormatting,
  Markup
>;

/** A link to the Craft item. */
export function linkToCraft(craftUrl: string, formatting: TextFormatting): string {
  return craftLink(craftUrl, MARKUPS[formatting]);
}

/** The text followed by the lines that must survive, within the limit. */
export function fitted(
  text: string,
  limit: number,
  tail: readonly string[],
  at: { readonly craftUrl: string | null; readonly formatting: TextFormatting },
): Fitted {
  return fitBefore(text, limit, tail, at.craftUrl, MARKUPS[at.formatting]);
}
