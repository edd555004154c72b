/**
 * The phases in which an item can stand and the reasons for which it can wait (design 2).
 * The same words are shown in the ledger, the search attributes, the commands and Craft.io.
 */

export const PHASES = [
  'checking',
  'blocked',
  'creating',
  'locking',
  'following',
  'paused',
  'orphaned',
  'settling',
  'done',
  'released',
  'not-ready',
] as const;
export type Phase = (typeof PHASES)[number];

/** Phases in which the workflow of an item ends. */
export const FINAL_PHASES = ['done', 'released', 'not-ready'] as const satisfies readonly Phase[];

export function isFinal(phase: Phase): boolean {
  return (FINAL_PHASES as readonly Phase[]).includes(phase);
}

/** Phases that a ready sweep counts as known without asking Temporal (design 4). */
export const KNOWN_PHASES = ['following', 'settling', 'done', 'released'] as const satisfies readonly Phase[];

/** Phases from which `recreate` works (design 3, Verbs). */
export const RECREATE_FROM: readonly Phase[] = ['orphaned', 'released', 'done'];

export const REASONS = [
  'missing-field',
  'value-unmapped',
  'status-unmapped',
  'parent',
  'refused',
  'bad-answer',
  'tool-down',
  'connection',
  'rate-limit',
  'month-spent',
  'duplicate',
  'pipeline-removed',
  'mass-deletion',
  'mass-creation',
  'linked-elsewhere',
  'operator',
  'unexpected',
] as const;
export type Reason = (typeof REASONS)[number];
