/**
 * What a listing of everything may leave out: work items by the Swagger's query `updated_from`; initiatives, each of
 * which costs a call of its own, by what the portfolio's list shows of them.
 */
import type { CraftSource } from '../../domain/craftItem.js';
import type { Narrowed } from '../port/craft.js';
import type { CraftContext } from './context.js';
import type { ListQuery } from './requests.js';
import type { ListedInitiative } from './schema.js';

/** What narrows a listing: queries for the server, and what need not be read singly. */
export interface Filter {
  /** Of initiatives, which cost a call each. */
  readonly status: string | null;
  readonly query: ListQuery;
  readonly narrowed?: Narrowed | undefined;
  /** Initiatives that were read already. */
  readonly except?: ReadonlySet<string> | undefined;
}

const NO_FILTER: Filter = { status: null, query: {} };

export function knowsUpdates({ craft }: Pick<CraftContext, 'craft'>, source: CraftSource): boolean {
  return 'portfolio' in source || ('workspace' in source && craft.dialect.hasUpdatedQuery);
}

export function narrowedFilter(context: CraftContext, source: CraftSource, narrowed: Narrowed | undefined): Filter {
  if (narrowed === undefined) return NO_FILTER;
  const from = 'workspace' in source && knowsUpdates(context, source) ? narrowed.updatedFrom : null;
  return { status: null, query: from === null ? {} : { updated_from: from }, narrowed };
}

/** An initiative whose time the list does not show is read. */
export function isLeftOut({ id, updateTime }: ListedInitiative, { narrowed, except }: Filter): boolean {
  if (except?.has(id) === true) return true;
  if (narrowed === undefined) return false;
  if (!narrowed.only.has(id)) return true;
  const [at, from] = [Date.parse(updateTime ?? ''), Date.parse(narrowed.updatedFrom ?? '')];
  return at < from;
}
