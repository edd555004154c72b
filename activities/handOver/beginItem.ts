/**
 * Step 0 of the protocol: every run begins from its row, and every wake re-reads the settings (design 3).
 * Runs as local activities: nothing outside but the ledger, and a signal to the items below one that rests now.
 */
import type { ItemRef } from '../../domain/ids.js';
import { PHASE_OF_STEP, stepOf, type ItemState, type StepResult } from '../../domain/itemState.js';
import type { Reason } from '../../domain/phases.js';
import { logStep } from '../step/itemContext.js';
import type { ActivityDeps } from '../ports.js';
import { stateNow } from '../step/loadContext.js';
import { pauseForRemoval } from '../step/removedPipeline.js';
import { wakeChildren } from './wakeChildren.js';

/** What a run without pipeline and row ends with: nothing is known, nothing was done. */
export type Begin = { readonly status: 'known'; readonly state: ItemState } | { readonly status: 'unknown' };

/** Reads the row, inserting it where there is none; `newRun` lifts the final phases that a new run may leave. */
export async function beginItem(deps: ActivityDeps, item: ItemRef, options: { newRun: boolean }): Promise<Begin> {
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

/**
 * Sets the item aside after a step failed for good. A failure ends no pause, and makes nothing live of an item that is
 * orphaned or closed: that shows it where its dev item is still looked at, and stays what it is.
 */
export async function setAside(
  deps: ActivityDeps,
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
      // Once: a repetition of this step would wake all of them again.
      if (phase !== 'blocked' || link?.lastError !== trouble.message) await wakeChildren(deps, item);
  }
  return { state: await stateNow(deps, item) };
}

/** The end of settling: closed in the tool, pushed, and not reopened. */
export async function finishItem(deps: ActivityDeps, item: ItemRef): Promise<StepResult> {
  await deps.ledger.phases.set(item, { phase: 'done' });
  return { state: await stateNow(deps, item) };
}
