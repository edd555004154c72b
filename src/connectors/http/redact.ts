/** Takes secrets out of messages: the values of authentication headers, in each form in which they may be echoed. */

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
