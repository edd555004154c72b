/**
 * What an item, or a sweep, is told while the markers of its pipeline are not compared yet: how long it waits, and what
 * a person may do. One step compares; the others look again ever more rarely, and start no listing of their own.
 */
import type { ToolError } from '../../domain/errors.js';
import { waitsForBudget, type Reason } from '../../domain/phases.js';
import type { Doubt, OpenComparison, Trouble } from '../../ledger/ledger.js';

/** Nothing can be created yet. */
export interface Undecided {
  readonly ms: number;
  readonly why: string;
  /** Why the last comparison could not be made, or waits for budget; null: nothing held it up. */
  readonly reason: Reason | null;
  /** So many have failed that a person has to look. */
  readonly isStuck: boolean;
}

/** The pipeline, and the dev tool that is compared. */
export interface Place {
  readonly pipeline: string;
  readonly devTool: string;
}

/** How soon, and how late at the latest, the others look whether the comparison is over. */
const LOOK_AGAIN_MS = 10_000;
const LOOK_AGAIN_LATEST_MS = 60_000;
/**
 * After a failure the tool is asked again this much later, then after twice that, and so on; `stuckAfter` so many in a
 * row, about a quarter of an hour, items are blocked. A tool that does not answer is most likely back soon, and the
 * question costs little.
 */
const DOWN = { askAgainMs: 5_000, stuckAfter: 9 } as const;
const NO_USE = { askAgainMs: 30_000, stuckAfter: 6 } as const;
const ASK_AGAIN_LATEST_MS = 30 * 60_000;

/** The comparison cannot begin yet. */
export function tooEarly(ms: number, why: string): Undecided {
  return { ms, why: `${why}: what the tool holds is compared with the ledger first`, reason: null, isStuck: false };
}

/** Another step compares, or one has failed or waits and it is not tried again yet. */
export function behind(
  place: Place,
  doubt: Doubt,
  { trouble, failures, underWayMs, againInMs }: OpenComparison,
): Undecided {
  // The longer it takes already, the longer it will take.
  const lookMs = Math.min(Math.max(underWayMs ?? 0, LOOK_AGAIN_MS), LOOK_AGAIN_LATEST_MS);
  const waits = trouble !== null && waitsForBudget(trouble.reason);
  if (waits && underWayMs === null) return waiting(doubt, trouble, againInMs);
  if (trouble === null || waits) {
    const why = `${doubt.why}: the markers in ${place.devTool} are being compared with the ledger`;
    return { ms: Math.max(lookMs, underWayMs === null ? againInMs : 0), why, reason: null, isStuck: false };
  }
  return failed(place, trouble, { ms: underWayMs === null ? Math.max(againInMs, 1_000) : lookMs, failures });
}

/** The connection of another step that was about to compare takes no calls for now. Each asks for itself at last. */
function waiting(doubt: Doubt, { reason, why }: Trouble, againInMs: number): Undecided {
  const words = `${why}. ${doubt.why}: what the tool holds is compared with the ledger first`;
  return { ms: Math.max(againInMs, 1_000), why: words, reason, isStuck: false };
}

/** `failures`: this one included. */
export function failed(
  { pipeline, devTool }: Place,
  { reason, why }: Trouble,
  { ms, failures }: { readonly ms: number; readonly failures: number },
): Undecided {
  const words =
    `the ledger may lack dev items of ${pipeline}, and the markers in ${devTool} cannot be compared with it: ${why}. ` +
    `Mend that, or, if ${devTool} holds nothing that craftsync made, run craftsync apply --accept`;
  return { ms, why: words, reason, isStuck: failures >= (reason === 'tool-down' ? DOWN : NO_USE).stuckAfter };
}

/** How long nobody asks the tool again; `failures`: with this one. */
export function askAgainMs({ reason }: Trouble, failures: number): number {
  const { askAgainMs: firstMs } = reason === 'tool-down' ? DOWN : NO_USE;
  return Math.min(firstMs * 2 ** (failures - 1), ASK_AGAIN_LATEST_MS);
}

/** Null: the whole connection waits or is refused, which the step itself shows, and others wait for as well. */
export function troubleFrom({ kind, message }: ToolError): Trouble | null {
  switch (kind) {
    case 'rate-limited':
    case 'unauthorized':
    case 'forbidden':
      return null;
    case 'unavailable':
    case 'ambiguous':
    case 'conflict':
      return { reason: 'tool-down', why: message };
    case 'unexpected-response':
      return { reason: 'bad-answer', why: message };
    case 'invalid':
    case 'not-found':
      return { reason: 'refused', why: message };
  }
}
