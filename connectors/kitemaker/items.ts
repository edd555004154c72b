/** Reads work items: by id in batches, and whole spaces page by page. */
import type { ReadCall } from '../port/calls.js';
import type { MalformedDevItem } from '../port/devTool.js';
import { namedAliases } from './graphql.js';
import { readPages } from './paging.js';
import { ALIASES, failure, type Kitemaker, problemIn, workItemsById, workItemsPage } from './requests.js';
import { WorkItem } from './schema.js';

/** A work item that is not as documented, with its description where at least that is text. */
export interface MalformedEntry extends MalformedDevItem {
  readonly description: string | null;
}

export interface Entries {
  readonly items: readonly WorkItem[];
  readonly malformed: readonly MalformedEntry[];
}

/** The id of an entry that has none. */
const NO_ID = '?';

/** Reads each entry of a list by itself. */
export function readEntries(entries: readonly unknown[]): Entries {
  const items: WorkItem[] = [];
  const malformed: MalformedEntry[] = [];
  for (const entry of entries) {
    const read = WorkItem.safeParse(entry);
    if (read.success) items.push(read.data);
    else malformed.push(malformedEntry(entry, problemIn(read.error)));
  }
  return { items, malformed };
}

function malformedEntry(entry: unknown, problem: string): MalformedEntry {
  const part = (name: string) => {
    const value: unknown = typeof entry === 'object' && entry !== null ? Reflect.get(entry, name) : null;
    return typeof value === 'string' && value !== '' ? value : null;
  };
  return { id: part('id') ?? NO_ID, problem, description: part('description') };
}

export interface SpaceRead extends Entries {
  /** False: the pages did not end. */
  readonly whole: boolean;
}

/** Every item of a space. */
export async function readSpace(
  km: Kitemaker,
  at: { readonly spaceId: string; readonly described: boolean },
  call: ReadCall,
): Promise<SpaceRead> {
  const items = new Map<string, WorkItem>();
  const malformed = new Map<string, MalformedEntry>();
  const take = (entries: readonly unknown[]) => {
    const read = readEntries(entries);
    for (const item of read.items) items.set(item.id, item);
    for (const item of read.malformed) malformed.set(item.id, item);
    return 'more' as const;
  };
  const ended = await readPages((cursor) => workItemsPage(km, { ...at, cursor }, call), take, call);
  return { items: [...items.values()], malformed: [...malformed.values()], whole: ended === 'whole' };
}

export interface WorkItemsById extends Entries {
  readonly missing: readonly string[];
}

/** Reads items by id, in whatever space they are. */
export async function readById(
  km: Kitemaker,
  ids: readonly string[],
  described: boolean,
  call: ReadCall,
): Promise<WorkItemsById> {
  const wanted = [...new Set(ids)];
  const all = { items: [] as WorkItem[], malformed: [] as MalformedEntry[], missing: [] as string[] };
  for (let at = 0; at < wanted.length; at += ALIASES) {
    if (at > 0) call.heartbeat?.();
    const read = await readBatch(km, wanted.slice(at, at + ALIASES), described, call);
    all.items.push(...read.items);
    all.malformed.push(...read.malformed);
    all.missing.push(...read.missing);
  }
  const [broken] = all.malformed;
  if (wanted.length > 1 || broken === undefined) return all;
  throw failure(km, 'unexpected-response', `GraphQL workItem answered ${broken.problem}`);
}

/**
 * One missing id voids the whole answer, since `workItem` is non-null. The ids that errors name are taken out and the
 * rest is requested again; where no error names one, the batch is halved down to single ids.
 */
async function readBatch(
  km: Kitemaker,
  ids: readonly string[],
  described: boolean,
  call: ReadCall,
): Promise<WorkItemsById> {
  if (ids.length === 0) return { items: [], malformed: [], missing: [] };
  const { data, errors } = await workItemsById(km, ids, described, call);
  if (errors.length === 0) return readAliases(km, ids, data);
  const { aliases } = namedAliases(errors);
  const missing = ids.filter((_, index) => aliases.has(`i${index}`));
  if (missing.length > 0) {
    const rest = await readBatch(
      km,
      ids.filter((id) => !missing.includes(id)),
      described,
      call,
    );
    return { ...rest, missing: [...missing, ...rest.missing] };
  }
  if (ids.length === 1) return { items: [], malformed: [], missing: ids };
  const middle = Math.ceil(ids.length / 2);
  const first = await readBatch(km, ids.slice(0, middle), described, call);
  const second = await readBatch(km, ids.slice(middle), described, call);
  return {
    items: [...first.items, ...second.items],
    malformed: [...first.malformed, ...second.malformed],
    missing: [...first.missing, ...second.missing],
  };
}

function readAliases(km: Kitemaker, ids: readonly string[], data: Readonly<Record<string, unknown>>): WorkItemsById {
  const items: WorkItem[] = [];
  const malformed: MalformedEntry[] = [];
  for (const [index, id] of ids.entries()) {
    const entry = data[`i${index}`];
    const read = WorkItem.safeParse(entry);
    if (read.success && read.data.id === id) items.push(read.data);
    else if (read.success) throw failure(km, 'unexpected-response', 'GraphQL workItem answered another item');
    else malformed.push({ id, problem: problemIn(read.error), description: null });
  }
  return { items, malformed, missing: [] };
}
