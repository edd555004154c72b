/**
 * When a blocked item looks again by itself (design 3, step 1). Most reasons end by a change that somebody else sees:
 * the ready sweep in its listing and in the ledger, a progress sweep in its feed. Those cost nothing until then.
 */
import type { ItemLink } from '../link.js';
import type { Reason } from '../phases.js';

/**
 * - `never`: what ends it is always seen by a sweep, or told by the item that it waits for.
 * - `seldom`: most of what ends it is seen by a sweep; not, for instance, an option that was added to a field.
 * - `often`: it may end at any time, and nothing but another attempt can tell.
 */
type Look = 'never' | 'seldom' | 'often';

const LOOK_FOR: Readonly<Record<Reason, Look>> = {
  'missing-field': 'never',
  'value-unmapped': 'never',
  parent: 'never',
  'linked-elsewhere': 'never',
  // The dev item gets another status, or `apply` finds the changed mapping.
  'status-unmapped': 'never',
  refused: 'seldom',
  duplicate: 'seldom',
  'bad-answer': 'often',
  'tool-down': 'often',
  connection: 'often',
  'rate-limit': 'often',
  'month-spent': 'often',
  'mass-deletion': 'often',
  unexpected: 'often',
  // Reasons of a pause or of a sweep.
  'pipeline-removed': 'often',
  'pipeline-paused': 'often',
  operator: 'often',
  'mass-creation': 'often',
};

/** `seldom` in terms of `sweepEvery`: once a day by default. */
const SELDOM_SWEEPS = 24;

/** Milliseconds until a blocked item looks again by itself; null: only when it is woken. */
export function blockedLookMs(
  { blockedBy, lockedAt, checked }: Pick<ItemLink, 'blockedBy' | 'lockedAt' | 'checked'>,
  sweepEveryMs: number,
): number | null {
  if (blockedBy === null) return sweepEveryMs;
  // Without a fingerprint the ready sweep has nothing to compare its listing with.
  if (lockedAt === null && checked === null) return sweepEveryMs;
  switch (LOOK_FOR[blockedBy]) {
    case 'never':
      return null;
    case 'seldom':
      return SELDOM_SWEEPS * sweepEveryMs;
    case 'often':
      return sweepEveryMs;
  }
}
