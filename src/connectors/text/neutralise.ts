/**
 * Makes Craft.io content harmless before it is sent to a dev tool: text that looks like a marker would be adopted as one,
 * and a copied @name would call a stranger (DESIGN 3; complaint 17). An invisible U+2060 (word joiner) takes the meaning
 * away and leaves the text readable. Doing it twice changes nothing more.
 */

const WORD_JOINER = '\u2060';

/** A marker has no blank after the colon; Markdown may have put a backslash before it. */
const MARKER_LIKE = /craftsync(?=\\?:\\?[^\s\\])/gi;

/**
 * Addresses of pages stay as they are, and so do those of people, whose `@` follows a letter; any other `@` before a word
 * is a mention. No part of this can look further than it moves on: texts of 1 MB come in here.
 */
const ADDRESS_OR_MENTION = /https?:\/\/[^\s<>"]+|(?<![\p{L}\p{N}_])@(?=[\p{L}\p{N}_])/gu;

/** Any text of Craft.io: a title, a description, part of a comment. */
export function neutralise(text: string): string {
  return text
    .replace(MARKER_LIKE, (word) => word + WORD_JOINER)
    .replace(ADDRESS_OR_MENTION, (found) => (found === '@' ? found + WORD_JOINER : found));
}
