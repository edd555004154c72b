/** Removes secrets from messages: the values of authentication headers, in every form in which they may be echoed. */

export type Redact = (text: string) => string;

const SCHEME = /^(?:Bearer|Basic|Token)\s+/i;

/** A function that replaces each of these header values, with and without its scheme, by `[redacted]`. */
export function createRedact(secrets: readonly string[]): Redact {
  const forms = new Set<string>();
  for (const secret of secrets) {
    for (const bare of [secret.trim(), secret.trim().replace(SCHEME, '')]) {
      forms.add(bare);
      forms.add(encodeURIComponent(bare));
      forms.add(JSON.stringify(bare).slice(1, -1));
      forms.add(Buffer.from(bare).toString('base64'));
    }
  }
  forms.delete('');
  const longestFirst = [...forms].sort((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((redacted, form) => redacted.replaceAll(form, '[redacted]'), text);
}

/** User, password and `user:password` of a proxy's URL; nothing for one without. */
export function proxySecrets(proxy: string | null): readonly string[] {
  if (proxy === null || !URL.canParse(proxy)) return [];
  const { username, password } = new URL(proxy);
  if (password === '') return [];
  const plain = decodeURIComponent(password);
  return [password, plain, `${decodeURIComponent(username)}:${plain}`];
}

/** How many characters of a sent text in a row count as an echo of it. */
const ECHO_LENGTH = 16;

/**
 * A tool's own words without what they echo of the texts that were sent: short texts as a whole, longer ones also in
 * part. Values of properties called `id`, `…Id` and `…Ids` may stay, since they help and reveal nothing.
 */
export function withoutEcho(said: string, sent: unknown): string {
  const texts = textsIn(sent);
  const whole = texts.filter((text) => text.length >= 3).sort((a, b) => b.length - a.length);
  const shortened = whole.reduce((words, text) => words.replaceAll(text, '…'), said);
  const long = texts.filter((text) => text.length > ECHO_LENGTH);
  let kept = '';
  for (let at = 0; at < shortened.length;) {
    const end = echoEnd(shortened, at, long);
    kept += end === at ? shortened.charAt(at) : '…';
    at = Math.max(end, at + 1);
  }
  return kept;
}

function echoEnd(words: string, start: number, texts: readonly string[]): number {
  let end = start;
  for (const text of texts) {
    let reach = start + ECHO_LENGTH;
    while (reach <= words.length && text.includes(words.slice(start, reach))) end = Math.max(end, reach++);
  }
  return end;
}

function textsIn(value: unknown, property = ''): readonly string[] {
  if (typeof value === 'string') return /^id$|Ids?$/.test(property) ? [] : [value.replace(/\s+/g, ' ').trim()];
  if (Array.isArray(value)) return value.flatMap((entry) => textsIn(entry, property));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, entry]) => textsIn(entry, name));
}
