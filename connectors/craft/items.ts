/**
 * Reading items of a workspace, initiatives of a portfolio and items of a feedback portal. Statuses are learned from
 * everything that is read; custom fields get their names where the answer lacks them.
 */
import type { CraftItem, CraftSource, MalformedCraftItem } from '../../domain/craftItem.js';
import { isRefusedById, ToolError } from '../../domain/errors.js';
import { hasStatus } from '../../domain/rules/readiness.js';
import type { ReadyRule } from '../../domain/settings.js';
import type { ReadCall } from '../port/calls.js';
import type { CraftPage } from '../port/craft.js';
import type { CraftContext } from './context.js';
import { type Entry, idIn, looksLikeId, malformed, readEntry, statusOf, toCraftItem } from './mapping.js';
import { type Filter, isLeftOut } from './narrowed.js';
import { readPages } from './paging.js';
import {
  failure,
  getFeedbackItem,
  getInitiative,
  getItem,
  listFeedback,
  listInitiatives,
  listItems,
  type ListQuery,
  PAGE_SIZE,
} from './requests.js';
import { type List, ListedInitiative, problemOf } from './schema.js';

type ReadableEntry = Extract<Entry, { status: 'item' }>;

/** The part of a rule that the server is asked to apply. */
export function filterOf(context: CraftContext, source: CraftSource, rule: ReadyRule): Filter {
  const { dialect } = context.craft;
  const status = rule.status === null ? null : filterStatus(context, source, rule.status);
  const types = rule.types ?? [];
  const sendsTypes = dialect.hasTypeAndShortIdQuery && types.length > 0 && !types.some((type) => type.includes(','));
  if ('portfolio' in source) return { status: rule.status, query: {} };
  const query = {
    ...(status !== null && { status }),
    ...(sendsTypes && 'workspace' in source && { type: types.join(',') }),
  };
  return { status: rule.status, query };
}

/** Pages of what the server side of a rule matches. Types are queried by their default terms. */
export async function* listReady(
  context: CraftContext,
  {
    source,
    rule,
    call,
    except,
  }: {
    readonly source: CraftSource;
    readonly rule: ReadyRule;
    readonly call: ReadCall;
    readonly except: ReadonlySet<string> | undefined;
  },
): AsyncGenerator<CraftPage> {
  const terms = rule.types === null ? null : await context.terms.of(source, call);
  const types = rule.types?.map((word) => terms?.defaultOf(word) ?? word) ?? null;
  yield* listSource(context, source, { ...filterOf(context, source, { ...rule, types }), except }, call);
}

/** Lists are filtered by the status's name, as in the guide; for an id the name is sent once it is known. */
function filterStatus({ statuses }: CraftContext, source: CraftSource, nameOrId: string): string | null {
  const name = statuses.known(source, nameOrId)?.name ?? null;
  return name ?? (looksLikeId(nameOrId) ? null : nameOrId);
}

/**
 * Pages of a source; each item once. An initiative is a page of its own: whoever keeps it notes when it was read, and
 * the others of its page may take minutes.
 */
export async function* listSource(
  context: CraftContext,
  source: CraftSource,
  filter: Filter,
  call: ReadCall,
): AsyncGenerator<CraftPage> {
  for await (const entries of readPages((page) => listPage(context, source, filter.query, page, call), call)) {
    if (!('portfolio' in source)) {
      yield await toPage(context, source, entries.map(readEntry), call);
      continue;
    }
    const leftOut: string[] = [];
    for await (const read of readInitiatives(context, entries, { ...filter, leftOut }, call)) {
      yield await toPage(context, source, [read], call);
    }
    if (leftOut.length > 0) yield { items: [], malformed: [], leftOut };
  }
}

/** One page, its entries unparsed. */
export async function listPage(
  { craft }: CraftContext,
  source: CraftSource,
  narrowed: ListQuery,
  page: number,
  call: ReadCall,
): Promise<List> {
  const query = { ...narrowed, page: String(page), limit: String(PAGE_SIZE), fields: 'all' };
  if ('workspace' in source) return await listItems(craft, source.workspace, query, call);
  if ('portfolio' in source) return await listInitiatives(craft, source.portfolio, query, call);
  return await listFeedback(craft, source.feedbackPortal, query, call);
}

/** Pages of ids as the listing shows them, even of entries that cannot be read otherwise. */
export async function* listIds(
  context: CraftContext,
  source: CraftSource,
  call: ReadCall,
): AsyncGenerator<readonly string[]> {
  for await (const entries of readPages((page) => listPage(context, source, {}, page, call), call)) {
    yield entries.flatMap((entry) => idIn(entry) ?? []);
  }
}

/**
 * Pages as the listing shows them, initiatives not read singly: enough to see which statuses, types and fields exist.
 */
export async function* lookAt(
  context: CraftContext,
  source: CraftSource,
  query: ListQuery,
  call: ReadCall,
): AsyncGenerator<CraftPage> {
  for await (const entries of readPages((page) => listPage(context, source, query, page, call), call)) {
    yield await toPage(context, source, entries.map(readEntry), call);
  }
}

/** At most this many pages are searched for something that may not exist. */
export const LOOK_PAGES = 10;

/**
 * Reads until `isEnough`, so that statuses are learned: first the items that the server filters by this status, then
 * the listing.
 */
export async function lookForStatus(
  context: CraftContext,
  source: CraftSource,
  look: { readonly name: string; readonly isEnough: () => boolean },
  call: ReadCall,
): Promise<void> {
  const queries = 'portfolio' in source || looksLikeId(look.name) ? [{}] : [{ status: look.name }, {}];
  for (const query of queries) {
    let pages = 0;
    for await (const page of lookAt(context, source, query, call)) {
      pages += 1;
      if (look.isEnough() || pages >= LOOK_PAGES || (page.items.length > 0 && 'status' in query)) break;
    }
    if (look.isEnough()) return;
  }
}

/**
 * Reads each initiative singly; one that was deleted since the listing is left out, and one that the key may not read
 * stops no other.
 */
async function* readInitiatives(
  { craft }: CraftContext,
  entries: readonly unknown[],
  filter: Filter & { readonly leftOut: string[] },
  call: ReadCall,
): AsyncGenerator<Entry> {
  for (const entry of entries) {
    const listed = ListedInitiative.safeParse(entry);
    if (!listed.success) {
      yield { status: 'malformed', entry: malformed(entry, problemOf(listed.error)) };
      continue;
    }
    const status = statusOf(listed.data);
    if (status !== null && filter.status !== null && !hasStatus({ status }, filter.status)) continue;
    if (isLeftOut(listed.data, filter)) {
      filter.leftOut.push(listed.data.id);
      continue;
    }
    call.heartbeat?.();
    const single = await orNull(orRefused(getInitiative(craft, listed.data.id, call)));
    if (single === REFUSED) yield { status: 'malformed', entry: malformed(listed.data, NOT_READABLE) };
    else if (single !== null) yield nameable(readEntry(single), listed.data);
  }
}

const REFUSED = Symbol('refused');
const NOT_READABLE = 'it is in the list, but the key may not read it (status 403)';

async function orRefused(read: Promise<unknown>): Promise<unknown> {
  try {
    return await read;
  } catch (error) {
    if (isRefusedById(error)) return REFUSED;
    throw error;
  }
}

/** Where a single answer cannot be read, not even its id, the listing's id is used. */
function nameable(entry: Entry, listed: { readonly id: string; readonly shortId?: string | null | undefined }): Entry {
  if (entry.status === 'item') return entry;
  const { shortId, problem } = entry.entry;
  return { status: 'malformed', entry: { id: listed.id, shortId: shortId ?? listed.shortId ?? null, problem } };
}

async function toPage(
  context: CraftContext,
  source: CraftSource,
  entries: readonly Entry[],
  call: ReadCall,
): Promise<CraftPage> {
  const readable = entries.filter((entry): entry is ReadableEntry => entry.status === 'item');
  const broken = entries.flatMap((entry): readonly MalformedCraftItem[] =>
    entry.status === 'malformed' ? [entry.entry] : [],
  );
  return { items: await named(context, source, readable, call), malformed: broken };
}

async function named(
  { fields, statuses, terms }: CraftContext,
  source: CraftSource,
  entries: readonly ReadableEntry[],
  call: ReadCall,
): Promise<readonly CraftItem[]> {
  const nameless = entries.flatMap(({ item }) =>
    (item.customFields ?? []).filter(({ name }) => name === null || name === undefined).map((field) => field.id),
  );
  const nameOf = await fields.names(source, [...new Set(nameless)], call);
  const known = entries.length === 0 ? null : await terms.of(source, call);
  const items = entries.map((entry) => toCraftItem(entry, nameOf, (type) => known?.customOf(type) ?? null));
  statuses.learn(source, items);
  return items;
}

/** The entry as answered; null where Craft.io says that it does not exist. */
export async function readRaw(
  { craft }: CraftContext,
  source: CraftSource,
  id: string,
  call: ReadCall,
): Promise<ReadableEntry | null> {
  const answer = await orNull(single(source)(craft, id, call));
  if (answer === null) return null;
  const entry = readEntry(answer);
  const place =
    'workspace' in source
      ? 'GET /item/{id}'
      : 'portfolio' in source
        ? 'GET /portfolio_item/{id}'
        : 'GET /feedback_item/{id}';
  if (entry.status === 'malformed') {
    const { shortId, problem } = entry.entry;
    const which = shortId === null ? `item ${id}` : `${shortId}`;
    throw failure(craft, 'unexpected-response', `${place} answered ${which} not as documented: ${problem}`);
  }
  if (entry.item.id === id) return entry;
  throw failure(craft, 'unexpected-response', `${place} answered another item than the one that was asked for`);
}

function single(source: CraftSource): typeof getItem {
  if ('workspace' in source) return getItem;
  return 'portfolio' in source ? getInitiative : getFeedbackItem;
}

/** Null means that the item is missing; an empty answer becomes `{}`, which is malformed. */
async function orNull(read: Promise<unknown>): Promise<unknown> {
  try {
    return (await read) ?? {};
  } catch (error) {
    if (error instanceof ToolError && error.kind === 'not-found') return null;
    throw error;
  }
}

export async function readItem(
  context: CraftContext,
  source: CraftSource,
  id: string,
  call: ReadCall,
): Promise<CraftItem | null> {
  const entry = await readRaw(context, source, id, call);
  if (entry === null) return null;
  const [item] = await named(context, source, [entry], call);
  return item ?? null;
}
