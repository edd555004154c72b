/**
 * Finds the initiative that a target names: by its number (`I-12`), by its id, else by its title. Kitemaker has no
 * search, so a title is looked up among all initiatives; it is cached, so that this costs those calls only once.
 */
import { ToolError, type ToolErrorKind } from '../../domain/errors.js';
import { nearestOf } from '../findings.js';
import type { ReadCall } from '../port/calls.js';
import { readPages } from './paging.js';
import { failure, initiativeById, initiativeByNumber, initiativesPage, type Kitemaker } from './requests.js';
import { Initiative } from './schema.js';

const OLD_AFTER_MS = 15 * 60_000;
const NUMBER = /^I-\d+$/i;

export interface Initiatives {
  /** The id. Throws `not-found` for a number, `invalid` for anything else that means no initiative, or several. */
  idOf(named: string, call: ReadCall): Promise<string>;
  /** The same, without the cache. */
  askedIdOf(named: string, call: ReadCall): Promise<string>;
}

export function createInitiatives(km: Kitemaker, now: () => number): Initiatives {
  const titled = new Map<string, { readonly id: string; readonly readAtMs: number }>();
  const askedIdOf: Initiatives['askedIdOf'] = async (named, call) => {
    if (NUMBER.test(named)) return await initiativeByNumber(km, named, call);
    const byId = await orNull(initiativeById(km, named, call));
    if (byId !== null) return byId;
    call.heartbeat?.();
    const id = await idOfTitle(km, named, call);
    titled.set(named, { id, readAtMs: now() });
    return id;
  };
  return {
    askedIdOf,
    async idOf(named, call) {
      const known = titled.get(named);
      return known !== undefined && now() - known.readAtMs <= OLD_AFTER_MS ? known.id : await askedIdOf(named, call);
    },
  };
}

/** How a server may answer when it is given a title as an id: from "no such id" to an error of its own. */
const NO_SUCH_ID: ReadonlySet<ToolErrorKind> = new Set(['not-found', 'invalid', 'unavailable', 'unexpected-response']);

async function orNull(id: Promise<string>): Promise<string | null> {
  try {
    return await id;
  } catch (error) {
    if (error instanceof ToolError && NO_SUCH_ID.has(error.kind) && error.details.notSent !== true) return null;
    throw error;
  }
}

async function idOfTitle(km: Kitemaker, title: string, call: ReadCall): Promise<string> {
  const all = new Map<string, { readonly id: string; readonly name: string }>();
  const take = (entries: readonly unknown[]) => {
    for (const entry of entries) {
      const { data } = Initiative.safeParse(entry);
      if (data !== undefined) all.set(data.id, { id: data.id, name: data.title.trim() });
    }
    return 'more' as const;
  };
  const ended = await readPages((cursor) => initiativesPage(km, cursor, call), take, call);
  if (ended !== 'whole') {
    throw failure(km, 'unexpected-response', 'GraphQL initiatives answered pages that do not come to an end');
  }
  const [found, ...others] = [...all.values()].filter(({ name }) => name === title);
  if (found === undefined) {
    const near = nearestOf(title, [...all.values()]);
    throw failure(km, 'invalid', `no initiative has the id or title "${title}"${near}`);
  }
  if (others.length === 0) return found.id;
  const ids = [found, ...others].map(({ id }) => id).join(' and ');
  const count = others.length === 1 ? 'two' : String(others.length + 1);
  throw failure(km, 'invalid', `${count} initiatives have the title "${title}", ${ids}: give the id or number of one`);
}
