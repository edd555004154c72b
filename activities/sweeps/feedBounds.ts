/**
 * Where the read of a feed begins, and what of it need not be read again (design 4, Feeds; invariant I4).
 *
 *  F1. A change may become visible as late as `readAfterWrite` after the time that it carries. So each read begins that
 *      much before the cursor, and a little more for clocks.
 *  F2. A complete read that was made later than that after a change's time has seen every change up to that time: it is
 *      settled, nothing can appear there any more, and no later read has to reach back to it. Without this, more than a
 *      page of changes near the cursor would be read again by every sweep until something else changes.
 *  F3. How late a read was is told in two ways, and one is enough: the cursor had stood for so long already, by the
 *      ledger's clock, when the read began; or the tool's own time says so, as long as the ledger's clock, which may be
 *      another's, does not make it earlier.
 */
import type { FeedRead } from '../../connectors/port/devTool.js';
import type { FeedCursor } from '../../ledger/ledger.js';

/** A read begins this much before the cursor besides `readAfterWrite` (design 4). */
const OVERLAP_MS = 1_000;
/** What the times of one tool may differ by, in its answers and in its items, their resolution among it. */
const CLOCKS_DIFFER_MS = 4_000;

/** From where on a feed is read; null: from the beginning. */
export function readsSince(cursor: FeedCursor, readAfterWriteMs: number): string | null {
  return cursor.value === null ? null : earlier(cursor.value, readAfterWriteMs + OVERLAP_MS);
}

/** Changes handed on are remembered from here on, to be dropped when they are read again. */
export function remembersSince(to: string | null, readAfterWriteMs: number): string {
  return earlier(to ?? new Date(0).toISOString(), 2 * (readAfterWriteMs + OVERLAP_MS));
}

/** Up to where a complete read, begun from `cursor`, has settled the feed (F2 and F3); null: no further than before. */
export function settledBy(
  cursor: FeedCursor,
  feed: Pick<FeedRead, 'newest' | 'toolTime'>,
  readAfterWriteMs: number,
): string | null {
  const lateMs = readAfterWriteMs + OVERLAP_MS + CLOCKS_DIFFER_MS;
  const byStanding = cursor.standsForMs >= lateMs ? cursor.value : null;
  if (feed.toolTime == null || feed.newest === null) return byStanding;
  const readMs = Math.min(Date.parse(feed.toolTime), Date.parse(cursor.lookedUpAt));
  const byToolMs = Math.min(Date.parse(feed.newest), readMs - lateMs);
  return later(byStanding, new Date(byToolMs).toISOString());
}

function earlier(time: string, byMs: number): string {
  return new Date(Math.max(0, Date.parse(time) - byMs)).toISOString();
}

export function later(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return Date.parse(b) > Date.parse(a) ? b : a;
}
