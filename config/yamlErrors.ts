/**
 * What is wrong with a file that is not YAML, in the words of the person who wrote it. The parser names the place where
 * it gave up, which is often a line after the mistake. Nothing of a line is shown: it may hold a key.
 */
import type { ErrorCode, YAMLError, LineCounter } from 'yaml';
import { firstOutside } from './unquoted.js';

interface Place {
  readonly line: number;
  readonly column: number;
}

type Described = Place & { readonly message: string };

const IN_QUOTES = {
  colon: 'a value with ": " in it must be in quotes, such as "Phase 2: Ready"',
  hash: 'what comes after " #" is a comment to YAML, the end of this line too: put a name with " #" in quotes, such as "Ready #1"',
  variable: 'inside { } and [ ], ${NAME} must be in quotes, such as "${NAME}"',
} as const;

const MEANINGS: Partial<Record<ErrorCode, string>> = {
  MULTIPLE_DOCS: 'a second document begins here (---): the file must be a single one',
  DUPLICATE_KEY: 'this key is there already: each may be given once',
  TAB_AS_INDENT: 'the line is indented with a tab: use blanks',
};

/** One line for each line of the file that is wrong: `line 2, column 18: …`. */
export function describeYamlErrors(errors: readonly YAMLError[], text: string, lines: LineCounter): readonly string[] {
  const source = text.split(/\r\n|\r|\n/);
  if (/^\uFEFF?\s*```/.test(text))
    return ['line 1: ``` belongs to a page that this was copied from: take these lines out'];
  const found = new Map<number, Described>();
  for (const error of errors) {
    const { line, col } = lines.linePos(error.pos[0]);
    const described = describe(error, { line, column: col }, source);
    // The first error of a line is the mistake; those that follow it there are its echoes.
    if (!found.has(described.line)) found.set(described.line, described);
  }
  const first = Math.min(...found.keys());
  const isWhole = found.get(first)?.message === IN_QUOTES.hash;
  const shown = isWhole ? [...found.values()].filter(({ line }) => line === first) : [...found.values()];
  return shown.map(({ line, column, message }) => `line ${line}, column ${column}: ${message}`);
}

function describe(error: YAMLError, place: Place, source: readonly string[]): Described {
  const here = source[place.line - 1] ?? '';
  const comment = error.message.startsWith('Flow ') ? commentInFlow(source, place.line) : null;
  if (comment !== null) return { ...comment, message: IN_QUOTES.hash };
  const known = MEANINGS[error.code];
  if (known !== undefined) return { ...place, message: known };
  const start = here.charAt(place.column - 1);
  if (error.code === 'BAD_SCALAR_START') {
    return { ...place, message: `a value cannot begin with ${start}: put it in quotes` };
  }
  if (firstOutside(here, '${', place.column - 3) !== -1 && error.code === 'UNEXPECTED_TOKEN') {
    return { ...place, message: IN_QUOTES.variable };
  }
  const colon = secondColon(here);
  if (colon !== -1 && isOfAColon(error.code)) return { ...place, message: IN_QUOTES.colon };
  return { ...place, message: error.message };
}

function isOfAColon(code: ErrorCode): boolean {
  return code === 'BLOCK_IN_FLOW' || code === 'BLOCK_AS_IMPLICIT_KEY' || code === 'MULTILINE_IMPLICIT_KEY';
}

function secondColon(line: string): number {
  const first = firstOutside(line, ': ', 0);
  return first === -1 ? -1 : firstOutside(line, ': ', first + 1);
}

/** The nearest line above in which a comment begins inside `{` or `[`: it has swallowed the end of that section. */
function commentInFlow(source: readonly string[], from: number): Place | null {
  for (let line = Math.min(from, source.length); line > 0; line -= 1) {
    const text = source[line - 1] ?? '';
    const opened = Math.max(firstOutside(text, '{', 0), firstOutside(text, '[', 0));
    const comment = opened === -1 ? -1 : firstOutside(text, ' #', opened);
    if (comment !== -1) return { line, column: comment + 2 };
    if (line < from && /^\S/.test(text)) return null;
  }
  return null;
}
