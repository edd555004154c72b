/**
 * Looks for markers. Craftnote has no search and no filter by time, so the whole listing is read. Why one pass is
 * enough for the answer `absent`:
 *
 *  E1. The create in question was applied before the search begins, or never will be: the protocol waits that long
 *      (design 3, createDevItem). So if the item was created, it exists during the whole pass and is seen (rule Q1 of
 *      paging.ts). A new item that lands on a page already read (ids are random) is not the one sought.
 *  E2. The pass goes on until an empty page, so that a short page does not end it.
 *  E3. Every project of the company is listed, archived ones and those in other folders included. A task stays in its
 *      project: the API cannot move one.
 *  E4. An entry that cannot be read may be the one sought, unless the place of its marker is readable and holds
 *      something else.
 *
 * A task that was deleted since is listed with `isDeleted`: the create happened, so it is found, unless a live task
 * carries the marker as well. A deleted project is no longer listed.
 */
import type { DevItem } from '../../domain/devItem.js';
import { hasMarkerLine, markerLines } from '../text/marker.js';
import type { ReadCall } from '../port/calls.js';
import type { MarkedItem, MarkerListing, MarkerSearch } from '../port/devTool.js';
import type { CraftnoteContext } from './context.js';
import { namesFor } from './items.js';
import type { Listing, MalformedEntry } from './paging.js';
import { projectCarries, projectToDevItem, taskCarries, taskToDevItem } from './mapping.js';
import { listProjects } from './projects.js';
import { listTasks } from './tasks.js';

export async function searchProjects(context: CraftnoteContext, marker: string, call: ReadCall): Promise<MarkerSearch> {
  const listing = await listProjects(context, 'empty-page', call);
  const marked = listing.items.filter((project) => projectCarries(project, marker));
  const names = await namesFor(context, marked, call);
  const found = marked.map((project) => projectToDevItem(project, names, context.settings.itemUrl));
  return answer(found, listing, (entry) => textOf(entry, 'orderNumber', (text) => text.trim() === marker));
}

export async function searchTasks(
  context: CraftnoteContext,
  at: { readonly projectId: string; readonly marker: string },
  call: ReadCall,
): Promise<MarkerSearch> {
  const { projectId, marker } = at;
  const listing = await listTasks(context, projectId, 'empty-page', call);
  const marked = listing.items.filter((task) => taskCarries(task, marker));
  const living = marked.filter(({ isDeleted }) => isDeleted !== true);
  const tasks = living.length > 0 ? living : marked;
  const found = tasks.map((task) => taskToDevItem(task, projectId, context.settings.itemUrl));
  return answer(found, listing, (entry) => textOf(entry, 'description', (text) => hasMarkerLine(text, marker)));
}

/** Each marker of the company's projects that begins with `start`. */
export async function markedProjects(context: CraftnoteContext, start: string, call: ReadCall): Promise<MarkerListing> {
  const listing = await listProjects(context, 'empty-page', call);
  const marked = listing.items.filter(({ orderNumber }) => markerLines(orderNumber ?? '', start).length > 0);
  const names = await namesFor(context, marked, call);
  const found = marked.map((project) => ({
    marker: project.orderNumber?.trim() ?? '',
    item: projectToDevItem(project, names, context.settings.itemUrl),
  }));
  return listed(found, listing, (entry) => textOf(entry, 'orderNumber', (text) => markerLines(text, start).length > 0));
}

/** Each marker of a project's tasks that begins with `start`; deleted tasks included, as in `searchTasks`. */
export async function markedTasks(
  context: CraftnoteContext,
  at: { readonly projectId: string; readonly start: string },
  call: ReadCall,
): Promise<MarkerListing> {
  const { projectId, start } = at;
  const listing = await listTasks(context, projectId, 'empty-page', call);
  const tasks = [...listing.items].sort((a, b) => Number(a.isDeleted === true) - Number(b.isDeleted === true));
  const found = new Map<string, MarkedItem[]>();
  for (const task of tasks) {
    for (const marker of markerLines(task.description ?? '', start)) {
      const others = found.get(marker) ?? [];
      if (task.isDeleted === true && others.length > 0) continue;
      found.set(marker, [...others, { marker, item: taskToDevItem(task, projectId, context.settings.itemUrl) }]);
    }
  }
  return listed([...found.values()].flat(), listing, (entry) =>
    textOf(entry, 'description', (text) => markerLines(text, start).length > 0),
  );
}

function listed(
  marked: readonly MarkedItem[],
  listing: Listing<unknown>,
  mayCarry: (entry: MalformedEntry) => boolean,
): MarkerListing {
  const why = whyUnknown(listing, mayCarry);
  if (why !== null) return { answer: 'unknown', why };
  return { answer: 'listed', marked: [...marked].sort((a, b) => oldestFirst(a.item, b.item)) };
}

function answer(
  found: readonly DevItem[],
  listing: Listing<unknown>,
  mayCarry: (entry: MalformedEntry) => boolean,
): MarkerSearch {
  if (found.length > 0) return { answer: 'found', items: [...found].sort(oldestFirst) };
  const why = whyUnknown(listing, mayCarry);
  return why === null ? { answer: 'absent' } : { answer: 'unknown', why };
}

function whyUnknown(listing: Listing<unknown>, mayCarry: (entry: MalformedEntry) => boolean): string | null {
  if (!listing.whole) return 'the pages of the listing do not come to an end';
  return listing.malformed.some(mayCarry) ? 'the listing has entries that cannot be read' : null;
}

/** Whether the property may hold the marker: not where it is missing; a text is examined; anything else may. */
function textOf({ entry }: MalformedEntry, property: string, holds: (text: string) => boolean): boolean {
  if (typeof entry !== 'object' || entry === null) return true;
  const value: unknown = Reflect.get(entry, property);
  if (value === undefined || value === null) return false;
  return typeof value === 'string' ? holds(value) : true;
}

/** Equal or unknown times are ordered by id, so that every search gives the same order. */
function oldestFirst(a: DevItem, b: DevItem): number {
  const at = ({ createdAt }: DevItem) => (createdAt === null ? 0 : Date.parse(createdAt));
  return at(a) - at(b) || (a.id < b.id ? -1 : 1);
}
