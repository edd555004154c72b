/**
 * Takes secrets out of texts before they are shown, stored or logged (I7). A process has one `Redactor`, which every
 * secret is told to as soon as it is known, so that each way out is watched for all of them.
 *
 *  Z1. Of a secret of 8 bytes or more, any 8 in a row are taken out, whoever cut it, whatever stands around it.
 *  Z2. A secret of 4 to 7 bytes is taken out as a whole, where no letter or digit is beside it. Shorter ones are left:
 *      they would blank ordinary words. `check` warns of keys that are shorter than 8.
 *  Z3. Also in another case, percent-encoded, as HTML entities and with backslashes (JSON), and these within each other
 *      up to four deep; in base64, base64url and hexadecimal digits, wherever it stands in what was encoded.
 *  Z4. Words that craftsync itself says everywhere are no part of a secret: `run craftsync apply` stays readable where
 *      the database's password is `craftsync-4711`.
 *  Z5. The time is linear in the text's length, and does not grow with the number of secrets.
 */
import { formsOf, type Form } from './forms.js';
import { Grams } from './grams.js';
import { foldedBytes, viewsOf } from './views.js';

export interface Redactor {
  /** From now on. What was a secret once stays one: an old key may be accepted for a while. */
  add(secrets: Iterable<string | null | undefined>): void;
  /** The text with `[redacted]` in place of each secret, and of each part of one. */
  redact(text: string): string;
}

export const REDACTED = '[redacted]';
/** Parts of this many bytes are taken out. */
export const PART = 8;
const SHORTEST = 4;

const OWN_WORDS = ['craftsync', 'kitemaker', 'craftdesk', 'craftnote', 'postgres', 'postgresql', 'localhost', REDACTED];
const OWN_PARTS: ReadonlySet<string> = new Set(OWN_WORDS.flatMap((word) => [word, ...partsOf(word)]));

export function createRedactor(secrets: Iterable<string | null | undefined> = []): Redactor {
  const known = new Set<string>();
  const gramsOf = new Map<number, Grams>();

  function learn({ bytes, isPlain }: Form): void {
    if (bytes.length < SHORTEST) return;
    const length = Math.min(PART, bytes.length);
    const grams = gramsOf.get(length) ?? new Grams(length);
    gramsOf.set(length, grams);
    grams.add(bytes, { standsAlone: isPlain && length < PART, except: isPlain ? OWN_PARTS : NONE });
  }

  function add(more: Iterable<string | null | undefined>): void {
    for (const given of more) {
      const secret = given?.trim() ?? '';
      if (known.has(secret) || foldedBytes(secret).length < SHORTEST) continue;
      known.add(secret);
      for (const form of formsOf(secret)) learn(form);
    }
  }

  add(secrets);
  return { add, redact: (text) => blanked(text, spansOf(text, gramsOf)) };
}

const NONE: ReadonlySet<string> = new Set();

/** From and to, in UTF-16 units. */
type Span = [from: number, to: number];

function spansOf(text: string, gramsOf: ReadonlyMap<number, Grams>): readonly Span[] {
  if (gramsOf.size === 0 || text.length < SHORTEST) return [];
  const spans: Span[] = [];
  for (const { bytes, starts, ends } of viewsOf(text)) {
    for (const [length, grams] of gramsOf) {
      grams.scan(bytes, (at) => note(spans, starts[at] ?? 0, ends[at + length - 1] ?? 0));
    }
  }
  return spans.sort(([a], [b]) => a - b);
}

/** Runs that overlap come one after the other, so most of them only make the last span longer. */
function note(spans: Span[], from: number, to: number): void {
  const last = spans.at(-1);
  if (last !== undefined && from >= last[0] && from <= last[1]) last[1] = Math.max(last[1], to);
  else spans.push([from, to]);
}

function blanked(text: string, spans: readonly Span[]): string {
  let kept = '';
  let at = 0;
  for (const [index, [from, to]] of spans.entries()) {
    const touches = index > 0 && from <= at;
    if (!touches) kept += `${text.slice(at, from)}${REDACTED}`;
    at = Math.max(at, to);
  }
  return kept + text.slice(at);
}

function partsOf(word: string): readonly string[] {
  return Array.from({ length: Math.max(0, word.length - PART + 1) }, (_, at) => word.slice(at, at + PART));
}
