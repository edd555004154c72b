/** The forms in which a secret is looked for, beside the escapes that `views.ts` takes off a text. */
import { foldedBytes } from './views.js';

export interface Form {
  readonly bytes: Uint8Array;
  /** The secret itself, not a code of it: only such a form can be mistaken for a word. */
  readonly isPlain: boolean;
}

/**
 * The secret itself, in base64 and base64url wherever it may stand in what was encoded (`user:key`, say), and in
 * hexadecimal digits.
 */
export function formsOf(secret: string): readonly Form[] {
  const bytes = new TextEncoder().encode(secret);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  const coded = [0, 1, 2].flatMap((before) => {
    const base64 = base64Of(bytes, before);
    return [base64, base64.replaceAll('+', '-').replaceAll('/', '_')];
  });
  return [
    ...[...new Set(spellings(secret))].map((text) => ({ bytes: foldedBytes(text), isPlain: true })),
    ...[...new Set([hex, ...coded])].map((text) => ({ bytes: foldedBytes(text), isPlain: false })),
  ];
}

/** As it is, as a form shows it (`+` for a blank and the reverse), and in another case than views compare by. */
function spellings(secret: string): readonly string[] {
  const asShown = [secret, secret.replaceAll(' ', '+'), secret.replaceAll('+', ' ')];
  return [...asShown, secret.toLowerCase(), secret.toUpperCase()];
}

/** The base64 of these bytes behind `before` others (0 to 2), as far as it does not depend on what is around them. */
function base64Of(bytes: Uint8Array, before: number): string {
  const padded = new Uint8Array(before + bytes.length);
  padded.set(bytes, before);
  let text = '';
  for (const byte of padded) text += String.fromCharCode(byte);
  const firstWhole = Math.ceil((before * 8) / 6);
  const whole = Math.floor((padded.length * 8) / 6);
  return btoa(text).slice(firstWhole, whole);
}
