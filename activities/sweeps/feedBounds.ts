/**
 * Where the read of a feed begins, and which part need not be read again (design 4, Feeds; invariant I4).
 *
 *  F1. A change may become visible as late as `readAfterWrite` after the time that it carries. So each read begins that
 *      much before the cursor, and a little more because clocks differ.
 *  F2. A complete read that is made later than that after some time has seen every change up to that time. The feed is
 *      settled up to there: nothing can appear any more, and no later read has to reach back to it. Without this, every
 *      sweep would read more than a page of changes near the cursor again until something else changes.
 *  F3. There are two ways to know how late a read was, and one is enough. Either the cursor had not moved for that
 *      long, by the ledger's clock, when the read began. Or the tool's own time says so; but where the ledger's clock
 *      shows an earlier time, that one counts, since the two are different clocks.
 */
import type { FeedRead } from '../../connectors/port/devTool.js';
import type { FeedCursor } from '../../ledger/ledger.js';

/** A read begins this much before the cursor, in addition to `readAfterWrite` (design 4, Feeds). */
const OVERLAP_MS = 1_000;
/** How far the time in a tool's answers and the times of its items may differ, their resolution included. */
const CLOCKS_DIFFER_MS = 4_000;

/** The time from which a feed is read; null: from the beginning. */
export function readsSince(cursor: FeedCursor, readAfterWriteMs: number): string | null {
  return cursor.value === null ? null : earlier(cursor.value, readAfterWriteMs + OVERLAP_MS);
}

/** Changes after this time that were told to their items are remembered, to be dropped when they are read again. */
export function remembersSince(to: string | null, readAfterWriteMs: number): string {
  return earlier(to ?? new Date(0).toISOString(), 2 * (readAfterWriteMs + OVERLAP_MS));
}

/** The time up to which a complete read from `cursor` has settled the feed (F2, F3); null: no further than before. */
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
