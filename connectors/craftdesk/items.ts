/**
 * Reads projects: all of them page by page, and single ones by id.
 *
 * The order of pages is not documented, and while they are read projects are added, deleted, and moved between pages. So:
 *  R1. One page that is all there is, is one moment's truth.
 *  R2. Several pages add up when `total` stayed the same, no project came twice, and as many came as `total` says. A project
 *      that jumped from an unread page to one that was read pushes another over the edge, which then comes twice; this
 *      escapes only where at the same time one that was read is deleted and another is added. What so escapes was
 *      changed during the read: enough for a feed whose cursor does not pass the read's beginning (R4), and for an
 *      inventory, whose absentees are looked at singly.
 *  R3. Where `absent` is said, and where pages do not add up, two passes in a row must show the same ids.
 *  R4. Whatever changes after the first page was answered has a time no earlier than any on that page: the newest time of
 *      the first page is the newest that a cursor may take. No clock but CraftDesk's own is asked.
 * Whether lists show archived projects is not documented; one that they hide is found by id.
 */
import type { DevItem } from '../../domain/devItem.js';
import { ToolError } from '../../domain/errors.js';
import type { ReadCall } from '../port/calls.js';
import type { MalformedDevItem } from '../port/devTool.js';
import { toDevItem, type ItemNaming } from './mapping.js';
import { failure, getProject, listProjects, PAGE_COUNT, problemIn, type Craftdesk } from './requests.js';
import { Project } from './schema.js';

/** A project as it can be used, or what is wrong with it. */
export type Entry =
  | { readonly read: 'project'; readonly project: Project; readonly item: DevItem }
  /** With its description where that at least is text. */
  | { readonly read: 'malformed'; readonly malformed: MalformedDevItem; readonly description: string | null };

export interface Reading {
  readonly entries: readonly Entry[];
  /** False: the passes did not agree; `entries` are what any of them showed. */
  readonly whole: boolean;
  /** R4; null where no time was seen. */
  readonly newest: string | null;
  /** `total` counts more than was shown. */
  readonly hidesSome: boolean;
}

interface Pass {
  readonly entries: ReadonlyMap<string, Entry>;
  readonly pages: number;
  /** Each page's `total`, where it said one. */
  readonly totals: ReadonlySet<number | null>;
  readonly repeats: number;
  /** The last page was reached. */
  readonly ended: boolean;
  readonly newestOfFirstPage: string | null;
}

/** So many passes over pages that never agree are enough for one read; the next one begins anew. */
const MOST_PASSES = 4;

/** Everything that the key sees. `agreed`: two passes in a row with the same ids are demanded of several pages (R3). */
export async function readAllProjects(
  cd: Craftdesk,
  naming: ItemNaming,
  proof: 'adds-up' | 'agreed',
  call: ReadCall,
): Promise<Reading> {
  const seen = new Map<string, Entry>();
  let before: Pass | null = null;
  for (let n = 1; n <= MOST_PASSES; n += 1) {
    const pass = await readPass(cd, naming, call);
    for (const [id, entry] of pass.entries) seen.set(id, entry);
    const isProven = addsUp(pass) && (pass.pages === 1 || proof === 'adds-up');
    if (isProven || (before !== null && agree(before, pass))) {
      const hidesSome = Math.max(...[...pass.totals].map(Number)) > pass.entries.size;
      return { entries: [...pass.entries.values()], whole: true, newest: pass.newestOfFirstPage, hidesSome };
    }
    before = pass;
    call.heartbeat?.();
  }
  return { entries: [...seen.values()], whole: false, newest: null, hidesSome: false };
}

/** R1 and R2; without a total only one page can. */
function addsUp(pass: Pass): boolean {
  if (!pass.ended || pass.repeats > 0 || pass.totals.size !== 1) return false;
  const [total = null] = pass.totals;
  return total === null ? pass.pages === 1 : total === pass.entries.size;
}

function agree(a: Pass, b: Pass): boolean {
  return (
    a.ended && b.ended && a.entries.size === b.entries.size && [...a.entries.keys()].every((id) => b.entries.has(id))
  );
}

/** A page that only repeats others ends the pass, and is not its last: a server that knows no pages cannot spin it. */
async function readPass(cd: Craftdesk, naming: ItemNaming, call: ReadCall): Promise<Pass> {
  const entries = new Map<string, Entry>();
  const totals = new Set<number | null>();
  let repeats = 0;
  let newestOfFirstPage: string | null = null;
  for (let pages = 1; ; pages += 1) {
    if (pages > 1) call.heartbeat?.();
    const page = await listProjects(cd, pages, call);
    totals.add(page.total);
    let fresh = 0;
    for (const [index, given] of page.entries.entries()) {
      const entry = readEntry(given, naming);
      const id = idOf(entry) ?? `?${pages}.${index}`;
      if (entries.has(id)) repeats += 1;
      else fresh += 1;
      entries.set(id, entry);
    }
    if (pages === 1) newestOfFirstPage = newestOf([...entries.values()]);
    const isLast = page.lastPage === null ? page.entries.length < PAGE_COUNT : pages >= page.lastPage;
    const isRepeated = fresh === 0 && page.entries.length > 0;
    const ended = isLast && !isRepeated;
    if (isLast || fresh === 0) return { entries, pages, totals, repeats, ended, newestOfFirstPage };
  }
}

export function readEntry(given: unknown, naming: ItemNaming): Entry {
  const read = Project.safeParse(given);
  if (!read.success) return malformedEntry(given, problemIn(read.error));
  const item = toDevItem(read.data, naming);
  if (item !== null) return { read: 'project', project: read.data, item };
  return malformedEntry(given, `"${naming.statusProperty}" that is no word: name the word itself in statusProperty`);
}

/** Stands for the id of an entry that has none. */
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

function newestOf(entries: readonly Entry[]): string | null {
  const times = entries.flatMap((entry) => (entry.read === 'project' ? (entry.item.updatedAt ?? []) : []));
  return times.reduce<string | null>((a, b) => (a !== null && Date.parse(a) >= Date.parse(b) ? a : b), null);
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

/** From this many ids on a look at the list costs fewer calls; only those that it does not show are then read singly. */
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
