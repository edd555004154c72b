/**
 * The custom fields of each source, kept for five minutes so that a name costs no call each time.
 *  D1. An id wins over a name, since an id may look like a name (`dev_status`).
 *  D2. What is not listed is looked up once more in a fresh list, then remembered as unlisted for a while.
 *  D3. Nothing is guessed: a name that is not listed, or is listed twice, is refused.
 */
import { closest } from 'fastest-levenshtein';
import type { CraftSource } from '../../../domain/craftItem.js';
import { ToolError } from '../../../domain/errors.js';
import { allNamed, sameName } from '../../../domain/rules/names.js';
import type { ReadCall } from '../../port/calls.js';
import { looksLikeId, type NameOf, sourceWords } from '../mapping.js';
import {
  type Craft,
  type CustomField,
  failure,
  listCustomFields,
  listPortalFields,
  listPortfolioFields,
} from '../requests.js';

const OLD_AFTER_MS = 5 * 60_000;
/** What was not listed is looked up again after this. */
const LOOK_AGAIN_MS = 30_000;

export type FieldLookup =
  | { readonly status: 'found'; readonly field: CustomField }
  /** `why` is one clause that names the field and the nearest that exists. */
  | { readonly status: 'missing'; readonly why: string };

export interface FieldDirectory {
  /**
   * From the cache, or read where unknown or old. Empty for a feedback portal in the guide's dialect, which documents
   * no list.
   */
  list(source: CraftSource, call: ReadCall): Promise<readonly CustomField[]>;
  refreshed(source: CraftSource, call: ReadCall): Promise<readonly CustomField[]>;
  /** Names for these ids; reads only where one is unknown. */
  names(source: CraftSource, ids: readonly string[], call: ReadCall): Promise<NameOf>;
  lookUp(source: CraftSource, nameOrId: string, call: ReadCall): Promise<FieldLookup>;
}

interface Kept {
  readonly fields: readonly CustomField[];
  readonly readAtMs: number;
  /** Names and ids that were looked up in this list in vain. */
  readonly unlisted: Set<string>;
}

export function createFieldDirectory(craft: Craft, now: () => number): FieldDirectory {
  const kept = createKept(craft, now);

  /** The list; read again where one of `wanted` is missing and was not looked up a moment ago (D2). */
  async function including(source: CraftSource, wanted: readonly string[], call: ReadCall): Promise<Kept> {
    const { list, isNew } = await kept.current(source, call);
    const missing = wanted.filter(
      (word) => !list.fields.some((field) => field.id === word || sameName(field.name, word)),
    );
    const isWorthwhile = missing.some((word) => !list.unlisted.has(word)) || now() - list.readAtMs > LOOK_AGAIN_MS;
    const result = missing.length > 0 && !isNew && isWorthwhile ? await kept.refresh(source, call) : list;
    for (const word of missing) result.unlisted.add(word);
    return result;
  }

  return {
    list: async (source, call) => (await kept.current(source, call)).list.fields,
    refreshed: async (source, call) => (await kept.refresh(source, call)).fields,
    async names(source, ids, call) {
      if (ids.length === 0) return () => null;
      const { fields } = await including(source, ids, call);
      const byId = new Map(fields.map((field) => [field.id, field.name]));
      return (id) => byId.get(id) ?? null;
    },
    async lookUp(source, nameOrId, call) {
      const { fields } = await including(source, [nameOrId], call);
      return findField(fields, nameOrId, source);
    },
  };
}

interface KeptLists {
  current(source: CraftSource, call: ReadCall): Promise<{ readonly list: Kept; readonly isNew: boolean }>;
  refresh(source: CraftSource, call: ReadCall): Promise<Kept>;
}

function createKept(craft: Craft, now: () => number): KeptLists {
  const kept = new Map<string, Kept>();
  const underWay = new Map<string, Promise<Kept>>();

  async function read(source: CraftSource, call: ReadCall): Promise<Kept> {
    const fields = await fetchFields(craft, source, call);
    const fresh = { fields, readAtMs: now(), unlisted: new Set<string>() };
    kept.set(sourceWords(source), fresh);
    return fresh;
  }

  /** One read at a time for each source. A caller that waited for a read that failed makes its own. */
  async function refresh(source: CraftSource, call: ReadCall): Promise<Kept> {
    const key = sourceWords(source);
    const others = underWay.get(key);
    if (others !== undefined) return (await others.catch(() => null)) ?? (await read(source, call));
    const own = read(source, call).finally(() => underWay.delete(key));
    underWay.set(key, own);
    return await own;
  }

  return {
    refresh,
    async current(source, call) {
      const known = kept.get(sourceWords(source));
      if (known !== undefined && now() - known.readAtMs <= OLD_AFTER_MS) return { list: known, isNew: false };
      return { list: await refresh(source, call), isNew: true };
    },
  };
}

async function fetchFields(craft: Craft, source: CraftSource, call: ReadCall): Promise<readonly CustomField[]> {
  if ('workspace' in source) return await listCustomFields(craft, source.workspace, call);
  if ('portfolio' in source) return await listPortfolioFields(craft, source.portfolio, call);
  return craft.dialect.hasPortalFields ? await portalFields(craft, source.feedbackPortal, call) : [];
}

/**
 * Nothing is written to feedback, so a server without this list is no reason to fail: its fields then only have ids.
 */
async function portalFields(craft: Craft, portal: string, call: ReadCall): Promise<readonly CustomField[]> {
  try {
    return await listPortalFields(craft, portal, call);
  } catch (error) {
    if (error instanceof ToolError && error.kind === 'not-found') return [];
    throw error;
  }
}

/** D1 and D3. */
export function findField(fields: readonly CustomField[], nameOrId: string, source: CraftSource): FieldLookup {
  const byId = fields.find((field) => field.id === nameOrId);
  if (byId !== undefined) return { status: 'found', field: byId };
  const named = allNamed(fields, nameOrId);
  const [field] = named;
  if (field !== undefined && named.length === 1) return { status: 'found', field };
  if (field !== undefined) {
    const ids = named.map(({ id }) => id).join(', ');
    return {
      status: 'missing',
      why: `${sourceWords(source)} has several custom fields "${nameOrId}": give one's id (${ids})`,
    };
  }
  const what = looksLikeId(nameOrId)
    ? 'lists no custom field with the id'
    : 'lists no custom field with the id or name';
  return { status: 'missing', why: `${sourceWords(source)} ${what} "${nameOrId}"${nearestField(fields, nameOrId)}` };
}

function nearestField(fields: readonly CustomField[], nameOrId: string): string {
  if (fields.length === 0) return '; it has none';
  const words = fields.flatMap(({ id, name }) => [name, id]);
  const near = closest(
    nameOrId.toLowerCase(),
    words.map((word) => word.toLowerCase()),
  );
  const field = fields.find(({ id, name }) => name.toLowerCase() === near || id.toLowerCase() === near);
  return field === undefined ? '' : `; the nearest is "${field.name}", ${field.id}`;
}

/** For a write: the id, or `invalid` before anything is sent. */
export async function fieldId(
  craft: Craft,
  directory: FieldDirectory,
  ask: { readonly source: CraftSource; readonly nameOrId: string },
  call: ReadCall,
): Promise<string> {
  const found = await directory.lookUp(ask.source, ask.nameOrId, call);
  if (found.status === 'found') return found.field.id;
  throw failure(craft, 'invalid', `the update was not sent: ${found.why}`, true);
}
