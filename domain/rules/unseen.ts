/**
 * Signs that nobody sees. Editors, pages and attackers leave them in titles and names, where they hide what a text
 * says, turn its order round, or make two names differ that look the same.
 */

/** What Unicode says may be left out when a text is shown: for an expression that has more in it. */
export const IGNORABLE = String.raw`\p{Default_Ignorable_Code_Point}`;

/** Control signs other than blanks, and what may be left out. */
export const UNSEEN = new RegExp(String.raw`(?!\s)\p{Cc}|${IGNORABLE}`, 'gu');

/** The same without the joiners and selectors that shape emoji and some scripts. */
const UNSEEN_AND_UNNEEDED = new RegExp(
  String.raw`(?!\s)\p{Cc}|(?!\p{Join_Control}|\p{Variation_Selector})${IGNORABLE}`,
  'gu',
);

/** Braille's empty pattern is a letter to Unicode, and a blank to people. */
const EMPTY_LETTER = /\u2800/g;

/** Control signs, overrides of the direction of writing, and what is no character at all. */
const NEVER_SENT = /(?![\t\n\r])\p{Cc}|[\u202a-\u202e\u2066-\u2069]|\p{Noncharacter_Code_Point}/gu;

/** For comparing: without anything that only shapes or hides. */
export function seenOf(text: string): string {
  return text.replaceAll(UNSEEN, '');
}

/** For showing on one line: what is left looks the same, in the order in which it is written. */
export function withoutUnseen(text: string): string {
  return sendable(text).replaceAll(UNSEEN_AND_UNNEEDED, '');
}

/** Nothing that a reader would see. */
export function isBlank(text: string): boolean {
  return seenOf(text).replaceAll(EMPTY_LETTER, '').trim() === '';
}

/** What may leave the process, in any text: half a surrogate pair becomes U+FFFD, the rest is left out. */
export function sendable(text: string): string {
  return wellFormed(text).replaceAll(NEVER_SENT, '');
}

/** Node 20's TypeScript library does not know `toWellFormed` yet. */
function wellFormed(text: string): string {
  return text.replaceAll(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');
}
