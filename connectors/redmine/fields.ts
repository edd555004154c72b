/**
 * Finds out which of Redmine's fields the names on the left of `fields` mean: a standard field, a custom field by its
 * name, or by its number (`12`, `cf_12`). Redmine ignores a field that it does not know, so a name that is not found is
 * refused before anything is sent.
 */
import { closest } from 'fastest-levenshtein';
import type { DevItemDraft } from '../../domain/devItem.js';
import { inOneText } from '../../domain/rules/fields.js';
import { allNamed, sameName } from '../../domain/rules/names.js';
import { oneValue } from '../fieldValues.js';
import type { ReadCall } from '../port/calls.js';
import { dayOf, isDateField } from './dates.js';
import { type Directory, type FieldPlace, type KnownField, LOOK_AGAIN } from './directory.js';
import { failure, type Redmine } from './requests.js';
import type { Priority } from './schema.js';
import { STANDARD_FIELDS, type StandardField } from './target.js';

export interface ResolvedFields {
  readonly standard: Readonly<Partial<Record<StandardField, number | string>>>;
  /** A list where the field takes several values. */
  readonly custom: readonly { readonly id: number; readonly value: string | readonly string[] }[];
}

/** What names are looked up with. */
interface Lookup {
  readonly redmine: Redmine;
  readonly directory: Directory;
}

/** What `fields` gave: values by name, and where a moment is a day. */
type Given = Pick<DevItemDraft, 'fields' | 'timeZone'>;

type Resolution = { readonly found: number } | { readonly problem: string };

/** Throws `invalid`, not sent, where a name or a priority does not exist. */
export async function resolveFields(
  lookup: Lookup,
  place: FieldPlace,
  { fields, timeZone }: Given,
  call: ReadCall,
): Promise<ResolvedFields> {
  const standard: Partial<Record<StandardField, number | string>> = {};
  const custom: { id: number; value: string | readonly string[] }[] = [];
  const refused = (problem: string) =>
    failure(lookup.redmine, 'invalid', `POST /issues.json was not sent: ${problem}`, true);
  const found = (resolution: Resolution): number => {
    if ('found' in resolution) return resolution.found;
    throw refused(resolution.problem);
  };
  const one = (name: string, values: readonly string[]): string => {
    const read = oneValue(values);
    if ('value' in read) return read.value;
    throw refused(`${name} ${read.problem}; see fields.${name}`);
  };
  for (const [name, values] of Object.entries(fields)) {
    if (name === 'priority_id') standard[name] = found(await priorityOf(lookup, one(name, values), call));
    else if (isStandardField(name)) standard[name] = standardValue(name, one(name, values), timeZone);
    else {
      const id = found(await customFieldOf(lookup, place, name, call));
      const field = isPlain(values, timeZone) ? null : ((await directoryField(lookup, place, id, call)) ?? null);
      const days = values.map((value) => customValue(field, value, timeZone));
      custom.push({ id, value: takesOneOfAList(field) ? one(name, days) : shaped(field, days) });
    }
  }
  return { standard, custom };
}

function standardValue(name: StandardField, value: string, timeZone: string): number | string {
  if (isDateField(name)) return dayOf(value, timeZone) ?? value;
  return /^\d+$/.test(value) ? Number(value) : value;
}

/** One text that is no moment is sent as it is, whatever the field. */
function isPlain(values: readonly string[], timeZone: string): boolean {
  return values.length === 1 && values.every((value) => dayOf(value, timeZone) === null);
}

/** What is known of a custom field; costs a call only where the fields are not cached yet. */
async function directoryField(
  { directory }: Pick<Lookup, 'directory'>,
  place: FieldPlace,
  id: number,
  call: ReadCall,
): Promise<KnownField | undefined> {
  return (await directory.fieldsSeen(place, call)).find((one) => one.id === id);
}

/**
 * A moment is sent as its day unless the field is known to hold something else: a date field refuses a moment. Redmine
 * tells only administrators which fields are dates; other keys see it from the values on issues.
 */
function customValue(field: KnownField | null, value: string, timeZone: string): string {
  return field?.holdsDays === false ? value : (dayOf(value, timeZone) ?? value);
}

/** Redmine refuses whatever is not in the list of such a field, so that several values joined would always fail. */
function takesOneOfAList(field: KnownField | null): boolean {
  return field?.takesSeveral === false && field.isList;
}

/** Several values as a list, unless the field is known to be one text. */
function shaped(field: KnownField | null, values: readonly string[]): string | readonly string[] {
  const [only] = values;
  if (only !== undefined && values.length === 1) return only;
  return field?.takesSeveral === false ? inOneText(values) : values;
}

export function isStandardField(name: string): name is StandardField {
  return STANDARD_FIELDS.some((one) => one === name);
}

/** The number in `12` and `cf_12`; null for a name. */
export function fieldNumber(name: string): number | null {
  const number = /^(?:cf_)?([1-9]\d{0,8})$/.exec(name)?.[1];
  return number === undefined ? null : Number(number);
}

/** A custom field by its name on the left of `fields`. */
export async function customFieldOf(
  { directory }: Pick<Lookup, 'directory'>,
  place: FieldPlace,
  name: string,
  call: ReadCall,
): Promise<Resolution> {
  const number = fieldNumber(name);
  if (number !== null) return { found: number };
  const known = named(name, await directory.fieldsSeen(place, call));
  const fields = known.length > 0 ? known : named(name, await directory.fieldsSeen(place, call, LOOK_AGAIN));
  const [field, second] = fields;
  if (second !== undefined) {
    return {
      problem: `the custom fields ${fields.map(({ id }) => id).join(' and ')} are both named "${name}": write cf_${second.id} instead`,
    };
  }
  if (field !== undefined) return { found: field.id };
  return { problem: unknownField(name, await directory.fieldsSeen(place, call)) };
}

/** The exact name; else the name in any case. */
function named(name: string, fields: readonly KnownField[]): readonly KnownField[] {
  const exact = allNamed(fields, name);
  if (exact.length > 0) return exact;
  return fields.filter((field) => sameName(field.name.toLowerCase(), name.toLowerCase()));
}

function unknownField(name: string, fields: readonly KnownField[]): string {
  const near = closest(
    name,
    fields.map((field) => field.name),
  );
  const nearest = fields.length === 0 ? '' : `; the nearest is "${near}"`;
  return (
    `no custom field "${name}" is seen on the project's issues${nearest}. ` +
    'If it exists, write its number instead: cf_12 for …/custom_fields/12/edit in Redmine'
  );
}

async function priorityOf(
  { directory }: Pick<Lookup, 'directory'>,
  value: string,
  call: ReadCall,
): Promise<Resolution> {
  const wanted = value.trim();
  if (/^\d+$/.test(wanted)) return { found: Number(wanted) };
  const priorities = await directory.priorities(call);
  const found = priorityNamed(wanted, priorities);
  if (found !== null) return { found: found.id };
  const names = priorities.map(({ name }) => name).join(', ');
  return { problem: `priority_id is none of Redmine's priorities (${names}); see fields.priority_id.values` };
}

export function priorityNamed(name: string, priorities: readonly Priority[]): Priority | null {
  return priorities.find((priority) => sameName(priority.name.toLowerCase(), name.toLowerCase())) ?? null;
}
