/** Finds an item by its id or short id. */
import type { CraftItem, CraftSource } from '../../domain/craftItem.js';
import { ToolError } from '../../domain/errors.js';
import type { ReadCall } from '../port/calls.js';
import type { CraftContext } from './context.js';
import { listPage, readItem } from './items.js';
import { idIn, looksLikeId, malformed } from './mapping.js';
import { readPages } from './paging.js';
import type { ListQuery } from './requests.js';

/**
 * Finds by id where the word looks like one, else by short id: one request in the Swagger's dialect, the listing in the
 * guide's.
 */
export async function findItem(
  context: CraftContext,
  source: CraftSource,
  idOrShortId: string,
  call: ReadCall,
): Promise<CraftItem | null> {
  const isShortId = !looksLikeId(idOrShortId) && /^[^\s-]+-\d+$/.test(idOrShortId);
  const byId = isShortId ? null : await orUnknown(readItem(context, source, idOrShortId, call));
  if (byId !== null || looksLikeId(idOrShortId)) return byId;
  const knowsShortIds = context.craft.dialect.hasTypeAndShortIdQuery && !('portfolio' in source);
  const query: ListQuery = knowsShortIds ? { shortId: idOrShortId } : {};
  for await (const entries of readPages((page) => listPage(context, source, query, page, call), call)) {
    const entry = entries.find((one) => hasShortId(one, idOrShortId));
    const id = entry === undefined ? null : idIn(entry);
    if (id !== null) return await readItem(context, source, id, call);
  }
  return null;
}

function hasShortId(entry: unknown, shortId: string): boolean {
  const value = malformed(entry, '').shortId;
  return value !== null && value.toLowerCase() === shortId.toLowerCase();
}

/** Craft.io refuses a word that is no id as invalid, not as missing. */
async function orUnknown(read: Promise<CraftItem | null>): Promise<CraftItem | null> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof ToolError && error.kind === 'invalid') return null;
    throw error;
  }
}
