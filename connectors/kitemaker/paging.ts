/**
 * Follows Kitemaker's cursors from page to page. Only `hasMore` marks the end: pages may follow an empty one. The
 * cursor is opaque ("an opaque string used for paging", kitemaker.graphql). Reading stops as `stuck` where a cursor is
 * missing or repeats, or the server keeps sending what it already sent: then not everything was seen.
 */
import type { ReadCall } from '../port/calls.js';

export interface Page<Entry = unknown> {
  readonly entries: readonly Entry[];
  readonly cursor: string | null;
  readonly hasMore: boolean;
}

/** After more pages in a row than this without anything new, the server is taken to be looping. */
const MOST_IDLE_PAGES = 20;

/** How the reading ended: everything was seen, `take` wanted no more, or the pages do not end. */
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
