/** The end of settling: closed in the tool, pushed, and not reopened (design 3, settle). */
import type { ItemRef } from '../../domain/ids.js';
import type { StepResult } from '../../domain/itemState.js';
import type { Needs } from '../ports.js';
import { changePhase } from '../step/changePhase.js';
import { stateNow } from '../step/loadContext.js';

/** Only an item that is settling still, for its whole time by the database's clock, is done. */
export async function finishItem(
  deps: Needs<'connections' | 'continuity' | 'links' | 'now' | 'opening' | 'phases', 'current'>,
  item: ItemRef,
): Promise<StepResult> {
  const link = await deps.ledger.links.get(item);
  // Without it the time could not be told: it begins now.
  if (link?.phase === 'settling' && link.settlingSince === null) {
    await deps.ledger.phases.patch(item, { settlingSince: (await deps.ledger.now()).toISOString() });
  }
  const state = await stateNow(deps, item);
  if (state.phase !== 'settling' || state.settleInMs !== 0) return { state };
  await changePhase(deps, item, ({ phase }) => (phase === 'settling' ? { phase: 'done' } : null), { again: false });
  return { state: await stateNow(deps, item) };
}
