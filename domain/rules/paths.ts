/**
 * How a path of the configuration (`effort`, `status.id`, `customFields.team`) is read from a Craft item.
 * Everything is compared, looked up and handed over as text, and this file alone decides what a value is as text.
 * It never throws: a property of an unexpected type reads as its text if it has some, else as empty.
 */
import type { CraftFieldValue, CraftItem } from '../craftItem.js';
import { named } from './names.js';
import { isBlank } from './unseen.js';

export const CUSTOM_FIELDS = 'customFields.';

/** The text of an object is the first of these that has text; `user` and `team` are an assignee's. */
const TEXT_OF_OBJECT = ['name', 'title', 'user', 'team'] as const;

/** Craft.io nests no value deeper than this. */
const MAX_DEPTH = 4;

/**
 * The value at a path, as text: numbers and booleans as text, objects by their name or title, lists joined by `, `.
 * Null if there is nothing, or only blanks.
 */
export function readPath(item: CraftItem, path: string): string | null {
  if (path === 'type' && item.typeTerm !== undefined) return item.typeTerm;
  return textOf(valueAt(item, path));
}

/** The same without terms: values that are compared over time and written back must not change with a term. */
export function readStable(item: CraftItem, path: string): string | null {
  return textOf(valueAt(item, path));
}

/** The values at a path, one by one: several for a list, and for a type that its workspace calls by another term. */
export function readValues(item: CraftItem, path: string): readonly string[] {
  const value = isCustomField(path) ? customValues(item, fieldNameOf(path)) : valueAt(item, path);
  const values: unknown[] = Array.isArray(value) ? [...(value as unknown[])] : [value];
  // A type is known by either of its names.
  if (path === 'type' && item.typeTerm !== undefined) values.push(item.typeTerm);
  return values.map((entry) => textOf(entry)).filter((text) => text !== null);
}

export function isCustomField(path: string): boolean {
  return path.startsWith(CUSTOM_FIELDS);
}

/** The part after `customFields.`: a name or an id, which may contain dots. */
export function fieldNameOf(path: string): string {
  return path.slice(CUSTOM_FIELDS.length);
}

/** What a write for a path sets: the whole custom field, or the property that the path begins with. */
export function writtenAt(path: string): string {
  return isCustomField(path) ? path : (path.split('.')[0] ?? path);
}

/** Craft.io's own JSON of what a write sets; for a custom field its list if it has several values, else its value. */
export function rawAt(item: CraftItem, written: string): unknown {
  return isCustomField(written) ? customValues(item, fieldNameOf(written)) : own(item.properties, written);
}

/** A custom field of the item by id or, if no field has that id, by name: an id may look like a name. */
export function customField(item: CraftItem, nameOrId: string): CraftFieldValue | null {
  const byId = item.customFields.find((field) => field.id === nameOrId);
  return byId ?? named(item.customFields, nameOrId) ?? null;
}

function valueAt(item: CraftItem, path: string): unknown {
  if (isCustomField(path)) return customField(item, fieldNameOf(path))?.value ?? null;
  const [first = '', ...rest] = path.split('.');
  return rest.reduce<unknown>((value, key) => own(value, key), property(item, first));
}

/** Craft.io's property, or the item's own field if the item came without its properties. */
function property(item: CraftItem, name: string): unknown {
  const raw = own(item.properties, name);
  if (raw !== undefined) return raw;
  switch (name) {
    case 'id':
    case 'shortId':
    case 'type':
    case 'title':
    case 'description':
    case 'webUrl':
    case 'status':
    case 'updateTime':
      return item[name];
    default:
      return undefined;
  }
}

function customValues(item: CraftItem, nameOrId: string): unknown {
  const field = customField(item, nameOrId);
  const raw = own(item.properties, 'customFields');
  const entries: readonly unknown[] = Array.isArray(raw) ? raw : [];
  const values = own(
    entries.find((entry) => field !== null && idText(own(entry, 'id')) === field.id),
    'values',
  );
  return Array.isArray(values) && values.length > 0 ? values : (field?.value ?? null);
}

/** An id in Craft.io's own JSON: documented as text, accepted as a number if that is exact; else null. */
export function idText(id: unknown): string | null {
  if (typeof id === 'string') return id === '' ? null : id;
  return Number.isSafeInteger(id) ? String(id) : null;
}

function own(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[key];
}

function textOf(value: unknown, depth = 0): string | null {
  if (typeof value === 'string') return isBlank(value) ? null : value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'object' || value === null || depth >= MAX_DEPTH) return null;
  if (Array.isArray(value)) {
    const texts = value.map((entry) => textOf(entry, depth + 1)).filter((text) => text !== null);
    return texts.length === 0 ? null : texts.join(', ');
  }
  for (const key of TEXT_OF_OBJECT) {
    const part = own(value, key);
    const text = typeof part === 'boolean' ? null : textOf(part, depth + 1);
    if (text !== null) return text;
  }
  return null;
}
