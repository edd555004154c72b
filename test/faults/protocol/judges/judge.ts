/**
 * What must hold of every run, whatever its plan (docs/design.md, section 10), judged by what the other side saw and by
 * what the ledger says in the end. Nothing here knows how craftsync works.
 */
import type { Parts } from '../running/acts.js';
import type { Plan } from '../plan/events.js';
import { judgeEnd } from './end.js';
import { judgeWrites } from './writes.js';

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
  'read-only wrote',
  'never at rest',
  'run failed',
] as const;
export type Check = (typeof CHECKS)[number];

export async function judge(parts: Parts, plan: Plan): Promise<readonly Wrong[]> {
  return [...noticed(parts), ...judgeWrites(parts), ...(await judgeEnd(parts, plan))];
}

/** What was noticed while it happened. */
function noticed({ wrongs, system }: Parts): readonly Wrong[] {
  const seen = wrongs.map((what): Wrong => ({
    check: CHECKS.find((check) => what.startsWith(check)) ?? 'never at rest',
    what,
  }));
  return [...seen, ...system.runs.failures.map((what): Wrong => ({ check: 'run failed', what }))];
}
