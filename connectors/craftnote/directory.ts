/**
 * Caches the names of project statuses, so that a status word does not cost a call each time. They are read again with
 * each feed, on a miss, and when they are old: a worker with an outdated name would disagree with the sweep about every
 * project that has it.
 */
import { named } from '../../domain/rules/names.js';
import type { ReadCall } from '../port/calls.js';
import { type Craftnote, failure, listStatuses } from './requests.js';
import type { ProjectStatus } from './schema.js';
import type { CraftnoteTarget } from './target.js';

const OLD_AFTER_MS = 60_000;

export type StatusNames = ReadonlyMap<string, string>;

export interface Directory {
  refreshed(call: ReadCall): Promise<StatusNames>;
  /** From the cache, unless it is old or lacks one of these ids. A deleted status stays unknown. */
  covering(ids: readonly string[], call: ReadCall): Promise<StatusNames>;
}

export function createDirectory(cn: Craftnote, now: () => number): Directory {
  let known: StatusNames | null = null;
  let readAtMs = 0;
  const refreshed = async (call: ReadCall): Promise<StatusNames> => {
    const names = new Map((await listStatuses(cn, call)).map(({ id, name }) => [id, name]));
    known = names;
    readAtMs = now();
    return names;
  };
  return {
    refreshed,
    async covering(ids, call) {
      const names = known;
      const isUsable = names !== null && now() - readAtMs <= OLD_AFTER_MS && ids.every((id) => names.has(id));
      return isUsable ? names : refreshed(call);
    },
  };
}

/**
 * The status that a target creates projects in, looked up by name; null: none. Throws `invalid` for an unknown name.
 */
export async function statusIdOf(
  cn: Craftnote,
  directory: Directory,
  target: CraftnoteTarget,
  call: ReadCall,
): Promise<string | null> {
  // An id that the settings do not show is sent as it is: Craftnote's refusal says more than ours could.
  if (target.statusId !== undefined) return target.statusId;
  if (target.status === undefined) return null;
  const byName = (names: StatusNames) => named(statusesOf(names), target.status ?? '')?.id;
  const found = byName(await directory.covering([], call)) ?? byName(await directory.refreshed(call));
  if (found !== undefined) return found;
  throw failure(cn, 'invalid', `GET /company/settings shows no status "${target.status}": see target.status`);
}

/** The statuses as a list, for `check`. */
export function statusesOf(names: StatusNames): readonly ProjectStatus[] {
  return [...names].map(([id, name]) => ({ id, name }));
}
