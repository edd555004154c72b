/**
 * Sets an item aside after a step failed for good, so that the operator sees why. A failure ends no pause. It does not
 * revive an item that is orphaned or done either: that item keeps its phase and only shows the failure.
 */
import type { ItemRef } from '../../domain/ids.js';
import type { StepResult } from '../../domain/itemState.js';
import type { ItemLink } from '../../domain/link.js';
import type { Phase, Reason } from '../../domain/phases.js';
import { wakeChildren } from '../handOver/wakeChildren.js';
import type { Needs } from '../ports.js';
import { changePhase, type OutsideChange } from './changePhase.js';
import { logStep } from './itemContext.js';
import { stateNow } from './loadContext.js';

export async function setAside(
  deps: Needs<
    'connections' | 'continuity' | 'hierarchy' | 'links' | 'log' | 'now' | 'opening' | 'phases',
    'current' | 'itemSyncs'
  >,
  item: ItemRef,
  trouble: { reason: Reason; message: string },
): Promise<StepResult> {
  const shown = { blockedBy: trouble.reason, lastError: trouble.message };
  const decide = ({ phase }: ItemLink): OutsideChange | null => {
    const asidePhase = phaseAside(phase);
    return asidePhase === null ? null : { phase: asidePhase, ...shown };
  };
  const before = await changePhase(deps, item, decide, { again: false });
  if (before === null) await logStep(deps, item, 'failed', `${trouble.reason}: ${trouble.message}`);
  else if (phaseAside(before.phase) === 'blocked') {
    // Only for news: otherwise each repetition of this step would wake all of them again.
    if (before.phase !== 'blocked' || before.lastError !== trouble.message) await wakeChildren(deps, item);
  }
  return { state: await stateNow(deps, item) };
}

/** Null: the failure does not concern an item in this phase. */
function phaseAside(phase: Phase): Phase | null {
  switch (phase) {
    case 'paused':
    case 'released':
    case 'not-ready':
      return null;
    case 'orphaned':
    case 'done':
      return phase;
    case 'checking':
    case 'creating':
    case 'locking':
    case 'following':
    case 'settling':
    case 'blocked':
      return 'blocked';
  }
}
