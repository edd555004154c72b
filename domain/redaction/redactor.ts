/**
 * Takes secrets out of texts before they are shown, stored or logged (I7). A process has one `Redactor`, which every
 * secret is told to as soon as it is known, so that each way out is watched for all of them.
 *
 *  Z1. Of a secret of 8 bytes or more, any 8 in a row are taken out, whoever cut it, whatever stands around it.
 *  Z2. A secret of 4 to 7 bytes is taken out as a whole, where no letter or digit is beside it. Shorter ones are left:
 *      they would blank ordinary words. `check` warns of keys that are shorter than 8.
 *  Z3. Also in another case, percent-encoded, as HTML entities and with backslashes (JSON), and these within each other
 *      up to four deep; with signs between its letters that nobody sees; in base64, base64url and hexadecimal digits,
 *      wherever it stands in what was encoded.
 *  Z4. A secret that is nothing but a word of craftsync's own messages, such as the password `temporal`, is taken out
 *      only where a credential stands (decision 28). Such a word is left alone as a part of a longer secret, too: `run
 *      craftsync apply` stays readable where the database's password is `craftsync-4711`.
 *  Z5. The time is linear in the text's length, and does not grow with the number of secrets.
 */
import { isCredentialPlace } from './credentialPlace.js';
import { formsOf, type Form } from './forms.js';
import { Grams } from './grams.js';
import { PART, partsOfOwnWords, REDACTED } from './ownWords.js';
import { foldedBytes, viewsOf, type View } from './views.js';

export { PART, REDACTED };

export interface Redactor {
  /** From now on. What was a secret once stays one: an old key may be accepted for a while. */
  add(secrets: Iterable<string | null | undefined>): void;
  /** The text with `[redacted]` in place of each secret, and of each part of one. */
  redact(text: string): string;
}

const SHORTEST = 4;

export function createRedactor(secrets: Iterable<string | null | undefined> = []): Redactor {
  const known = new Set<string>();
  const gramsOf = new Map<number, Grams>();

  function learn({ bytes, isPlain }: Form): void {
    if (bytes.length < SHORTEST) return;
    const length = Math.min(PART, bytes.length);
    const grams = gramsOf.get(length) ?? new Grams(length);
    gramsOf.set(length, grams);
    grams.add(bytes, { standsAlone: isPlain && length < PART, ordinary: isPlain ? partsOfOwnWords(length) : NONE });
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

/** In UTF-16 units. */
type Span = readonly [from: number, to: number];

/** Runs that overlap, in bytes of a view. Ordinary words count only together with what is none. */
interface Chain {
  readonly from: number;
  to: number;
  isOrdinary: boolean;
}

function spansOf(text: string, gramsOf: ReadonlyMap<number, Grams>): readonly Span[] {
  if (gramsOf.size === 0 || text.length < SHORTEST) return [];
  const spans: Span[] = [];
  for (const view of viewsOf(text)) {
    const { bytes, starts, ends } = view;
    for (const [length, grams] of gramsOf) {
      for (const { from, to, isOrdinary } of chainsIn(view, length, grams)) {
        if (isOrdinary && !isCredentialPlace(bytes, from, to)) continue;
        spans.push([starts[from] ?? 0, ends[to - 1] ?? 0]);
      }
    }
  }
  return spans.sort(([a], [b]) => a - b);
}

function chainsIn({ bytes }: View, length: number, grams: Grams): readonly Chain[] {
  const chains: Chain[] = [];
  grams.scan(bytes, (from, isOrdinary) => {
    const last = chains.at(-1);
    if (last === undefined || from >= last.to) {
      chains.push({ from, to: from + length, isOrdinary });
      return;
    }
    last.to = from + length;
    last.isOrdinary &&= isOrdinary;
  });
  return chains;
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
