/**
 * Makes Craft.io content harmless before it is sent to a dev tool: text that looks like a marker would be adopted as
 * one, and a copied @name would notify a stranger (design 3). An invisible U+2060 (word joiner) removes the meaning and
 * leaves the text readable. Doing it twice changes nothing more.
 */

import { IGNORABLE } from '../../domain/rules/unseen.js';

export const WORD_JOINER = '\u2060';

/** Invisible characters, which make a different word look the same; tools may remove them. */
const UNSEEN = `${IGNORABLE}*`;

/**
 * A marker has no blank after the colon; Markdown may have put a backslash before it. What ends with a word joiner is
 * already harmless. No part of these expressions may backtrack: texts of 1 MB pass through here.
 */
const MARKER_LIKE = new RegExp(String.raw`${'craftsync'.split('').join(UNSEEN)}${UNSEEN}(?=\\?:\\?[^\s\\])`, 'giu');
const UNSEEN_ONE = new RegExp(IGNORABLE, 'gu');

/**
 * Addresses of pages stay as they are, as do e-mail addresses, whose `@` follows a letter; any other `@` before a word
 * is a mention.
 */
const ADDRESS_OR_MENTION = new RegExp(
  String.raw`https?:\/\/[^\s<>"]+|(?<![\p{L}\p{N}_])@(?!${WORD_JOINER})(?=${UNSEEN}[\p{L}\p{N}_])`,
  'gu',
);

/**
 * What trackers interpret in plain text whatever its markup: Redmine's macros `{{…}}` and wiki pages `[[…]]`, and in
 * most trackers `#12`, which is a different item there.
 */
const REFERENCE = /\{(?=\{)|\[(?=\[)|(?<![\p{L}\p{N}_&/])#(?=\d)/gu;

/** For any text of Craft.io: a title, a description, part of a comment. */
export function neutralise(text: string): string {
  return text
    .replace(MARKER_LIKE, (word) => word.replace(UNSEEN_ONE, '') + WORD_JOINER)
    .replace(ADDRESS_OR_MENTION, (found) => (found === '@' ? found + WORD_JOINER : found));
}

/** For text, not code, in which a tool would look for references. */
export function withoutReferences(text: string): string {
  return text.replace(REFERENCE, (sign) => sign + WORD_JOINER);
}

/** Like `joinersFor`, for `withoutReferences`. */
export function referencesIn(text: string): readonly number[] {
  return [...text.matchAll(REFERENCE)].map((match) => match.index + match[0].length);
}

/** Where in a text `neutralise` would insert a word joiner, as offsets in UTF-16 units. */
export function joinersFor(text: string): readonly number[] {
  const markers = [...text.matchAll(MARKER_LIKE)].filter(([word]) => !word.endsWith(WORD_JOINER));
  const mentions = [...text.matchAll(ADDRESS_OR_MENTION)].filter(([found]) => found === '@');
  return [...markers, ...mentions].map((match) => match.index + match[0].length).sort((a, b) => a - b);
}
