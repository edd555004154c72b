/** Craft.io's words to ours; pure. */
import type { CraftFieldValue, CraftItem, CraftSource, MalformedCraftItem } from '../../domain/craftItem.js';
import { type CustomFieldEntry, Id, Item, problemOf } from './schema.js';

/** The name of a custom field by its id, where it is known. */
export type NameOf = (fieldId: string) => string | null;

export type Entry =
  | { readonly status: 'item'; readonly item: Item; readonly properties: Readonly<Record<string, unknown>> }
  | { readonly status: 'malformed'; readonly entry: MalformedCraftItem };

/** One entry of a list, or the answer to a single read; never throws. */
export function readEntry(raw: unknown): Entry {
  const read = Item.safeParse(raw);
  if (read.success) return { status: 'item', item: read.data, properties: raw as Readonly<Record<string, unknown>> };
  return { status: 'malformed', entry: malformed(raw, problemOf(read.error)) };
}

export function malformed(raw: unknown, problem: string): MalformedCraftItem {
  return { id: idIn(raw), shortId: textIn(raw, 'shortId'), problem };
}

/** The id of an entry that may be anything. */
export function idIn(raw: unknown): string | null {
  const id = Id.safeParse(propertyOf(raw, 'id'));
  return id.success ? id.data : null;
}

function textIn(raw: unknown, property: string): string | null {
  const value = propertyOf(raw, property);
  return typeof value === 'string' && value !== '' ? value : null;
}

function propertyOf(raw: unknown, property: string): unknown {
  return typeof raw === 'object' && raw !== null ? (raw as Readonly<Record<string, unknown>>)[property] : undefined;
}

export function toCraftItem(
  read: Extract<Entry, { status: 'item' }>,
  nameOf: NameOf,
  termOf: (type: string) => string | null = () => null,
): CraftItem {
  const { item, properties } = read;
  const typeTerm = item.type === null || item.type === undefined ? null : termOf(item.type);
  return {
    id: item.id,
    shortId: item.shortId ?? null,
    type: item.type ?? null,
    ...(typeTerm !== null && typeTerm !== item.type && { typeTerm }),
    title: item.title,
    description: item.description ?? null,
    webUrl: item.webUrl ?? null,
    status: statusOf(item),
    parentId: item.parent?.id ?? null,
    updateTime: item.updateTime ?? null,
    customFields: (item.customFields ?? []).map((field) => fieldValue(field, nameOf)),
    properties,
  };
}

/** A status without a name goes by its id. */
export function statusOf({ status }: Pick<Item, 'status'>): CraftItem['status'] {
  const id = status?.id ?? null;
  const name = status?.name ?? id;
  return name === null ? null : { id, name };
}

function fieldValue(field: CustomFieldEntry, nameOf: NameOf): CraftFieldValue {
  return { id: field.id, name: field.name ?? nameOf(field.id), value: scalarOf(field) };
}

/** One value as it is; several as one text joined by `, `; an unexpected object as its name. */
function scalarOf({ value, values, label }: CustomFieldEntry): CraftFieldValue['value'] {
  for (const candidate of [value, values, label]) {
    if (typeof candidate === 'string' || typeof candidate === 'number' || typeof candidate === 'boolean') {
      return candidate;
    }
    const text = textOf(candidate);
    if (text !== null) return text;
  }
  return null;
}

function textOf(value: unknown): string | null {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) {
    const texts = value.map((entry) => textOf(entry)).filter((text) => text !== null);
    return texts.length === 0 ? null : texts.join(', ');
  }
  return textIn(value, 'name') ?? textIn(value, 'label') ?? textIn(value, 'title') ?? textIn(value, 'value');
}

/** Whether an entry of `customFields` holds anything that a write could lose. */
export function hasValue(field: CustomFieldEntry): boolean {
  const isHeld = (value: unknown): boolean =>
    Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null && value !== '';
  return isHeld(field.value) || isHeld(field.values);
}

/** What messages and caches call a source. */
export function sourceWords(source: CraftSource): string {
  if ('workspace' in source) return `workspace ${source.workspace}`;
  if ('portfolio' in source) return `portfolio ${source.portfolio}`;
  return `feedback portal ${source.feedbackPortal}`;
}

/** Craft.io's ids are long numbers, so a configured word that looks like one is an id. */
export function looksLikeId(word: string): boolean {
  return /^\d{5,}$/.test(word);
}
