/**
 * Step 0 of the protocol: every run begins from its row, and every wake re-reads the settings
 * (design 3, Begin from the ledger).
 * Runs as a local activity: besides the ledger it only wakes the items below one that is paused now.
 */
import type { ItemRef } from '../../domain/ids.js';
import { PHASE_OF_STEP, stepOf, type ItemState } from '../../domain/itemState.js';
import type { Needs } from '../ports.js';
import { stateNow } from '../step/loadContext.js';
import { pauseForRemoval } from '../step/removedPipeline.js';

/** `unknown`: there is neither a pipeline nor a row, and the run ends without having done anything. */
export type Begin = { readonly status: 'known'; readonly state: ItemState } | { readonly status: 'unknown' };

type BeginNeeds = Needs<
  'connections' | 'hierarchy' | 'links' | 'log' | 'now' | 'phases' | 'snapshots',
  'current' | 'itemSyncs'
>;

/** Reads the row, inserting it where there is none. `newRun`: an item that was not ready is checked again. */
export async function beginItem(deps: BeginNeeds, item: ItemRef, options: { newRun: boolean }): Promise<Begin> {
  const { settings } = await deps.current();
  const { links, phases } = deps.ledger;
  const pipeline = settings.pipelines[item.pipeline];
  let link = await links.get(item);
  if (link === null) {
    if (pipeline === undefined) return { status: 'unknown' };
    const snapshot = await deps.ledger.snapshots.fresh(item, settings.craft.freshForMs);
    const craft = snapshot?.item ?? null;
    link = await links.begin(item, {
      devTool: pipeline.devTool,
      craftShortId: craft?.shortId ?? null,
      craftUrl: craft?.webUrl ?? null,
    });
  } else if (pipeline !== undefined && pipeline.devTool !== link.devTool) {
    link = await links.begin(item, { devTool: pipeline.devTool, craftShortId: null, craftUrl: null });
  }
  if (pipeline === undefined) {
    await pauseForRemoval(deps, item);
  } else if (link.phase === 'paused' && link.blockedBy === 'pipeline-removed') {
    await phases.set(item, { phase: link.pausedFrom ?? PHASE_OF_STEP[stepOf(link)] });
    await phases.patch(item, { pausedFrom: null });
  } else if (options.newRun && link.phase === 'not-ready') {
    await phases.set(item, { phase: 'checking' });
  }
  return { status: 'known', state: await stateNow(deps, item) };
}
