/**
 * Loads what a step works with (`ItemContext`): the row, the pipeline, the connectors. Where pipeline or tool are no
 * longer configured, it sets the item aside instead.
 *
 * An item that is linked, or whose create was sent, keeps the tool and the target of that create, whatever the pipeline
 * says by now: workers use a saved configuration before `apply` has had a chance to refuse it.
 */
import type { ItemRef, StepItem } from '../../domain/ids.js';
import type { StepResult } from '../../domain/itemState.js';
import type { ItemLink } from '../../domain/link.js';
import { isFinal } from '../../domain/phases.js';
import type { PipelineSettings } from '../../domain/settings.js';
import { changePhase, type OutsideChange } from './changePhase.js';
import type { BeginRow } from '../../ledger/ledger.js';
import type { FirstAttempt } from './firstAttempt.js';
import { callOf, itemState, stateWithoutRow, type ItemContext } from './itemContext.js';
import type { ActivityDeps, Current, Needs } from '../ports.js';
import { pauseForRemoval, pipelineToSaySo, remembered } from './removedPipeline.js';

/** What was read longer ago, before a wait for the budget or for a slow tool, is read again before it is gone by. */
const JUST_NOW_MS = 1_000;

/** Null when the pipeline or its dev tool is no longer configured, or there is no row. */
export async function loadContext(
  deps: ActivityDeps,
  item: StepItem,
  first: FirstAttempt | null = null,
): Promise<ItemContext | null> {
  const current = await deps.current();
  const pipeline = current.settings.pipelines[item.pipeline];
  return pipeline === undefined ? null : contextOf(deps, item, { current, pipeline, first });
}

/**
 * Sets the item aside, since its run would otherwise ask for the same step for ever. `saysSo`: the step only writes how
 * the item stands, and gets a context for that although its pipeline was taken out.
 */
export async function withoutContext(
  deps: ActivityDeps,
  item: ItemRef,
  { saysSo, first }: { readonly saysSo: boolean; readonly first: FirstAttempt | null },
): Promise<ItemContext | null> {
  const current = await deps.current();
  if (current.settings.pipelines[item.pipeline] !== undefined) {
    await blockWithoutTool(deps, item, current);
    return null;
  }
  await pauseForRemoval(deps, item);
  const known = saysSo ? await remembered(deps, item.pipeline) : null;
  if (known === null) return null;
  return contextOf(deps, item, { current, pipeline: pipelineToSaySo(item.pipeline, known), first });
}

async function blockWithoutTool(deps: Needs<'links' | 'phases'>, item: ItemRef, { settings }: Current): Promise<void> {
  const block = ({ phase, devTool }: ItemLink): OutsideChange | null => {
    if (phase === 'paused' || isFinal(phase) || settings.devTools[devTool] !== undefined) return null;
    const lastError = `${devTool}, where this item is linked, is no longer configured: put it back under devTools`;
    return { phase: 'blocked', blockedBy: 'connection', lastError };
  };
  await changePhase(deps, item, block, { again: true });
}

async function contextOf(
  deps: ActivityDeps,
  item: StepItem,
  from: { readonly current: Current; readonly pipeline: PipelineSettings; readonly first: FirstAttempt | null },
): Promise<ItemContext | null> {
  const { current, pipeline: configured, first } = from;
  const { freshForMs } = current.settings.craft;
  const openedMs = performance.now();
  const { link, ...opened } = await deps.ledger.opening.read(item, { freshForMs });
  if (link === null) return null;
  const pipeline = isHeld(link) ? heldBy(link, configured) : configured;
  const toolSettings = current.settings.devTools[pipeline.devTool];
  if (toolSettings === undefined) return null;
  const callClass = item.byHand === true ? 'manual' : link.devItemId === null ? 'hand-over' : 'progress';
  const call = callOf(callClass, first);
  return {
    deps,
    item,
    link,
    opened,
    knownNow: async () =>
      performance.now() - openedMs < JUST_NOW_MS ? opened : deps.ledger.opening.read(item, { freshForMs }),
    settings: current.settings,
    pipeline,
    toolSettings,
    craft: current.craft,
    tool: current.devTool(pipeline.devTool),
    first,
    call,
    turn: () => current.turn(pipeline.devTool, call),
    startGently: (connection) => current.startGently(connection),
    claim: { token: link.claimToken },
    probing: new Set(),
    refusal: { pause: null, ended: null },
  };
}

/** A dev item exists, or may exist, that was not released. */
function isHeld(link: ItemLink): boolean {
  return link.phase !== 'released' && (link.devItemId !== null || link.sentAt !== null);
}

function heldBy(link: ItemLink, pipeline: PipelineSettings): PipelineSettings {
  return { ...pipeline, devTool: link.devTool, target: link.sentTarget ?? pipeline.target };
}

export type StateNeeds = Needs<'connections' | 'continuity' | 'links' | 'now' | 'opening', 'current'>;

/**
 * The item's state by its row. A row that is missing in mid-run was lost or removed: it is inserted again, with the
 * create that was noted beside it, and what else is missing is looked for before anything is created (decision 18).
 * Where the pipeline is not configured either, the rows were moved to another name, and the run ends.
 */
export async function stateNow(deps: StateNeeds, item: ItemRef): Promise<StepResult['state']> {
  const [current, { link: found, now }] = await Promise.all([deps.current(), deps.ledger.opening.read(item)]);
  const devTool = current.settings.pipelines[item.pipeline]?.devTool;
  const removed = devTool === undefined ? await remembered(deps, item.pipeline) : null;
  if (found !== null) return itemState(found, current.settings, now, removed);
  if (devTool === undefined) return stateWithoutRow(item, now);
  await deps.ledger.continuity.raise(
    `the row of ${item.pipeline}/${item.craftItemId} vanished while its run was under way`,
  );
  return itemState(await beginRow(deps, item, { devTool }), current.settings, now);
}

/** Inserts the row of an item, or reads it; a create that was noted beside a lost row is recalled. */
export async function beginRow(
  deps: Needs<'continuity' | 'links'>,
  item: ItemRef,
  init: Partial<BeginRow> & Pick<BeginRow, 'devTool'>,
): Promise<ItemLink> {
  const { continuity, links } = deps.ledger;
  const link = await links.begin(item, { craftShortId: null, craftUrl: null, ...init });
  return (await continuity.recall(item)) ? ((await links.get(item)) ?? link) : link;
}
