/** The feedback that a Craft item is linked to: `feedbackLinks`, an array of ids or of objects with an id. */
import type { CraftItem } from '../craftItem.js';

/** Each id once; entries of any other shape are left out. */
export function feedbackIdsOf(item: Pick<CraftItem, 'properties'>): readonly string[] {
  const links = item.properties['feedbackLinks'];
  if (!Array.isArray(links)) return [];
  return [...new Set(links.flatMap((link: unknown) => idOf(link) ?? []))];
}

function idOf(link: unknown): string | null {
  const id: unknown = typeof link === 'object' && link !== null ? Reflect.get(link, 'id') : link;
  if (typeof id === 'string') return id === '' ? null : id;
  // A number above 2^53 has lost digits, so it would name other feedback.
  return typeof id === 'number' && Number.isSafeInteger(id) ? String(id) : null;
}
