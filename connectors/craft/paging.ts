/**
 * Reads a list page by page until it ends, for servers of any kind:
 *  G1. `metadata.totalPages`, where it is given, says which page is the last.
 *  G2. Without it a short page is the last one. A server may ignore `limit`, so a page of exactly the documented
 *      default size does not count as short.
 *  G3. A page without a new id ends the list: a server that ignores `page` repeats the same answer for ever.
 */
import type { ReadCall } from '../port/calls.js';
import { idIn } from './mapping.js';
import { PAGE_SIZE } from './requests.js';
import type { List } from './schema.js';

/** Page sizes that Craft.io documents as defaults: 50 for items, 25 for feedback. */
const DEFAULT_SIZES: readonly number[] = [50, 25];

/** Yields the entries of each page that are new; entries without an id are always new. */
export async function* readPages(
  readPage: (page: number) => Promise<List>,
  call: ReadCall,
): AsyncGenerator<readonly unknown[]> {
  const seen = new Set<string>();
  for (let page = 1; ; page += 1) {
    if (page > 1) call.heartbeat?.();
    const list = await readPage(page);
    const fresh = list.items.filter((entry) => isNew(entry, seen));
    if (fresh.length > 0) yield fresh;
    if (isLast(list, page, fresh)) return;
  }
}

function isNew(entry: unknown, seen: Set<string>): boolean {
  const id = idIn(entry);
  if (id === null) return true;
  if (seen.has(id)) return false;
  seen.add(id);
  return true;
}

function isLast({ items, metadata }: List, page: number, fresh: readonly unknown[]): boolean {
  if (items.length === 0) return true;
  const hasNewId = fresh.some((entry) => idIn(entry) !== null);
  const totalPages = metadata?.totalPages ?? null;
  // Entries without ids cannot show whether the server turns pages, so only a server that says so is followed.
  if (!hasNewId && (totalPages === null || metadata?.currentPage !== page || fresh.length === 0)) return true;
  if (totalPages !== null) return page >= totalPages;
  return items.length < PAGE_SIZE && !DEFAULT_SIZES.includes(items.length);
}
