/** The secrets that a connection sends: what its headers carry, and what its proxy is told. */

const SCHEME = /^(Bearer|Basic|Token)\s+/i;

/** The values of authentication headers, without their scheme; of `Basic` also user and password. */
export function headerSecrets(headers: Readonly<Record<string, string>>): readonly string[] {
  return Object.values(headers).flatMap((value) => {
    const bare = value.trim().replace(SCHEME, '');
    if (!/^\s*Basic\s/i.test(value)) return [bare];
    const decoded = Buffer.from(bare, 'base64').toString();
    return [bare, decoded, decoded.slice(decoded.indexOf(':') + 1)];
  });
}

/** The password of a proxy's URL, and `user:password`; nothing for one without. */
export function proxySecrets(proxy: string | null): readonly string[] {
  if (proxy === null || !URL.canParse(proxy)) return [];
  const { username, password } = new URL(proxy);
  if (password === '') return [];
  const plain = decoded(password);
  return [password, plain, `${decoded(username)}:${plain}`];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
