/** What a run can be found wrong in. */

/** `check` is the name by which results are counted; `what` names items, for a person. */
export interface Wrong {
  readonly check: Check;
  readonly what: string;
}

export const CHECKS = [
  'duplicate',
  'lost',
  'not locked',
  'wrong progress',
  'locked before created',
  'written while paused',
  'written after release',
  'not asked for',
  'left out',
  'read-only wrote',
  'never at rest',
  'run failed',
] as const;
export type Check = (typeof CHECKS)[number];
