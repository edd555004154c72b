/** Craft.io's texts for Craftnote: plain, since its documents name no markup. */
import type { RelatedItem } from '../../domain/devItem.js';
import { plainOf } from '../text/craftText.js';
import { fitBefore, type Fitted } from '../text/cut.js';

/**
 * How long texts may be, in UTF-16 units. Craftnote's documents name no limit. A name of 250 fits the 255 that
 * databases commonly allow; 30,000 stays below the 100 kB that web servers commonly accept as a body, in any script.
 */
export const CRAFTNOTE_LIMITS = { title: 250, text: 30_000 } as const;

interface Around {
  /** Lines that end the text and must survive. */
  readonly tail: readonly string[];
  readonly craftUrl: string | null;
  readonly related?: readonly RelatedItem[] | undefined;
}

/** The text followed by the lines that must survive, within the limit; a cut says in plain words where the rest is. */
export function plainText(text: string, { tail, craftUrl, related = [] }: Around): Fitted {
  const body = plainOf(text, related, craftUrl);
  const fitted = fitBefore(body, CRAFTNOTE_LIMITS.text, tail, craftUrl, 'plain');
  return { ...fitted, text: fitted.text.trimEnd() };
}

/** The item's address in Craft.io, as text: programs turn it into a link. */
export function linkLine(craftUrl: string): string {
  return `Craft.io: ${craftUrl.replace(/\s/g, '')}`;
}
