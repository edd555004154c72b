/**
 * What a terminal obeys rather than shows. Texts from outside (a title, a tool's error) could set its title, fill the
 * clipboard, clear the screen, or turn the order of what is read round.
 */
import { IGNORABLE, withoutUnseen } from './unseen.js';

/** Bold, dim, colours, and their ends: what our own output uses. None of them hides anything. */
const COLOR = /(\u001b\[(?:[0-2]|22|3[1-79]|4[1-79]|9[0-7])m)/;
/** Line breaks and tabs are no danger; `\r` alone would overwrite the line. */
const OBEYED = /\r\n|[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]/g;
/** Needs no escape in JSON by its standard, and does something in a terminal or is not seen. */
const UNSEEN_IN_JSON = new RegExp(String.raw`[\u007f-\u009f\u2028\u2029]|${IGNORABLE}`, 'gu');

/** `colors`: ours are in the text and stay; without them nothing stays that begins with an escape. */
export function printable(text: string, { colors }: { readonly colors: boolean }): string {
  if (!colors) return shown(text);
  return text
    .split(COLOR)
    .map((part, place) => (place % 2 === 1 ? part : shown(part)))
    .join('');
}

/**
 * The same value to a program, nothing that a terminal would obey. `reword` is applied to each text of the value, never
 * to keys and numbers, which others script against.
 */
export function printableJson(value: unknown, reword = (text: string): string => text): string {
  return escapeUnseen(JSON.stringify(value, (_key, part: unknown) => (typeof part === 'string' ? reword(part) : part)));
}

/** `json`: a text in JSON. */
export function escapeUnseen(json: string): string {
  return json.replaceAll(UNSEEN_IN_JSON, (sign) =>
    Array.from({ length: sign.length }, (_, at) => `\\u${sign.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''),
  );
}

function shown(text: string): string {
  return withoutUnseen(text.replaceAll(OBEYED, (control) => (control === '\r\n' ? '\n' : ' ')));
}
