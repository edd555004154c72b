/**
 * The phases of an item, the sets of phases that code decides by, and the reasons why an item can wait (design 2).
 * The same words are shown in the ledger, the search attributes and the commands.
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

/**
 * Phases in which the workflow of an item ends. How the sets below relate:
 *
 * |           | done | released | not-ready | paused | orphaned |
 * | --------- | ---- | -------- | --------- | ------ | -------- |
 * | final     | yes  | yes      | yes       |        |          |
 * | let go    |      | yes      | yes       |        |          |
 * | hands off |      | yes      | yes       | yes    |          |
 * | at rest   | yes  | yes      | yes       | yes    | yes      |
 */
export const FINAL_PHASES = ['done', 'released', 'not-ready'] as const satisfies readonly Phase[];

export function isFinal(phase: Phase): boolean {
  return (FINAL_PHASES as readonly Phase[]).includes(phase);
}

/** Phases in which the workflow of an item should be running: all that are not final. */
export const OPEN_PHASES: readonly Phase[] = PHASES.filter((phase) => !isFinal(phase));

/** Phases of items that are not, or no longer, handed over: no news wakes them, and another pipeline may have them. */
export const LET_GO_PHASES = ['released', 'not-ready'] as const satisfies readonly Phase[];

export function isLetGo(phase: Phase): boolean {
  return (LET_GO_PHASES as readonly Phase[]).includes(phase);
}

/** Phases in which nothing is written for an item: a step that comes too late finds its row there and does nothing. */
const HANDS_OFF_PHASES = ['paused', ...LET_GO_PHASES] as const satisfies readonly Phase[];

export function isHandsOff(phase: Phase): boolean {
  return (HANDS_OFF_PHASES as readonly Phase[]).includes(phase);
}

/** Phases after which no step follows by itself. If the item entered one while a step ran, the step stops writing. */
const AT_REST_PHASES = ['paused', 'orphaned', ...FINAL_PHASES] as const satisfies readonly Phase[];

export function isAtRest(phase: Phase): boolean {
  return (AT_REST_PHASES as readonly Phase[]).includes(phase);
}

/** Phases between the start of a run and the lock: a ready sweep limits how many items are in them at a time. */
export const HANDING_OVER_PHASES = ['checking', 'creating', 'locking'] as const satisfies readonly Phase[];

/**
 * Phases whose items the drift sweep compares with Craft.io's listing. An orphaned one is compared when it comes back.
 */
export const COMPARED_PHASES = ['following', 'settling', 'blocked'] as const satisfies readonly Phase[];

/** Phases of items that a ready sweep counts as known and starts no run for (design 4). Lost runs are revived first. */
export const KNOWN_PHASES = [
  'following',
  'settling',
  'blocked',
  'paused',
  'done',
  'released',
] as const satisfies readonly Phase[];

/** Phases of items whose work is over, though their dev item may come back or be reopened. */
export const CLOSED_PHASES = ['orphaned', 'done'] as const satisfies readonly Phase[];

export function isClosed(phase: Phase): boolean {
  return (CLOSED_PHASES as readonly Phase[]).includes(phase);
}

/** Phases whose items need not look when a listing lacks their dev item: they know, or it no longer matters. */
const UNCONCERNED_PHASES = ['released', ...CLOSED_PHASES] as const satisfies readonly Phase[];

export function isUnconcerned(phase: Phase): boolean {
  return (UNCONCERNED_PHASES as readonly Phase[]).includes(phase);
}

/** Phases whose items show a mapped status in Craft.io: a changed mapping concerns them. */
export const MAPPED_PHASES = ['following', 'settling', 'blocked'] as const satisfies readonly Phase[];

/** Phases from which `recreate` works (design 3, Verbs). */
export const RECREATE_FROM: readonly Phase[] = ['orphaned', 'released', 'done'];

/**
 * Whether `recreate` may work. An item that is blocked because of a bad answer before it is linked may wait for a dev
 * item that is known by its id and was deleted (decision 27); its row tells.
 */
export function mayBeRecreated(
  phase: Phase,
  { blockedBy, isLinked }: { readonly blockedBy: Reason | null; readonly isLinked: boolean },
): boolean {
  return RECREATE_FROM.includes(phase) || (phase === 'blocked' && blockedBy === 'bad-answer' && !isLinked);
}

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

/** Nothing has failed: the outside system, or a setting, allows no call for now. */
export function waitsForBudget(reason: Reason | null): boolean {
  return reason === 'rate-limit' || reason === 'month-spent';
}

const UNCOMPARED_REASONS: readonly (Reason | null)[] = ['tool-down', 'bad-answer', 'refused', 'unexpected'];

/** Whether an item may be blocked for this reason because markers could not be compared (decision 27). */
export function maybeUncompared(reason: Reason | null): boolean {
  return UNCOMPARED_REASONS.includes(reason);
}
