/**
 * Sets an item aside after a step failed for good, so that the operator sees why. A failure ends no pause. It does not
 * revive an item that is orphaned or done either: that item keeps its phase and only shows the failure.
 */
import type { ItemRef } from '../../domain/ids.js';
import type { StepResult } from '../../domain/itemState.js';
import type { Reason } from '../../domain/phases.js';
import { wakeChildren } from '../handOver/wakeChildren.js';
import type { Needs } from '../ports.js';
import { logStep } from './itemContext.js';
import { stateNow } from './loadContext.js';

export async function setAside(
  deps: Needs<'connections' | 'hierarchy' | 'links' | 'log' | 'now' | 'phases', 'current' | 'itemSyncs'>,
  item: ItemRef,
  trouble: { reason: Reason; message: string },
): Promise<StepResult> {
  const link = await deps.ledger.links.get(item);
  const phase = link?.phase ?? 'blocked';
  const shown = { blockedBy: trouble.reason, lastError: trouble.message };
  switch (phase) {
    case 'paused':
    case 'released':
    case 'not-ready':
      await logStep(deps, item, 'failed', `${trouble.reason}: ${trouble.message}`);
      break;
    case 'orphaned':
    case 'done':
      await deps.ledger.phases.set(item, { phase, ...shown });
      break;
    case 'checking':
    case 'creating':
    case 'locking':
    case 'following':
    case 'settling':
    case 'blocked':
      await deps.ledger.phases.set(item, { phase: 'blocked', ...shown });
      // Only for news: otherwise each repetition of this step would wake all of them again.
      if (phase !== 'blocked' || link?.lastError !== trouble.message) await wakeChildren(deps, item);
  }
  return { state: await stateNow(deps, item) };
}
