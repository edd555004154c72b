/**
 * Loads what a step works with (`ItemContext`): the row, the pipeline, the connectors. Where pipeline or tool are no
 * longer configured, it sets the item aside instead.
 *
 * An item that is linked, or whose create was sent, keeps the tool and the target of that create, whatever the pipeline
 * says by now: workers use a saved configuration before `apply` has had a chance to refuse it.
 */
import { ApplicationFailure } from '@temporalio/common';
import type { ItemRef } from '../../domain/ids.js';
import type { StepResult } from '../../domain/itemState.js';
import type { ItemLink } from '../../domain/link.js';
import { isFinal } from '../../domain/phases.js';
import type { PipelineSettings } from '../../domain/settings.js';
import { callOf, itemState, type ItemContext } from './itemContext.js';
import type { ActivityDeps, Current, Needs } from '../ports.js';
import { pauseForRemoval, pipelineToSaySo, remembered } from './removedPipeline.js';

/** Null when the pipeline or its dev tool is no longer configured, or there is no row. */
export async function loadContext(deps: ActivityDeps, item: ItemRef): Promise<ItemContext | null> {
  const current = await deps.current();
  const pipeline = current.settings.pipelines[item.pipeline];
  return pipeline === undefined ? null : contextOf(deps, item, { current, pipeline });
}

/**
 * Sets the item aside, since its run would otherwise ask for the same step for ever. `saysSo`: the step only writes how
 * the item stands, and gets a context for that although its pipeline was taken out.
 */
export async function withoutContext(deps: ActivityDeps, item: ItemRef, saysSo: boolean): Promise<ItemContext | null> {
  const current = await deps.current();
  if (current.settings.pipelines[item.pipeline] !== undefined) {
    await blockWithoutTool(deps, item, current);
    return null;
  }
  await pauseForRemoval(deps, item);
  const known = saysSo ? await remembered(deps, item.pipeline) : null;
  if (known === null) return null;
  return contextOf(deps, item, { current, pipeline: pipelineToSaySo(item.pipeline, known) });
}

async function blockWithoutTool(deps: Needs<'links' | 'phases'>, item: ItemRef, { settings }: Current): Promise<void> {
  const link = await deps.ledger.links.get(item);
  if (link === null || link.phase === 'paused' || isFinal(link.phase)) return;
  if (settings.devTools[link.devTool] !== undefined) return;
  await deps.ledger.phases.set(item, {
    phase: 'blocked',
    blockedBy: 'connection',
    lastError: `${link.devTool}, where this item is linked, is no longer configured: put it back under devTools`,
  });
}

async function contextOf(
  deps: ActivityDeps,
  item: ItemRef,
  { current, pipeline: configured }: { readonly current: Current; readonly pipeline: PipelineSettings },
): Promise<ItemContext | null> {
  const link = await deps.ledger.links.get(item);
  if (link === null) return null;
  const pipeline = isHeld(link) ? heldBy(link, configured) : configured;
  const toolSettings = current.settings.devTools[pipeline.devTool];
  if (toolSettings === undefined) return null;
  const call = callOf(link.devItemId === null ? 'hand-over' : 'progress');
  return {
    deps,
    item,
    link,
    settings: current.settings,
    pipeline,
    toolSettings,
    craft: current.craft,
    tool: current.devTool(pipeline.devTool),
    call,
    turn: () => current.turn(pipeline.devTool, call),
    claim: { token: link.claimToken },
    probing: new Set(),
  };
}

/** A dev item exists, or may exist, that was not released. */
function isHeld(link: ItemLink): boolean {
  return link.phase !== 'released' && (link.devItemId !== null || link.sentAt !== null);
}

function heldBy(link: ItemLink, pipeline: PipelineSettings): PipelineSettings {
  return { ...pipeline, devTool: link.devTool, target: link.sentTarget ?? pipeline.target };
}

/**
 * The item's state by its row. A row that a restored ledger has lost is inserted again and begins as a new one does:
 * looking for the dev item that it held is planned (design 3).
 */
export async function stateNow(
  deps: Needs<'connections' | 'links' | 'now', 'current'>,
  item: ItemRef,
): Promise<StepResult['state']> {
  const [current, found, now] = await Promise.all([deps.current(), deps.ledger.links.get(item), deps.ledger.now()]);
  const devTool = current.settings.pipelines[item.pipeline]?.devTool;
  const removed = devTool === undefined ? await remembered(deps, item.pipeline) : null;
  if (found !== null) return itemState(found, current.settings, now, removed);
  if (devTool === undefined) {
    throw ApplicationFailure.nonRetryable(`pipeline "${item.pipeline}" is not configured`, 'pipeline-removed');
  }
  const link = await deps.ledger.links.begin(item, { devTool, craftShortId: null, craftUrl: null });
  return itemState(link, current.settings, now);
}
