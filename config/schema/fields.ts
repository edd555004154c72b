/** The section `pipelines.*.fields`: dev item field ← template, or Craft.io field with an optional table of values. */
import { z } from 'zod';
import type { FieldRule } from '../../domain/settings.js';
import { DEFAULTS } from '../defaults.js';
import { suggestion } from '../nearest.js';
import { echo } from '../problems.js';
import type { Path, Problems } from '../problems.js';
import { EMPTY_VALUE, parsePart } from './issues.js';
import { CraftPath, Flag, WordTable } from './values.js';

const FieldSource = z.strictObject({
  from: CraftPath,
  values: WordTable.optional(),
  required: Flag.optional(),
});

/** `fieldNames` is null when the dev tool's type is unknown or has custom fields: then names are not judged. */
export function readFields(
  value: unknown,
  fieldNames: readonly string[] | null,
  path: Path,
  problems: Problems,
): Readonly<Record<string, FieldRule>> {
  const rules: Record<string, FieldRule> = {
    title: { template: DEFAULTS.titleTemplate },
    description: { from: DEFAULTS.descriptionFrom, values: null, required: false },
  };
  const section = value === undefined ? {} : parsePart(z.record(z.string(), z.unknown()), value, path, problems);
  for (const [name, given] of Object.entries(section ?? {})) {
    const place = [...path, name];
    if (fieldNames !== null && !fieldNames.includes(name)) {
      problems.add(place, `the dev tool has no such field; ${suggestion(name, fieldNames)}`);
    }
    const rule = readRule(given, place, problems);
    if (rule !== undefined) rules[name] = rule;
  }
  return rules;
}

function readRule(given: unknown, path: Path, problems: Problems): FieldRule | undefined {
  if (given === null || given === '') return fail(path, EMPTY_VALUE, problems);
  if (typeof given === 'string') return readTemplate(given, path, problems);
  if (typeof given !== 'object' || Array.isArray(given)) {
    return fail(path, `expected a template such as "{title}", or { from: … }, not ${echo(given)}`, problems);
  }
  const source = parsePart(FieldSource, given, path, problems);
  if (source === undefined) return undefined;
  if (source.values !== undefined && Object.keys(source.values).length === 0) {
    return fail(
      [...path, 'values'],
      'is an empty table, which would block every item: fill it, or take it out',
      problems,
    );
  }
  return { from: source.from, values: source.values ?? null, required: source.required ?? false };
}

/** A `{` opens the name of a Craft.io field; text outside braces is taken as it is. */
function readTemplate(template: string, path: Path, problems: Problems): FieldRule | undefined {
  for (const [, name, end] of template.matchAll(/\{([^{}]*)(\}?)/g)) {
    if (end === '')
      return fail(path, `${echo(template)} has a { that is not closed: write for example "{title}"`, problems);
    if (!CraftPath.safeParse(name).success) {
      return fail(
        path,
        `${echo(template)} has braces without a Craft.io field in them: write for example "{title}"`,
        problems,
      );
    }
  }
  return { template };
}

function fail(path: Path, message: string, problems: Problems): undefined {
  problems.add(path, message);
  return undefined;
}
