/** Reads projects by id, and says of each entry of a list whether it can be used. */
import type { DevItem } from '../../domain/devItem.js';
import { ToolError } from '../../domain/errors.js';
import type { ReadCall } from '../port/calls.js';
import type { MalformedDevItem } from '../port/devTool.js';
import { toDevItem, type ItemNaming } from './mapping.js';
import { failure, getProject, listProjects, problemIn, type Craftdesk } from './requests.js';
import { Project } from './schema.js';

/** A usable project, or what is wrong with it. */
export type Entry =
  | { readonly read: 'project'; readonly project: Project; readonly item: DevItem }
  /** With its description where at least that is text. */
  | { readonly read: 'malformed'; readonly malformed: MalformedDevItem; readonly description: string | null };

export function readEntry(given: unknown, naming: ItemNaming): Entry {
  const read = Project.safeParse(given);
  if (!read.success) return malformedEntry(given, problemIn(read.error));
  const item = toDevItem(read.data, naming);
  if (item !== null) return { read: 'project', project: read.data, item };
  return malformedEntry(given, `"${naming.statusProperty}" that is not a word: name the word itself in statusProperty`);
}

/** The id of an entry that has none. */
const NO_ID = '?';

function malformedEntry(given: unknown, problem: string): Entry {
  const part = (name: string) => {
    const value: unknown = typeof given === 'object' && given !== null ? Reflect.get(given, name) : null;
    return typeof value === 'string' ? value : null;
  };
  return { read: 'malformed', malformed: { id: part('id') ?? NO_ID, problem }, description: part('description') };
}

/** Null: the entry has none. */
export function idOf(entry: Entry): string | null {
  if (entry.read === 'project') return entry.item.id;
  return entry.malformed.id === NO_ID ? null : entry.malformed.id;
}

/** One project by id; null when it does not exist. */
export async function readProject(
  cd: Craftdesk,
  naming: ItemNaming,
  id: string,
  call: ReadCall,
): Promise<Entry | null> {
  try {
    const entry = readEntry(await getProject(cd, id, call), naming);
    if (entry.read === 'malformed' || entry.item.id === id) return entry;
  } catch (error) {
    if (error instanceof ToolError && error.kind === 'not-found') return null;
    throw error;
  }
  throw failure(cd, 'unexpected-response', 'GET /projects/{id} answered another project');
}

/**
 * From this many ids on, reading the list costs fewer calls; only the ids that it does not show are then read singly.
 */
const LIST_PAYS_FROM = 5;

/** What the list shows of these ids, page by page until all were seen or the pages end. */
export async function readListed(
  cd: Craftdesk,
  naming: ItemNaming,
  ids: readonly string[],
  call: ReadCall,
): Promise<ReadonlyMap<string, Entry>> {
  const shown = new Map<string, Entry>();
  if (ids.length < LIST_PAYS_FROM) return shown;
  const wanted = new Set(ids);
  for (let page = 1; page <= ids.length && shown.size < wanted.size; page += 1) {
    const { entries, lastPage } = await listProjects(cd, page, call);
    for (const given of entries) {
      const entry = readEntry(given, naming);
      const id = idOf(entry);
      if (id !== null && wanted.has(id)) shown.set(id, entry);
    }
    call.heartbeat?.();
    if (entries.length === 0 || page >= (lastPage ?? page)) break;
  }
  return shown;
}
