/**
 * Follows Kitemaker's cursors from page to page. `hasMore` alone tells the end: a page may be empty and others come after
 * it. The cursor is opaque ("an opaque string used for paging", kitemaker.graphql); a server whose cursor is missing or
 * comes round again, or that goes on giving what it gave, is followed no further: then not everything was seen.
 */
import type { ReadCall } from '../port/calls.js';

export interface Page<Entry = unknown> {
  readonly entries: readonly Entry[];
  readonly cursor: string | null;
  readonly hasMore: boolean;
}

/** More pages in a row than these that bring nothing new, under ever new cursors, are a server that spins. */
const MOST_IDLE_PAGES = 20;

/** How the reading ended: everything was seen, `take` wanted no more, or the pages do not come to an end. */
export type PagesRead = 'whole' | 'enough' | 'stuck';

export async function readPages<Entry>(
  read: (cursor: string | null) => Promise<Page<Entry>>,
  take: (entries: readonly Entry[]) => 'more' | 'enough',
  call: ReadCall,
): Promise<PagesRead> {
  const seen = new Set<string>();
  const cursors = new Set<string>();
  let idle = 0;
  let cursor: string | null = null;
  for (;;) {
    const page: Page<Entry> = await read(cursor);
    if (take(page.entries) === 'enough') return 'enough';
    if (!page.hasMore) return 'whole';
    const before = seen.size;
    for (const entry of page.entries) seen.add(keyOf(entry));
    idle = seen.size === before ? idle + 1 : 0;
    cursor = page.cursor;
    if (cursor === null || cursors.has(cursor) || idle > MOST_IDLE_PAGES) return 'stuck';
    cursors.add(cursor);
    call.heartbeat?.();
  }
}

function keyOf(entry: unknown): string {
  const id: unknown = typeof entry === 'object' && entry !== null ? Reflect.get(entry, 'id') : null;
  return typeof id === 'string' && id !== '' ? id : JSON.stringify(entry);
}
