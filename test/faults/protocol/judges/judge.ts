/**
 * What must hold of every run, whatever its plan (docs/design.md, section 10), judged by what the other side saw and by
 * what the ledger says in the end. Nothing here knows how craftsync works.
 */
import type { Parts } from '../running/acts.js';
import type { Plan } from '../plan/events.js';
import { CHECKS, type Wrong } from './checks.js';
import { judgeEnd } from './end.js';
import { judgeWrites } from './writes.js';

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
