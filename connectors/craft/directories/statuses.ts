/**
 * Statuses by name and id. Craft.io documents no list of them, so they are learned from the items seen; a needed status
 * that was never seen is searched in a bounded part of the listing (design 6).
 */
import { closest } from 'fastest-levenshtein';
import type { CraftItem, CraftSource } from '../../../domain/craftItem.js';
import { allNamed } from '../../../domain/rules/names.js';
import type { ReadCall } from '../../port/calls.js';
import { looksLikeId, sourceWords } from '../mapping.js';
import { type Craft, failure } from '../requests.js';

export type SeenStatus = NonNullable<CraftItem['status']>;

/** A status that was searched in vain is searched again after this. */
const LOOK_AGAIN_MS = 5 * 60_000;

export interface StatusDirectory {
  learn(source: CraftSource, items: readonly Pick<CraftItem, 'status'>[]): void;
  seen(source: CraftSource): readonly SeenStatus[];
  /** By id or name, among those seen. */
  known(source: CraftSource, nameOrId: string): SeenStatus | null;
  /** In the form that the dialect writes; throws `invalid` where it would be a guess. */
  toWrite(source: CraftSource, nameOrId: string, call: ReadCall): Promise<string>;
}

/** Reads items until `isEnough`, at most some pages, so that their statuses are learned. */
export type LookThrough = (
  source: CraftSource,
  look: { readonly name: string; readonly isEnough: () => boolean },
  call: ReadCall,
) => Promise<void>;

export function createStatusDirectory(craft: Craft, now: () => number, lookThrough: LookThrough): StatusDirectory {
  /** By source, then by id, or by name for a status without an id. */
  const statuses = new Map<string, Map<string, SeenStatus>>();
  const inVain = new Map<string, number>();

  const of = (source: CraftSource): Map<string, SeenStatus> => {
    const known = statuses.get(sourceWords(source)) ?? new Map<string, SeenStatus>();
    statuses.set(sourceWords(source), known);
    return known;
  };
  const known = (source: CraftSource, nameOrId: string): SeenStatus | null => {
    const all = [...of(source).values()];
    return all.find(({ id }) => id === nameOrId) ?? named(all, nameOrId);
  };
  const look = async (source: CraftSource, nameOrId: string, call: ReadCall): Promise<SeenStatus | null> => {
    const key = `${sourceWords(source)}/${nameOrId}`;
    const isUsable = (): SeenStatus | null => usable(craft, known(source, nameOrId));
    if (isUsable() !== null || now() - (inVain.get(key) ?? -Infinity) < LOOK_AGAIN_MS) return isUsable();
    await lookThrough(source, { name: nameOrId, isEnough: () => isUsable() !== null }, call);
    if (isUsable() === null) inVain.set(key, now());
    return isUsable();
  };

  return {
    learn(source, items) {
      for (const { status } of items) if (status !== null) of(source).set(status.id ?? status.name, status);
    },
    seen: (source) => [...of(source).values()],
    known,
    async toWrite(source, nameOrId, call) {
      const isIdLike = looksLikeId(nameOrId);
      if (craft.dialect.statusBy === 'name' && !isIdLike) return known(source, nameOrId)?.name ?? nameOrId;
      const found = await look(source, nameOrId, call);
      if (craft.dialect.statusBy === 'name' && found !== null) return found.name;
      const id = found?.id ?? null;
      if (craft.dialect.statusBy === 'id' && id !== null) return id;
      if (craft.dialect.statusBy === 'id' && isIdLike) return nameOrId;
      const need =
        craft.dialect.statusBy === 'id' ? 'its id is needed: give the id' : 'its name is needed: give the name';
      const near = nearestStatus([...of(source).values()], nameOrId);
      const why = `no item of ${sourceWords(source)} that was seen has the status "${nameOrId}", and ${need}${near}`;
      throw failure(craft, 'invalid', `the update was not sent: ${why}`, true);
    },
  };
}

/** The first one seen with an id: a name does not tell statuses of different item types apart. */
function named(all: readonly SeenStatus[], name: string): SeenStatus | null {
  const same = allNamed(all, name);
  return same.find(({ id }) => id !== null) ?? same[0] ?? null;
}

function usable(craft: Craft, status: SeenStatus | null): SeenStatus | null {
  return status !== null && craft.dialect.statusBy === 'id' && status.id === null ? null : status;
}

export function nearestStatus(seen: readonly SeenStatus[], nameOrId: string): string {
  if (seen.length === 0) return '; no status was seen yet';
  const near = closest(
    nameOrId.toLowerCase(),
    seen.map(({ name }) => name.toLowerCase()),
  );
  const status = seen.find(({ name }) => name.toLowerCase() === near);
  return status === undefined ? '' : `; the nearest is "${status.name}"${status.id === null ? '' : `, ${status.id}`}`;
}
