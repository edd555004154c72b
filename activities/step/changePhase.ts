/**
 * The one way to change a phase outside of a step's lease: decide by the row, and write only while it is as it was
 * read. A process may be stopped in between, and by the time it goes on the item may be done.
 */
import type { ItemRef } from '../../domain/ids.js';
import { PHASE_OF_STEP, stepOf } from '../../domain/itemState.js';
import type { ItemLink } from '../../domain/link.js';
import type { Phases } from '../../ledger/ledger.js';
import type { Needs } from '../ports.js';

export type OutsideChange = Parameters<Phases['setAsRead']>[1];

/** Thrown where a change is due, and the row is another one than the one by which it was ordered. */
export class Outdated extends Error {
  override readonly name = 'Outdated';
}

/** How often a decision is made again because the row has changed meanwhile. */
const ATTEMPTS = 5;

/**
 * `decide` gives null where nothing is to be changed. `again`: the change is wanted whatever happened meanwhile (an
 * operator's verb), so it is decided anew by the newer row; else a row that changed meanwhile is left alone. `seenAt`:
 * the `updatedAt` of the row by which the change was ordered; `Outdated` is thrown where it is newer by now. Returns
 * the row as it was before the change, or null where nothing was changed.
 */
export async function changePhase(
  deps: Needs<'links' | 'phases'>,
  item: ItemRef,
  decide: (link: ItemLink) => OutsideChange | null,
  { again, seenAt }: { readonly again: boolean; readonly seenAt?: string | undefined },
): Promise<ItemLink | null> {
  for (let attempt = 1; attempt <= (again ? ATTEMPTS : 1); attempt += 1) {
    const link = await deps.ledger.links.get(item);
    const change = link === null ? null : decide(link);
    if (link === null || change === null) return null;
    if (seenAt !== undefined && link.updatedAt !== seenAt) throw new Outdated();
    if (await deps.ledger.phases.setAsRead(link, change)) return link;
  }
  if (again)
    throw new Error(`the row of ${item.pipeline}/${item.craftItemId} changes faster than it can be decided upon`);
  return null;
}

/**
 * The end of a pause; null for an item that is not paused. Whatever has read the row before holds an old token then: a
 * late pause, or a late end of this one, does not find the row as it was.
 */
export function resumption(link: ItemLink): OutsideChange | null {
  return link.phase === 'paused'
    ? { phase: link.pausedFrom ?? PHASE_OF_STEP[stepOf(link)], pausedFrom: null, endsSteps: true }
    : null;
}
