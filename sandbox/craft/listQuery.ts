/**
 * The list of items of a workspace or portfolio: filters, order and pages of `GET /workspace/{id}/items` (sources:
 * Craft.io API).
 */
import type { Behaviour } from '../world/behaviour.js';
import type { CraftItem } from './model.js';
import type { CraftWorld } from './craftWorld.js';

/** No maximum is documented; a larger `limit` gets pages of this size, and `metadata.perPage` says so. */
const MAX_PER_PAGE = 100;
const DEFAULT_PER_PAGE = 50;

export interface PageMetadata {
  readonly currentPage: number;
  readonly perPage: number;
  readonly totalPages: number;
  readonly totalRecords: number;
}

export interface ListPage {
  readonly items: readonly CraftItem[];
  readonly metadata: PageMetadata;
}

export type ListResult =
  { readonly status: 'listed'; readonly page: ListPage } | { readonly status: 'invalid'; readonly message: string };

type Test = (item: CraftItem) => boolean;
type Filter =
  { readonly status: 'test'; readonly test: Test } | { readonly status: 'invalid'; readonly message: string };

export function listItems(
  craft: CraftWorld,
  placeId: string,
  query: URLSearchParams,
  behaviour: Behaviour,
): ListResult {
  const tests: Test[] = [];
  for (const [name, value] of query) {
    const filter = FILTERS[name]?.(value, craft);
    if (filter?.status === 'invalid') return filter;
    if (filter?.status === 'test') tests.push(filter.test);
  }
  const found = craft.listed(placeId).filter((item) => tests.every((test) => test(item)));
  // Compared as strings: both are ISO times of one length.
  if (behaviour.craftOrder === 'updated') found.sort((a, b) => (a.updateTime < b.updateTime ? 1 : -1));
  const page = pageOf(found, query, DEFAULT_PER_PAGE);
  if (page.status === 'invalid') return page;
  return { status: 'listed', page: { items: page.entries, metadata: page.metadata } };
}

/** The page that a query asks for. */
export function pageOf<T>(
  found: readonly T[],
  query: URLSearchParams,
  defaultPerPage: number,
):
  | { readonly status: 'page'; readonly entries: readonly T[]; readonly metadata: PageMetadata }
  | { readonly status: 'invalid'; readonly message: string } {
  const page = wholeNumber(query.get('page'), 1);
  const limit = wholeNumber(query.get('limit'), defaultPerPage);
  if (page === null) return { status: 'invalid', message: 'page must be a whole number from 1' };
  if (limit === null) return { status: 'invalid', message: 'limit must be a whole number from 1' };
  const perPage = Math.min(limit, MAX_PER_PAGE);
  const metadata = {
    currentPage: page,
    perPage,
    totalPages: Math.ceil(found.length / perPage),
    totalRecords: found.length,
  };
  return { status: 'page', entries: found.slice((page - 1) * perPage, page * perPage), metadata };
}

function wholeNumber(text: string | null, otherwise: number): number | null {
  if (text === null) return otherwise;
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null;
}

const FILTERS: Readonly<Record<string, (value: string, craft: CraftWorld) => Filter>> = {
  // The document does not say whether it means names or ids; both are accepted, as exact matches.
  status: (value, craft) => {
    const id = craft.statusNamed(value)?.id ?? value;
    return test((item) => item.statusId === id);
  },
  importance: (value, craft) => {
    const id = [...craft.importances.values()].find(({ name }) => name === value)?.id ?? value;
    return test((item) => item.importanceId === id);
  },
  type: (value) => {
    const types = commaList(value);
    return test((item) => types.includes(item.type));
  },
  shortId: (value) => test((item) => item.shortId === value),
  // A short id here is no error: 200 with an empty list.
  parents: (value) => {
    const ids = commaList(value);
    return test((item) => item.parentId !== null && ids.includes(item.parentId));
  },
  assignee: (value) => test((item) => item.assigneeId === value),
  createdBy: (value) => test((item) => item.createdById === value),
  labels: (value) => {
    const labels = commaList(value);
    return test((item) => item.labels.some((label) => labels.includes(label)));
  },
  keyword: (value) => {
    if (value.length < 2) return { status: 'invalid', message: 'keyword must have at least 2 characters' };
    const word = value.toLowerCase();
    return test((item) => `${item.title}\n${item.description ?? ''}`.toLowerCase().includes(word));
  },
  updated_from: (value) => time('updated_from', value, (at) => (item) => Date.parse(item.updateTime) >= at),
  updated_to: (value) => time('updated_to', value, (at) => (item) => Date.parse(item.updateTime) <= at),
  created_from: (value) => time('created_from', value, (at) => (item) => Date.parse(item.creationTime) >= at),
  created_to: (value) => time('created_to', value, (at) => (item) => Date.parse(item.creationTime) <= at),
  // The account has no sprints and no quarters.
  sprint: () => test(() => false),
  quarter: () => test(() => false),
};

function test(holds: Test): Filter {
  return { status: 'test', test: holds };
}

function commaList(value: string): string[] {
  return value.split(',').map((part) => part.trim());
}

function time(name: string, value: string, make: (atMs: number) => Test): Filter {
  const at = /^\d{4}-\d\d-\d\dT/.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(at)) return { status: 'invalid', message: `${name} must be an ISO date-time` };
  return test(make(at));
}
