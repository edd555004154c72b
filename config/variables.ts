/**
 * `${NAME}` in the string values of the configuration is replaced from the environment, after parsing, so that no value
 * can change the file's structure. `$${` means a literal `${`.
 */
import { PART } from '../domain/redaction/redactor.js';
import type { Path, Problems } from './problems.js';

export interface Substitution {
  readonly value: unknown;
  /** A replaced text → the text in the file. Messages show the latter, because values may be secrets. */
  readonly originals: ReadonlyMap<string, string>;
  /** The values of the environment that were put in. */
  readonly given: readonly string[];
}

/** `fallback` is asked for the text of a variable that is not set; null: it is a problem. */
export function substitute(
  value: unknown,
  env: NodeJS.ProcessEnv,
  problems: Problems,
  fallback: (path: Path) => string | null = () => null,
): Substitution {
  const originals = new Map<string, string>();
  const values: string[] = [];

  function visit(part: unknown, path: Path): unknown {
    if (typeof part === 'string') return replaceIn(part, path);
    if (Array.isArray(part)) return part.map((entry, index) => visit(entry, [...path, index]));
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([key, entry]) => [key, visit(entry, [...path, key])]));
  }

  function replaceIn(text: string, path: Path): string {
    const replaced = text.replace(/\$\$\{|\$\{([^}]*)(\}?)/g, (found: string, name: string | undefined, end: string) =>
      name === undefined ? '${' : valueOf(name, end === '}', found, path),
    );
    if (replaced !== text) originals.set(replaced, text);
    return replaced;
  }

  function valueOf(name: string, closed: boolean, found: string, path: Path): string {
    if (!closed || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      problems.addUnreadable(
        path,
        `${found} is not a variable: write \${NAME} to take a value from the environment, or $\${ for a literal \${`,
      );
      return found;
    }
    const given = env[name];
    if (given !== undefined && given.trim() !== '') {
      if (given.trim().length >= PART) values.push(given);
      return given;
    }
    const instead = fallback(path);
    if (instead !== null) return instead;
    problems.addUnreadable(path, `the environment variable ${name} is ${given === undefined ? 'not set' : 'empty'}`);
    return found;
  }

  return { value: visit(value, []), originals, given: values };
}
