/** Turns zod's issues into problems: sentences for the person who wrote the file, each with its place. */
import { z } from 'zod';
import { suggestion } from '../nearest.js';
import { echo } from '../problems.js';
import type { Path, Problems } from '../problems.js';

type RawIssue = Parameters<z.core.$ZodErrorMap>[0];

/**
 * Parses one part of the file. If anything is wrong, it is added to `problems` under `path`, and the result is
 * undefined. Messages are made here and not in the schemas, so that the schemas of connectors get the same words as
 * ours.
 */
export function parsePart<S extends z.ZodType>(
  schema: S,
  value: unknown,
  path: Path,
  problems: Problems,
): z.output<S> | undefined {
  const result = schema.safeParse(value, { error: describeIssue });
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    const place = [...path, ...issue.path.filter((part) => typeof part !== 'symbol')];
    if (issue.code === 'unrecognized_keys') addUnknownKeys(issue, place, problems);
    else problems.add(place, issue.message);
  }
  return undefined;
}

/** `unknownKeysMessage` has one line for each key, in the order of `keys`. */
function addUnknownKeys(issue: z.core.$ZodIssueUnrecognizedKeys, place: Path, problems: Problems): void {
  const messages = issue.message.split('\n');
  for (const [index, key] of issue.keys.entries()) {
    problems.addUnknownKey([...place, key], messages[index] ?? 'unknown key');
  }
}

/** The message for an unknown key. */
export function unknownKey(key: string, known: readonly string[]): string {
  return `unknown key; ${suggestion(key, known)}`;
}

/** The message for a word that is not one of the choices. */
export function notOneOf(given: unknown, known: readonly string[]): string {
  const hint = typeof given === 'string' ? suggestion(given, known) : '';
  const choices = `is not one of ${known.join(', ')}`;
  return hint.startsWith('did you mean') ? `${echo(given)} ${choices}; ${hint}` : `${echo(given)} ${choices}`;
}

function describeIssue(issue: RawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return describeType(issue.expected, issue.input);
    case 'invalid_value':
      return issue.input === undefined
        ? `is required: one of ${issue.values.map(String).join(', ')}`
        : notOneOf(issue.input, issue.values.map(String));
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(key, knownKeys(issue.inst))).join('\n');
    case 'too_small':
      return describeTooSmall(issue.origin, Number(issue.minimum), issue.input);
    case 'too_big':
      return `${echo(issue.input)} is too ${issue.origin === 'number' ? 'large' : 'long'}: at most ${String(issue.maximum)}`;
    case 'invalid_format':
      return issue.format === 'url'
        ? `${echo(withoutCredentials(issue.input))} is not a web address: write it in full, with http:// or https://`
        : `${echo(issue.input)} does not have the required form (${issue.format})`;
    case 'invalid_union':
    case 'invalid_key':
    case 'invalid_element':
    case 'not_multiple_of':
    case 'custom':
      return issue.message;
  }
}

function knownKeys(schema: RawIssue['inst']): readonly string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

const WORDS_FOR_TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a section of keys',
  record: 'a section of keys',
  array: 'a list',
};

function describeType(expected: string, given: unknown): string {
  const wanted = WORDS_FOR_TYPES[expected] ?? expected;
  if (given === undefined) return 'is required';
  if (given === null) return EMPTY_VALUE;
  const quoted = expected === 'string' && (typeof given === 'number' || typeof given === 'boolean');
  // Where a section is expected, the text is not shown: it may be an API key on the wrong line.
  const found = (expected === 'object' || expected === 'record') && typeof given === 'string' ? 'a text' : echo(given);
  return `expected ${wanted}, not ${found}${quoted ? ': put it in quotes' : ''}`;
}

export const EMPTY_VALUE = 'is empty: give a value, or take the line out';

function describeTooSmall(origin: string, minimum: number, given: unknown): string {
  if (origin === 'string' && minimum === 1) return EMPTY_VALUE;
  if (origin === 'array') return `needs at least ${minimum} ${minimum === 1 ? 'entry' : 'entries'}`;
  return `${echo(given)} is too ${origin === 'string' ? 'short' : 'small'}: at least ${minimum}`;
}

/** A web address that may be shown: without user name and password, even where they keep it from being one. */
export function withoutCredentials(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/^(\s*[\w+.-]*:\/\/)?.*@/s, '$1…@') : value;
}
