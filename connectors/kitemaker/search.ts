/**
 * Looks for markers and for changes with what Kitemaker offers: the 50 most recently updated items of a space, and its
 * pages by number. There is no "changed since" and no search.
 *
 * The 50 are one snapshot. An item created or changed at T or later is among them, unless 50 others were updated after
 * it. So where the oldest of them was updated before T, or there are fewer than 50, everything since T is seen.
 * Otherwise the whole space is read: its pages are ordered by number, which never changes, so no change can hide an
 * item.
 */
import type { DevItem } from '../../domain/devItem.js';
import { hasMarkerLine, markerLines } from '../text/marker.js';
import type { ReadCall } from '../port/calls.js';
import type { FeedRead, MarkerListing, MarkerSearch } from '../port/devTool.js';
import type { Directory } from './directory.js';
import { type Entries, type MalformedEntry, readEntries, readSpace } from './items.js';
import { type ItemNaming, toDevItem } from './mapping.js';
import { type Kitemaker, RECENT_COUNT, recentWorkItems } from './requests.js';
import type { WorkItem } from './schema.js';

interface Recent extends Entries {
  /** Fewer came than were requested: the space has no others. */
  readonly all: boolean;
  readonly serverTimeMs: number | null;
  /** How long the answer took. */
  readonly tookMs: number;
}

async function recent(km: Kitemaker, spaceId: string, call: ReadCall): Promise<Recent> {
  const begunMs = performance.now();
  const { entries, serverTimeMs } = await recentWorkItems(km, spaceId, call);
  const read = readEntries(entries);
  return { ...read, all: entries.length < RECENT_COUNT, serverTimeMs, tookMs: performance.now() - begunMs };
}

function reachesBack(read: Recent, sinceMs: number): boolean {
  return read.all || oldestMs(read) < sinceMs;
}

function oldestMs(read: Recent): number {
  return Math.min(...read.items.map(updatedMs));
}

function updatedMs(item: WorkItem): number {
  return Date.parse(item.updatedAt);
}

export async function searchMarker(
  km: Kitemaker,
  search: { readonly spaceId: string; readonly marker: string; readonly createdSince: string },
  context: SearchContext,
  call: ReadCall,
): Promise<MarkerSearch> {
  const sought: Sought = {
    carries: (description) => hasMarkerLine(description, search.marker),
    sinceMs: Date.parse(search.createdSince),
  };
  const inSpace = await searchSpace(km, search.spaceId, sought, context.now, call);
  const goesOn = inSpace.found.length === 0 && inSpace.why === null;
  const { found, why } = goesOn ? await searchOthers(km, search.spaceId, sought, context, call) : inSpace;
  if (found.length > 0)
    return { answer: 'found', items: oldestFirst(found).map((item) => toDevItem(item, context.naming)) };
  return why === null ? { answer: 'absent' } : { answer: 'unknown', why };
}

/** Reading every space in full costs many calls: where nothing in the target's is marked, nothing was moved from it. */
export async function listMarked(
  km: Kitemaker,
  search: { readonly spaceId: string; readonly start: string; readonly createdSince: string | null },
  context: SearchContext,
  call: ReadCall,
): Promise<MarkerListing> {
  const markersOf = (description: string | null) => markerLines(description ?? '', search.start);
  const sought: Sought = {
    carries: (description) => markersOf(description).length > 0,
    sinceMs: search.createdSince === null ? null : Date.parse(search.createdSince),
  };
  const inSpace = await searchSpace(km, search.spaceId, sought, context.now, call);
  const isNew = search.createdSince === null && inSpace.found.length === 0;
  const others =
    isNew || inSpace.why !== null ? NOTHING : await searchOthers(km, search.spaceId, sought, context, call);
  const why = inSpace.why ?? others.why;
  if (why !== null) return { answer: 'unknown', why };
  const marked = oldestFirst([...inSpace.found, ...others.found]).flatMap((item) =>
    markersOf(item.description ?? null).map((marker) => ({ marker, item: toDevItem(item, context.naming) })),
  );
  return { answer: 'listed', marked };
}

interface SearchContext {
  readonly directory: Directory;
  readonly naming: ItemNaming;
  readonly now: () => number;
}

interface Sought {
  readonly carries: (description: string) => boolean;
  /** By our clock; null: everything. */
  readonly sinceMs: number | null;
}

/** `why` says why there may be more. */
interface InSpaces {
  readonly found: readonly WorkItem[];
  readonly why: string | null;
}

const NOTHING: InSpaces = { found: [], why: null };

/** People may have moved an item already: the other spaces that the key sees. */
async function searchOthers(
  km: Kitemaker,
  spaceId: string,
  sought: Sought,
  context: SearchContext,
  call: ReadCall,
): Promise<InSpaces> {
  const found: WorkItem[] = [];
  let why: string | null = null;
  for (const { id } of await context.directory.refreshed(call)) {
    if (id === spaceId) continue;
    call.heartbeat?.();
    const elsewhere = await searchSpace(km, id, sought, context.now, call);
    found.push(...elsewhere.found);
    why ??= elsewhere.why;
  }
  return { found, why };
}

async function searchSpace(
  km: Kitemaker,
  spaceId: string,
  { carries, sinceMs: wantedMs }: Sought,
  now: () => number,
  call: ReadCall,
): Promise<InSpaces> {
  const marked = (read: Entries) => read.items.filter((item) => carries(item.description ?? ''));
  const illegible = (read: Entries) => read.malformed.some((entry) => mayCarry(entry, carries));
  const latest = await recent(km, spaceId, call);
  const sinceMs = wantedMs === null ? Number.NEGATIVE_INFINITY : wantedMs - behindMs(latest, now());
  if (reachesBack(latest, sinceMs) && !illegible(latest)) return { found: marked(latest), why: null };
  call.heartbeat?.();
  const space = await readSpace(km, { spaceId, described: true }, call);
  const found = new Map([...marked(latest), ...marked(space)].map((item) => [item.id, item]));
  if (!space.whole) return { found: [...found.values()], why: 'the pages of the space do not come to an end' };
  if (illegible(space)) return { found: [...found.values()], why: 'the space has items that cannot be read' };
  return { found: [...found.values()], why: null };
}

/** An item that cannot be read may be the one sought, unless its description shows that it is not. */
function mayCarry(entry: MalformedEntry, carries: Sought['carries']): boolean {
  return entry.description === null || carries(entry.description);
}

/** How far Kitemaker's clock is behind ours: its time of the same moment is that much smaller. */
function behindMs(read: Recent, nowMs: number): number {
  return read.serverTimeMs === null ? 0 : Math.max(0, nowMs - read.serverTimeMs);
}

function oldestFirst(items: readonly WorkItem[]): readonly WorkItem[] {
  const created = (item: WorkItem) => item.createdAt ?? item.updatedAt;
  return [...items].sort((a, b) => Date.parse(created(a)) - Date.parse(created(b)) || (a.id < b.id ? -1 : 1));
}

/**
 * A change after `settledTo` is among the 50 unless 50 others came after it. So it is enough that the oldest of them
 * has exactly that time: other items with that time are settled.
 *
 * The cursor comes only from the list of the 50, which is read first: while pages are read, an item on an earlier page
 * may change, and a newer time from a later page would skip that change.
 */
export async function readChanges(
  km: Kitemaker,
  at: { readonly spaceId: string; readonly since: string | null; readonly settledTo: string | null },
  naming: ItemNaming,
  call: ReadCall,
): Promise<FeedRead> {
  const { spaceId, since, settledTo } = at;
  const latest = await recent(km, spaceId, call);
  const sinceMs = since === null ? null : Date.parse(since);
  const seen = { sinceMs, newest: newestOf(latest.items), toolTime: toolTimeOf(latest) };
  if (latest.all) return feed(latest, { ...seen, complete: true, whole: true }, naming);
  const isSettled = settledTo !== null && oldestMs(latest) <= Date.parse(settledTo);
  if (sinceMs !== null && (isSettled || reachesBack(latest, sinceMs))) {
    return feed(latest, { ...seen, complete: true, whole: false }, naming);
  }
  call.heartbeat?.();
  const space = await readSpace(km, { spaceId, described: false }, call);
  return feed(space, { ...seen, complete: space.whole, whole: space.whole }, naming);
}

function toolTimeOf({ serverTimeMs, tookMs }: Recent): string | null {
  return serverTimeMs === null ? null : new Date(serverTimeMs - tookMs).toISOString();
}

function newestOf(items: readonly WorkItem[]): string | null {
  return (
    items.reduce<WorkItem | null>((a, b) => (a !== null && updatedMs(a) >= updatedMs(b) ? a : b), null)?.updatedAt ??
    null
  );
}

function feed(
  read: Entries,
  seen: {
    sinceMs: number | null;
    newest: string | null;
    toolTime: string | null;
    complete: boolean;
    whole: boolean;
  },
  naming: ItemNaming,
): FeedRead {
  const { sinceMs, newest, toolTime, complete } = seen;
  const changed = read.items.filter((item) => sinceMs === null || updatedMs(item) >= sinceMs);
  const items: readonly DevItem[] = changed.map((item) => toDevItem(item, naming));
  const malformed = read.malformed.map(({ id, problem }) => ({ id, problem }));
  const all = [...read.items, ...read.malformed];
  return {
    items,
    complete,
    everything: seen.whole && items.length === all.length,
    newest,
    toolTime,
    ...(seen.whole ? { ids: all.map(({ id }) => id) } : {}),
    ...(malformed.length === 0 ? {} : { malformed }),
  };
}
