/** Looks for markers and for changes among all projects: CraftDesk documents no filter, no sorting and no search. */
import type { DevItem } from '../../domain/devItem.js';
import { hasMarkerLine, markerLines } from '../text/marker.js';
import type { ReadCall } from '../port/calls.js';
import type { FeedRead, MarkedItem, MarkerListing, MarkerSearch } from '../port/devTool.js';
import type { ItemNaming } from './mapping.js';
import { idOf, readProject, type Entry } from './items.js';
import { readAllProjects } from './paging.js';
import type { Craftdesk } from './requests.js';

/** CraftDesk's times have whole seconds: 12:00:00 may be any moment before 12:00:01. */
const TICK_MS = 1_000;

/** How far CraftDesk's clock may be behind ours where its answers do not show its time. */
const CLOCKS_DIFFER_MS = 3_600_000;

/**
 * More projects than this are not read singly for one search, which each lost create needs. A listing of all markers is
 * made once for a pipeline, and may take as long as it does.
 */
const MOST_SINGLE_READS = 50;

export async function searchMarker(
  cd: Craftdesk,
  naming: ItemNaming,
  search: { readonly marker: string; readonly createdSince: string },
  call: ReadCall,
): Promise<MarkerSearch> {
  const markersOf: MarkersOf = (description) => (hasMarkerLine(description, search.marker) ? [search.marker] : []);
  const { createdSince } = search;
  const { marked, doubt } = await lookFor(cd, naming, { markersOf, createdSince, mostSingly: MOST_SINGLE_READS }, call);
  if (marked.length > 0) return { answer: 'found', items: marked.map(({ item }) => item) };
  return doubt === null ? { answer: 'absent' } : { answer: 'unknown', why: doubt };
}

export async function listMarked(
  cd: Craftdesk,
  naming: ItemNaming,
  search: { readonly start: string; readonly createdSince: string | null },
  call: ReadCall,
): Promise<MarkerListing> {
  const markersOf: MarkersOf = (description) => markerLines(description, search.start);
  const { createdSince } = search;
  const mostSingly = Number.POSITIVE_INFINITY;
  const { marked, doubt } = await lookFor(cd, naming, { markersOf, createdSince, mostSingly }, call);
  return doubt === null ? { answer: 'listed', marked } : { answer: 'unknown', why: doubt };
}

type MarkersOf = (description: string) => readonly string[];

interface Look {
  readonly markersOf: MarkersOf;
  readonly createdSince: string | null;
  /** Beyond this many projects without a description none can tell. */
  readonly mostSingly: number;
}

interface Looked {
  /** The oldest first. */
  readonly marked: readonly MarkedItem[];
  /** Why there may be more; null: there are none. */
  readonly doubt: string | null;
}

async function lookFor(
  cd: Craftdesk,
  naming: ItemNaming,
  { markersOf, createdSince, mostSingly }: Look,
  call: ReadCall,
): Promise<Looked> {
  const { entries, whole, hidesSome, serverTimeMs } = await readAllProjects(cd, naming, 'agreed', call);
  const behindMs = serverTimeMs === null ? CLOCKS_DIFFER_MS : Math.max(0, Date.now() - serverTimeMs);
  // However old: those without a description are read singly only where the list shows none at all.
  const isHidden = (entry: Entry) =>
    createdSince === null
      ? showsNoDescription(entry) && !entries.some(showsText)
      : hidesDescription(entry, Date.parse(createdSince) - behindMs);
  const hidden = entries.filter(isHidden);
  const singly = await readSingly(cd, naming, hidden.slice(0, mostSingly), call);
  const all = [...entries, ...singly];
  const marked = new Map(
    all.flatMap((entry) => {
      if (entry.read === 'malformed') return [];
      const { item } = entry;
      return markersOf(entry.project.description ?? '').map((marker) => [`${item.id} ${marker}`, { marker, item }]);
    }),
  );
  const tooMany = hidden.length > mostSingly;
  const doubt = doubtOf({ whole, hidesSome, tooMany, singly, all }, markersOf);
  return { marked: oldestFirst([...marked.values()]), doubt };
}

interface Seen {
  readonly whole: boolean;
  readonly hidesSome: boolean;
  readonly tooMany: boolean;
  readonly singly: readonly Entry[];
  readonly all: readonly Entry[];
}

function doubtOf({ whole, hidesSome, tooMany, singly, all }: Seen, markersOf: MarkersOf): string | null {
  if (!whole) return 'the pages of projects changed while they were read';
  if (hidesSome) return 'the list shows fewer projects than it counts';
  if (tooMany) return 'the list shows no descriptions, and too many projects are new';
  if (all.some((entry) => mayCarry(entry, markersOf))) return 'there are projects that cannot be read';
  if (singly.some(showsNoDescription) && !all.some(showsText)) {
    return 'no project shows a description, which would hold the marker';
  }
  return null;
}

function showsNoDescription(entry: Entry): entry is Extract<Entry, { read: 'project' }> {
  return entry.read === 'project' && entry.project.description === undefined;
}

/** A server that shows any description only leaves out empty ones: a project read singly without one has none. */
function showsText(entry: Entry): boolean {
  const description = entry.read === 'project' ? entry.project.description : entry.description;
  return (description ?? '') !== '';
}

/** The document's second list shows no descriptions: such a project is read singly where it is, or may be, new. */
function hidesDescription(entry: Entry, createdSinceMs: number): boolean {
  if (!showsNoDescription(entry)) return false;
  const { createdAt } = entry.item;
  return createdAt === null || Date.parse(createdAt) >= createdSinceMs;
}

async function readSingly(
  cd: Craftdesk,
  naming: ItemNaming,
  entries: readonly Entry[],
  call: ReadCall,
): Promise<readonly Entry[]> {
  const read: Entry[] = [];
  for (const entry of entries) {
    if (entry.read === 'malformed') continue;
    call.heartbeat?.();
    const single = await readProject(cd, naming, entry.item.id, call);
    if (single !== null) read.push(single);
  }
  return read;
}

/** A project that cannot be read may be the one, unless its description says that it is not. */
function mayCarry(entry: Entry, markersOf: MarkersOf): boolean {
  return entry.read === 'malformed' && (entry.description === null || markersOf(entry.description).length > 0);
}

function oldestFirst(marked: readonly MarkedItem[]): readonly MarkedItem[] {
  const bornMs = ({ item }: MarkedItem) => Date.parse(item.createdAt ?? item.updatedAt ?? '') || 0;
  return [...marked].sort((a, b) => bornMs(a) - bornMs(b) || (a.item.id < b.item.id ? -1 : 1));
}

/**
 * Reads everything, so that deletions are seen at no extra cost; a project without `updated_at` always counts as
 * changed.
 */
export async function readChanges(
  cd: Craftdesk,
  naming: ItemNaming,
  since: string | null,
  call: ReadCall,
): Promise<FeedRead> {
  const { entries, whole, newest } = await readAllProjects(cd, naming, 'adds-up', call);
  const all = entries.flatMap((entry) => (entry.read === 'project' ? [entry.item] : []));
  const malformed = entries.flatMap((entry) => (entry.read === 'malformed' ? [entry.malformed] : []));
  const items = all.filter((item) => isSince(item, since));
  return {
    items,
    complete: whole,
    everything: whole && items.length === entries.length,
    newest,
    ...(whole ? { ids: idsOf(entries) } : {}),
    ...(malformed.length === 0 ? {} : { malformed }),
  };
}

/** Within the second of `since` a change may lie on either side of it. */
function isSince(item: DevItem, since: string | null): boolean {
  if (since === null || item.updatedAt === null) return true;
  const updatedMs = Date.parse(item.updatedAt);
  const isCoarse = updatedMs % TICK_MS === 0;
  return updatedMs >= Date.parse(since) || (isCoarse && updatedMs + TICK_MS > Date.parse(since));
}

/** An entry without an id is left out; the project that it is, is then read by its id. */
function idsOf(entries: readonly Entry[]): readonly string[] {
  return entries.flatMap((entry) => idOf(entry) ?? []);
}

/**
 * Where the passes never agreed, every id that any of them showed; an absent item is read by id before it counts as
 * gone.
 */
export async function allIds(cd: Craftdesk, naming: ItemNaming, call: ReadCall): Promise<readonly string[]> {
  return idsOf((await readAllProjects(cd, naming, 'adds-up', call)).entries);
}
