/** Reads work items: by id in batches, and whole spaces page by page. */
import type { ReadCall } from '../port/calls.js';
import type { MalformedDevItem } from '../port/devTool.js';
import { meansAbsent, meansRefused, namedAliases } from './graphql.js';
import { readPages } from './paging.js';
import {
  ALIASES,
  type ByIdRead,
  failure,
  type Kitemaker,
  problemIn,
  workItemsById,
  workItemsPage,
} from './requests.js';
import { type GraphqlError, WorkItem } from './schema.js';

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
  /** Those that the key may not read, among several. */
  readonly refused: readonly string[];
}

const NONE: WorkItemsById = { items: [], malformed: [], missing: [], refused: [] };

/** Reads items by id, in whatever space they are. */
export async function readById(
  km: Kitemaker,
  ids: readonly string[],
  described: boolean,
  call: ReadCall,
): Promise<WorkItemsById> {
  const wanted = [...new Set(ids)];
  const how = { described, several: wanted.length > 1 };
  let all = NONE;
  for (let at = 0; at < wanted.length; at += ALIASES) {
    if (at > 0) call.heartbeat?.();
    all = together(all, await readBatch(km, wanted.slice(at, at + ALIASES), how, call));
  }
  const [broken] = all.malformed;
  if (wanted.length > 1 || broken === undefined) return all;
  throw failure(km, 'unexpected-response', `GraphQL workItem answered ${broken.problem}`);
}

function together(one: WorkItemsById, other: WorkItemsById): WorkItemsById {
  return {
    items: [...one.items, ...other.items],
    malformed: [...one.malformed, ...other.malformed],
    missing: [...one.missing, ...other.missing],
    refused: [...one.refused, ...other.refused],
  };
}

/**
 * One missing or refused id voids the whole answer, since `workItem` is non-null. The ids that errors name are taken
 * out and the rest is requested again; where no error names one, the batch is halved down to single ids.
 */
async function readBatch(km: Kitemaker, ids: readonly string[], how: ByIdRead, call: ReadCall): Promise<WorkItemsById> {
  if (ids.length === 0) return NONE;
  const { data, errors } = await workItemsById(km, ids, how, call);
  if (errors.length === 0) return readAliases(km, ids, data);
  const named = (which: readonly GraphqlError[]): string[] => {
    const { aliases } = namedAliases(which);
    return ids.filter((_, index) => aliases.has(`i${index}`));
  };
  const refusals = errors.filter(meansRefused);
  const refused = named(refusals);
  const missing = named(errors.filter(meansAbsent)).filter((id) => !refused.includes(id));
  if (missing.length + refused.length > 0) {
    const left = ids.filter((id) => !missing.includes(id) && !refused.includes(id));
    return together({ ...NONE, missing, refused }, await readBatch(km, left, how, call));
  }
  if (ids.length === 1) return refusals.length > 0 ? { ...NONE, refused: ids } : { ...NONE, missing: ids };
  const middle = Math.ceil(ids.length / 2);
  const first = await readBatch(km, ids.slice(0, middle), how, call);
  return together(first, await readBatch(km, ids.slice(middle), how, call));
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
  return { items, malformed, missing: [], refused: [] };
}
