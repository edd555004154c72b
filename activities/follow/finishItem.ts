/** The end of settling: closed in the tool, pushed, and not reopened (design 3, settle). */
import type { ItemRef } from '../../domain/ids.js';
import type { StepResult } from '../../domain/itemState.js';
import type { Needs } from '../ports.js';
import { stateNow } from '../step/loadContext.js';

export async function finishItem(
  deps: Needs<'connections' | 'links' | 'now' | 'phases', 'current'>,
  item: ItemRef,
): Promise<StepResult> {
  await deps.ledger.phases.set(item, { phase: 'done' });
  return { state: await stateNow(deps, item) };
}
