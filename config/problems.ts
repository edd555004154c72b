/**
 * How problems of the configuration are reported: all of them in one error, one line for each.
 * A line names the place in the file, echoes the bad value (never a secret) and says what to do.
 */

/** The configuration or the environment cannot be used. The message is for people, complete, and free of secrets. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

export type Path = readonly (string | number)[];

/** `pipelines.mobile.ready.where[0].field`; keys that are not plain words are quoted: `statuses["In Progress"]`. */
export function formatPath(path: Path): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else if (!/^[A-Za-z0-9_-]+$/.test(part)) text += `[${JSON.stringify(part)}]`;
    else text += text === '' ? part : `.${part}`;
  }
  return text;
}

const LONGEST_ECHO = 80;

/** A bad value as messages show it: quoted when it is text, cut when it is long. Never call it with a secret. */
export function echo(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  if (typeof value !== 'string') return 'a section of keys';
  return visible(JSON.stringify(value.length > LONGEST_ECHO ? `${value.slice(0, LONGEST_ECHO - 1)}…` : value));
}

/** Signs that look like a blank, or like nothing, are shown by their number: `\\u00a0`. */
function visible(text: string): string {
  return text.replaceAll(/[\p{Cf}\p{Zl}\p{Zp}\u3164\uffa0]|(?! )\p{Zs}/gu, (sign) =>
    [...Array(sign.length).keys()]
      .map((index) => `\\u${sign.charCodeAt(index).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

/** Takes out of a message about a place what must not be shown. */
type Reword = (message: string, path: Path) => string;

/** Collects the problems and warnings of one file, so that all of them can be reported at once. */
export class Problems {
  readonly #problems: { readonly path: Path; readonly message: string }[] = [];
  readonly #unreadable = new Set<string>();
  readonly #warnings: { readonly path: Path; readonly message: string }[] = [];

  /** Ignored for a value that could not be read at all, which was reported already. */
  add(path: Path, message: string): void {
    if (!this.#unreadable.has(formatPath(path))) this.#problems.push({ path, message });
  }

  /** For a key that should not exist, whatever its value. */
  addUnknownKey(path: Path, message: string): void {
    this.#problems.push({ path, message });
  }

  /** For a value that could not be read at all. */
  addUnreadable(path: Path, message: string): void {
    this.#problems.push({ path, message });
    this.#unreadable.add(formatPath(path));
  }

  warn(path: Path, message: string): void {
    this.#warnings.push({ path, message });
  }

  get found(): boolean {
    return this.#problems.length > 0;
  }

  /** `reword`: as for `toError`. */
  warnings(reword: Reword): readonly string[] {
    return this.#warnings.map(
      ({ path, message }) => `${path.length === 0 ? 'the file' : formatPath(path)}: ${reword(message, path)}`,
    );
  }

  /**
   * The one error for everything that was found, in the order of the file.
   * `lineOf` gives the line of a place; `reword` takes values of the environment out of a message.
   */
  toError(file: string, lineOf: (path: Path) => number | null, reword: Reword): ConfigurationError {
    const located = this.#problems.map((problem) => ({ ...problem, line: lineOf(problem.path) }));
    located.sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
    const lines = located.map(({ path, message, line }) => {
      const place = path.length === 0 ? 'the file' : formatPath(path);
      return `  ${place}${line === null ? '' : ` (line ${line})`}: ${reword(message, path)}`;
    });
    const count = lines.length === 1 ? '1 problem' : `${lines.length} problems`;
    return new ConfigurationError(`${file} has ${count}:\n${lines.join('\n')}`);
  }
}
