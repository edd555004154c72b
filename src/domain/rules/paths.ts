/** Reading one value of a Craft item as text, by the paths that the configuration uses (DESIGN 7, `fields`). */
import type { CraftFieldValue, CraftItem } from '../craftItem.js';

const CUSTOM_FIELDS = 'customFields.';

/**
 * The text of a value: numbers and booleans as text, `{ name }` or `{ title }` objects as that name, arrays joined by
 * `, `. Null when it is missing or empty. A custom field is found by id first: an id may look like another field's name.
 */
export function readPath(item: CraftItem, path: string): string | null {
  if (path.startsWith(CUSTOM_FIELDS)) return textOf(customField(item, path.slice(CUSTOM_FIELDS.length))?.value);
  switch (path) {
    case 'id':
      return item.id;
    case 'shortId':
      return textOf(item.shortId);
    case 'type':
      return textOf(item.type);
    case 'title':
      return textOf(item.title);
    case 'description':
      return textOf(item.description);
    case 'webUrl':
      return textOf(item.webUrl);
    case 'status':
      return textOf(item.status?.name);
    default:
      return textOf(propertyAt(item.properties, path));
  }
}

export function customField(item: CraftItem, nameOrId: string): CraftFieldValue | undefined {
  return (
    item.customFields.find((field) => field.id === nameOrId) ?? item.customFields.find((field) => field.name === nameOrId)
  );
}

/** `importance.name` reads into objects. */
function propertyAt(properties: Readonly<Record<string, unknown>>, path: string): unknown {
  let value: unknown = properties;
  for (const part of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value;
}

function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value.trim() === '' ? null : value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) {
    const texts = value.map(textOf).filter((text) => text !== null);
    return texts.length === 0 ? null : texts.join(', ');
  }
  if (typeof value !== 'object' || value === null) return null;
  const named = value as { name?: unknown; title?: unknown; label?: unknown };
  return textOf(named.name ?? named.title ?? named.label);
}
