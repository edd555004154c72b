/**
 * Caches the organisation's spaces, so that looking up a key or a name does not cost a call each time. They are read
 * again on a miss and when they are old: spaces are renamed, statuses and labels come and go.
 */
import { ToolError } from '../../domain/errors.js';
import { named } from '../../domain/rules/names.js';
import type { ReadCall } from '../port/calls.js';
import { createLabel, failure, type Kitemaker, listSpaces } from './requests.js';
import type { Space } from './schema.js';
import type { KitemakerTarget } from './target.js';

const OLD_AFTER_MS = 15 * 60_000;

export interface Directory {
  /** From the cache, or read where unknown or old. */
  spaces(call: ReadCall): Promise<readonly Space[]>;
  refreshed(call: ReadCall): Promise<readonly Space[]>;
  /** Null where the key does not see the space, even after reading again. */
  space(id: string, call: ReadCall): Promise<Space | null>;
  /** From the cache alone; makes no call. */
  spaceKeyOf(id: string): string | null;
}

export function createDirectory(km: Kitemaker, now: () => number): Directory {
  let known: readonly Space[] | null = null;
  let readAtMs = 0;
  const refreshed = async (call: ReadCall): Promise<readonly Space[]> => {
    const spaces = await listSpaces(km, call);
    known = spaces;
    readAtMs = now();
    return spaces;
  };
  const spaces = async (call: ReadCall): Promise<readonly Space[]> =>
    known === null || now() - readAtMs > OLD_AFTER_MS ? refreshed(call) : known;
  return {
    spaces,
    refreshed,
    async space(id, call) {
      const byId = (list: readonly Space[]) => list.find((space) => space.id === id) ?? null;
      const wasKnown = known !== null;
      return byId(await spaces(call)) ?? (wasKnown ? byId(await refreshed(call)) : null);
    },
    spaceKeyOf: (id) => known?.find((space) => space.id === id)?.key ?? null,
  };
}

export interface Resolved {
  readonly space: Space;
  readonly statusId: string;
  readonly labelIds: readonly string[];
}

/** The space that a target creates in; a status alone determines it. Throws `not-found` where there is none. */
export async function spaceOf(
  km: Kitemaker,
  directory: Directory,
  target: KitemakerTarget,
  call: ReadCall,
): Promise<Space> {
  const find = (spaces: readonly Space[]) =>
    target.spaceId === undefined
      ? spaces.find((space) => space.statuses.some((status) => status.id === target.statusId))
      : spaces.find((space) => space.id === target.spaceId);
  const space = find(await directory.spaces(call)) ?? find(await directory.refreshed(call));
  if (space !== undefined) return space;
  const what = target.spaceId === undefined ? `a status ${target.statusId ?? ''}` : `the id ${target.spaceId}`;
  throw failure(km, 'not-found', `GraphQL organization shows no space with ${what}`);
}

/** Looks up what a target names, before anything is written; labels that are missing are created where asked for. */
export async function resolveTarget(
  km: Kitemaker,
  directory: Directory,
  target: KitemakerTarget,
  call: ReadCall,
): Promise<Resolved> {
  let space = await spaceOf(km, directory, target, call);
  const known = (at: Space) =>
    statusIn(at, target) !== null && target.labels.every((name) => labelIn(at, name) !== null);
  if (!known(space)) {
    await directory.refreshed(call);
    space = await spaceOf(km, directory, target, call);
  }
  const statusId = statusIn(space, target);
  if (statusId === null) throw failure(km, 'invalid', `the space ${space.key} has no status "${target.status ?? ''}"`);
  const missing = target.labels.filter((name) => labelIn(space, name) === null);
  if (missing.length > 0 && !target.createLabels) {
    throw failure(
      km,
      'invalid',
      `the space ${space.key} has no label "${missing.join('", "')}" (see target.createLabels)`,
    );
  }
  for (const name of missing) await makeLabel(km, space, name, call);
  if (missing.length > 0) {
    await directory.refreshed(call);
    space = await spaceOf(km, directory, target, call);
  }
  return { space, statusId, labelIds: target.labels.flatMap((name) => labelIn(space, name) ?? []) };
}

function statusIn(space: Space, target: KitemakerTarget): string | null {
  // An id that the space does not show is sent as it is: Kitemaker's refusal says more than ours could.
  if (target.statusId !== undefined) return target.statusId;
  return named(space.statuses, target.status ?? '')?.id ?? null;
}

function labelIn(space: Space, nameOrId: string): string | null {
  return (space.labels.find((label) => label.id === nameOrId) ?? named(space.labels, nameOrId))?.id ?? null;
}

/**
 * Creates a label, not under the create's lease: a label created late does no harm, and the one lease belongs to the
 * item. Its failure says nothing about the item, so it is never `ambiguous`.
 */
async function makeLabel(km: Kitemaker, space: Space, name: string, call: ReadCall): Promise<void> {
  try {
    await createLabel(km, space.id, name, unleased(call));
  } catch (error) {
    if (!(error instanceof ToolError) || error.kind !== 'ambiguous') throw error;
    throw new ToolError('unavailable', error.message, { ...error.details, notSent: true });
  }
}

/** A write that changes no item and may be repeated: it needs no lease. */
export function unleased(call: ReadCall): ReadCall & { authorise: () => Promise<{ passed: () => boolean }> } {
  return { ...call, authorise: () => Promise.resolve({ passed: () => false }) };
}
