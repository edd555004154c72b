/**
 * How messages about the configuration show what variables of the environment brought: a secret never, wherever it was
 * put; any other value as it is, with the variable that it came from.
 */
import { createRedactor } from '../domain/redaction/redactor.js';
import { PART } from '../domain/redaction/ownWords.js';
import { echo, type Path } from './problems.js';
import { variableIn } from './schema/secrets.js';
import type { GivenValue, Substitution } from './variables.js';

/** The keys whose values are secrets: those of the schemas `ApiKey` and `SecretText`. */
const SECRET_KEYS: ReadonlySet<string> = new Set(['apiKey', 'webhookSecret']);
/** That of the schema `SecretUrl`. */
const SECRET_ADDRESS = 'alerts.webhook';
/** A variable that somebody calls so holds a secret, even where only other values belong. */
const SECRET_NAME = /key|token|secret|pass|pwd|credential|auth/i;

/** For messages: an echo of the file's values becomes one that may be shown. */
export function rewording({ value, originals, given }: Substitution): (message: string) => string {
  const secretNames = new Set(given.filter(isSecret).map(({ name }) => name));
  const secrets = given.filter(({ name }) => secretNames.has(name)).map((one) => one.value);
  const passwords = given.flatMap((one) => passwordIn(one.value) ?? []);
  const hidden = [...secrets, ...passwords].filter((text) => text.trim().length >= PART);
  const { redact } = createRedactor([...hidden, ...secretsIn(value)]);
  return (message) => {
    let text = message;
    for (const [replaced, original] of originals) {
      const holdsSecret = secrets.some((secret) => replaced.includes(secret));
      for (const shown of new Set([echo(replaced), echo(replaced.trim())])) {
        const from = echo(original);
        text = text.replaceAll(shown, () => (holdsSecret ? from : `${shown} (from ${from})`));
      }
    }
    return redact(text);
  };
}

function isSecret({ name, path }: GivenValue): boolean {
  return SECRET_NAME.test(name) || isSecretPlace(path);
}

function isSecretPlace(path: Path): boolean {
  return SECRET_KEYS.has(String(path.at(-1))) || path.join('.') === SECRET_ADDRESS;
}

/** The password of an address such as that of a proxy. */
function passwordIn(value: string): string | null {
  return /^\s*(?:\w+:\/\/)?[^:/?#]*:(.+)@/s.exec(value)?.[1] ?? null;
}

/** The secrets that stand in the file's values. */
export function secretsIn(value: unknown, key = ''): readonly string[] {
  if (typeof value === 'string') return SECRET_KEYS.has(key) && variableIn(value) === null ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, entry]) => secretsIn(entry, name));
}
