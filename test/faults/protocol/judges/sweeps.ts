/** The judge of a ready sweep (design 4): by the items that the other side has, and the runs that were ever started. */
import type { ReadySweepResult } from '../../../../domain/messages.js';
import { itemSyncWorkflowId } from '../../../../domain/ids.js';
import type { CraftWorld } from '../outside/craft.js';
import type { RunRecord } from '../outside/record.js';
import { PIPELINE, READY } from '../running/settings.js';
import type { Runs } from '../temporal/runs.js';

export interface EndedRun {
  readonly workflow: string;
  readonly result: unknown;
  readonly craft: CraftWorld;
  readonly record: RunRecord;
  readonly runs: Pick<Runs, 'wasStarted'>;
}

/**
 * Nothing becomes ready while a run lasts, so a sweep that ended without a failure has taken up whatever is ready now,
 * unless its collection went with a ledger that was put back.
 */
export function leftOut({ workflow, result, craft, record, runs }: EndedRun): readonly string[] {
  if (workflow !== 'readySweep' || record.orders.some(({ what }) => what === 'restored')) return [];
  const { failed, heldBack = null, stretched } = result as ReadySweepResult;
  if (failed > 0 || heldBack !== null || stretched !== undefined) return [];
  return [...craft.values()]
    .filter(({ status, isDeleted, isMoved }) => status === READY && !isDeleted && !isMoved)
    .filter(({ id }) => !runs.wasStarted(itemSyncWorkflowId({ pipeline: PIPELINE, craftItemId: id })))
    .map(({ id }) => `left out: ${id} is ready, and a sweep that ended well has started nothing for it`);
}
