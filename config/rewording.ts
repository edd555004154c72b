/**
 * How messages about the configuration show what variables of the environment brought: a secret never, wherever it was
 * put; any other value as it is, with the variable that it came from.
 */
import { createRedactor } from '../domain/redaction/redactor.js';
import { PART } from '../domain/redaction/ownWords.js';
import { echo, type Path } from './problems.js';
import { withoutCredentials } from './schema/issues.js';
import { variableIn } from './schema/secrets.js';
import {
  addressToShow,
  isSecretName,
  isSecretPlace,
  isUnmistakablySecretName,
  looksLikeAddress,
  looksLikeKey,
  secretPartsOf,
} from './schema/secretShape.js';
import type { GivenValue, Replacement, Substitution } from './variables.js';

/** Shorter ones stand in other words by chance. */
const SHORTEST_WITHIN = 4;

/** For messages about a place: an echo of the file's values becomes one that may be shown. */
export function rewording({ value, replacements, given }: Substitution): (message: string, path: Path) => string {
  const told = new Set(given.filter(isTold).map(({ name }) => name));
  const secrets = given.filter((one) => told.has(one.name) || looksLikeKey(one.value));
  const hiddenPlaces = new Set(secrets.map(({ path }) => path));
  const values = secrets.map((one) => one.value);
  const passwords = given.flatMap((one) => passwordIn(one.value) ?? []);
  const inAddresses = given.flatMap((one) => (looksLikeAddress(one.value) ? secretPartsOf(one.value) : []));
  const hidden = [...values.flatMap(secretPartsOf), ...passwords, ...inAddresses];
  const { redact } = createRedactor([...hidden.filter((text) => text.trim().length >= PART), ...secretsIn(value)]);
  const shows = ({ path, replaced }: Replacement): boolean =>
    !hiddenPlaces.has(path) && !values.some((secret) => isWithin(secret, replaced));

  return (message, path) => {
    let text = message;
    for (const one of forPlace(replacements, path)) {
      const { replaced, original } = one;
      const from = echo(original);
      for (const shown of new Set([replaced, replaced.trim(), String(withoutCredentials(replaced.trim()))])) {
        const safe = echo(looksLikeAddress(shown) ? addressToShow(shown) : shown);
        text = text.replaceAll(echo(shown), () => (shows(one) ? `${safe} (from ${from})` : from));
      }
    }
    return redact(text);
  };
}

/** Several variables may have brought the same text: that of the place itself goes first, and each text once. */
function forPlace(replacements: readonly Replacement[], place: Path): readonly Replacement[] {
  const isOfPlace = ({ path }: Replacement): boolean => place.every((part, index) => path[index] === part);
  const inOrder = [...replacements.filter(isOfPlace), ...replacements];
  const byText = new Map(inOrder.toReversed().map((one) => [one.replaced.trim(), one]));
  return [...byText.values()];
}

function isWithin(secret: string, text: string): boolean {
  return secret.trim().length < SHORTEST_WITHIN ? text.trim() === secret.trim() : text.includes(secret.trim());
}

/** By its place or the name of its variable. */
function isTold({ name, path }: GivenValue): boolean {
  return isSecretName(name) || isSecretPlace(path);
}

/** The password of an address such as that of a proxy. */
function passwordIn(value: string): string | null {
  return /^\s*(?:\w+:\/\/)?[^:/?#]*:(.+)@/s.exec(value)?.[1] ?? null;
}

/**
 * What the environment brought that place or name tell to be secret beyond doubt, in places where it is accepted too.
 * Not what only looks like a key: ids do, and they must stay readable.
 */
export function secretsGiven({ given }: Substitution): readonly string[] {
  const isGiven = ({ name, path }: GivenValue): boolean => isUnmistakablySecretName(name) || isSecretPlace(path);
  const told = given.filter(isGiven).flatMap((one) => secretPartsOf(one.value));
  return told.map((secret) => secret.trim()).filter((secret) => secret.length >= PART);
}

/** The secrets that stand in the file's values. */
export function secretsIn(value: unknown, path: Path = []): readonly string[] {
  if (typeof value === 'number') return secretsIn(String(value), path);
  if (typeof value === 'string') {
    if (!isSecretPlace(path) || variableIn(value) !== null) return [];
    return secretPartsOf(value);
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, entry]) => secretsIn(entry, [...path, name]));
}
