/**
 * `${NAME}` in the string values of the configuration is replaced from the environment, after parsing, so that no value
 * can change the file's structure. `$${` means a literal `${`.
 */
import type { Path, Problems } from './problems.js';

export interface Substitution {
  readonly value: unknown;
  readonly replacements: readonly Replacement[];
  /** The values of the environment that were put in. */
  readonly given: readonly GivenValue[];
}

export interface Replacement {
  readonly path: Path;
  readonly replaced: string;
  /** As it stands in the file. Messages show this, where what replaced it is secret. */
  readonly original: string;
}

export interface GivenValue {
  readonly name: string;
  readonly value: string;
  /** Where it was put. */
  readonly path: Path;
}

/** `fallback` is asked what stands in a place whose variable is not set; null: it is a problem. */
export function substitute(
  value: unknown,
  env: NodeJS.ProcessEnv,
  problems: Problems,
  fallback: (path: Path) => string | null = () => null,
): Substitution {
  const replacements: Replacement[] = [];
  const given: GivenValue[] = [];

  function visit(part: unknown, path: Path): unknown {
    if (typeof part === 'string') return replaceIn(part, path);
    if (Array.isArray(part)) return part.map((entry, index) => visit(entry, [...path, index]));
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([key, entry]) => [key, visit(entry, [...path, key])]));
  }

  function replaceIn(text: string, path: Path): string {
    let instead: string | null = null;
    const standIn = (): string | null => (instead ??= fallback(path));
    const filled = text.replace(/\$\$\{|\$\{([^}]*)(\}?)/g, (found: string, name: string | undefined, end: string) =>
      name === undefined ? '${' : valueOf({ name, closed: end === '}', found, path, standIn }),
    );
    const replaced = instead ?? filled;
    if (replaced !== text) replacements.push({ path, replaced, original: text });
    return replaced;
  }

  function valueOf({ name, closed, found, path, standIn }: Named): string {
    if (!closed || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      problems.addUnreadable(
        path,
        `${found} is not a variable: write \${NAME} to take a value from the environment, or $\${ for a literal \${`,
      );
      return found;
    }
    const value = env[name];
    if (value !== undefined && value.trim() !== '') {
      given.push({ name, value, path });
      return value;
    }
    if (standIn() !== null) return found;
    problems.addUnreadable(path, `the environment variable ${name} is ${value === undefined ? 'not set' : 'empty'}`);
    return found;
  }

  return { value: visit(value, []), replacements, given };
}

interface Named {
  readonly name: string;
  readonly closed: boolean;
  /** As it stands in the file. */
  readonly found: string;
  readonly path: Path;
  readonly standIn: () => string | null;
}
