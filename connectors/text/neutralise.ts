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

/** Names before `:` or `#`, revisions, notes; a `!` before what looks like one would vanish (sources: Redmine). */
const REDMINE_NAME =
  /(?:attachment|document|version|forum|news|message|project|commit|source|export|user)(?=[:#][^\s<>])/u;
const REDMINE_SIGN = /r(?=\d+(?![A-Za-z0-9_]))|#(?=note-\d)|!(?=[a-z0-9_|-]*[:#@]|(?:[a-z0-9_-]+[:|])*r\d)/u;
const REDMINE_REFERENCE = new RegExp(
  String.raw`https?:\/\/[^\s<>"]+|(?<![^\s(,[>:|!${WORD_JOINER}-])(?:${REDMINE_NAME.source}|${REDMINE_SIGN.source})`,
  'gmu',
);

/** A dev tool's way of finding references in text, beyond what all have: where a word joiner breaks each. */
export type FindsReferences = (text: string) => readonly number[];

/** `user:ann`, `version#1`, `commit:abc`, `r12`: to Redmine each is a link of its own, in Textile and in Markdown. */
export function redmineReferencesIn(text: string): readonly number[] {
  const found = [...text.matchAll(REDMINE_REFERENCE)].filter(([word]) => !word.includes('://'));
  return found.map((match) => match.index + match[0].length).filter((at) => text.charAt(at) !== WORD_JOINER);
}

/** For text, not code, in which a tool would look for references. */
export function withoutReferences(text: string, more: FindsReferences | null = null): string {
  const clean = text.replace(REFERENCE, (sign) => sign + WORD_JOINER);
  return more === null ? clean : withJoiners(clean, more(clean));
}

function withJoiners(text: string, places: readonly number[]): string {
  return [0, ...places].map((start, at) => text.slice(start, places[at])).join(WORD_JOINER);
}

/** Like `joinersFor`, for `withoutReferences`. */
export function referencesIn(text: string, more: FindsReferences | null = null): readonly number[] {
  const places = [...text.matchAll(REFERENCE)].map((match) => match.index + match[0].length);
  return [...places, ...(more?.(text) ?? [])].sort((a, b) => a - b);
}

/** Where in a text `neutralise` would insert a word joiner, as offsets in UTF-16 units. */
export function joinersFor(text: string): readonly number[] {
  const markers = [...text.matchAll(MARKER_LIKE)].filter(([word]) => !word.endsWith(WORD_JOINER));
  const mentions = [...text.matchAll(ADDRESS_OR_MENTION)].filter(([found]) => found === '@');
  return [...markers, ...mentions].map((match) => match.index + match[0].length).sort((a, b) => a - b);
}
