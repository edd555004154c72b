/**
 * Whether a word stands where a credential stands: only there a secret that is an ordinary word is known to be one
 * (decision 28).
 */

/** How far around the word it is looked. */
const AROUND = 80;

const NAMES = '(?:pass(?:word|wd|phrase|code)?|pwd|secret|token|key|credentials?|authorization|auth|bearer|basic)';
const QUOTE = '(?:\\\\?["\'`\\u2018\\u201c])';

/** What stands before it. */
const BEFORE: readonly RegExp[] = [
  // password=…, "apiKey": "…", X-Auth-Token: …, Authorization: Bearer …
  new RegExp(`${NAMES}${QUOTE}?\\s*(?:=>?|:=?)\\s*(?:\\[\\s*)?${QUOTE}?(?:[a-z]+\\s+)?$`),
  // { "name": "x-api-key", "value": "…" }
  new RegExp(`${NAMES}${QUOTE}\\s*,\\s*${QUOTE}?value${QUOTE}?\\s*[:=]\\s*${QUOTE}$`),
  // <password>…
  new RegExp(`<[\\w:.-]*${NAMES}(?:\\s[^<>]*)?>\\s*$`),
  // SQL
  new RegExp(`\\bidentified\\s+by\\s+${QUOTE}$`),
  // x_api_key …
  new RegExp(`[a-z][_-]${NAMES}\\s+$`),
  // password "…", --token …, Bearer …
  new RegExp(`${NAMES}\\s+(?:is\\s+)?${QUOTE}$`),
  new RegExp(`--?[a-z-]*${NAMES}\\s+$`),
  /\b(?:bearer|basic)\s+$/,
];
/** What stands before it and after it. */
const AROUND_IT: readonly { readonly before: RegExp; readonly after: RegExp }[] = [
  // ["x-api-key", "…"], and not { "name": "x-api-key", "…": … }
  { before: new RegExp(`${NAMES}${QUOTE}\\s*,\\s*${QUOTE}$`), after: new RegExp(`^(?!${QUOTE}\\s*[:=])`) },
  // https://user:…@host
  { before: /:\/\/[^\s/@:]*:[^\s/@]*$/, after: /^[^\s/@]*@/ },
  // https://…@host
  { before: /:\/\/$/, after: /^@/ },
  // user:…@host
  { before: /[^\s/:@]:$/, after: /^@/ },
];

/** The word is at `from` to `to`. All letters are in lower case here, since views are. */
export function isCredentialPlace(bytes: Uint8Array, from: number, to: number): boolean {
  const before = textOf(bytes.subarray(Math.max(0, from - AROUND), from));
  if (BEFORE.some((place) => place.test(before))) return true;
  const after = textOf(bytes.subarray(to, to + AROUND));
  return AROUND_IT.some((place) => place.before.test(before) && place.after.test(after));
}

const decoder = new TextDecoder();

function textOf(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}
