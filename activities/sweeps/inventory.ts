/**
 * The inventory: which dev items of a scope are gone or were moved, since no feed tells (design 4, Inventory). Runs are
 * only woken: each confirms by itself that its dev item is gone.
 */
import { cancellationSignal } from '@temporalio/activity';
import type { ReadCall } from '../../connectors/port/calls.js';
import type { DevItemReader } from '../../connectors/port/devTool.js';
import type { DevItem } from '../../domain/devItem.js';
import { isRefusedById, ToolError } from '../../domain/errors.js';
import { progressSweepScheduleId } from '../../domain/ids.js';
import type { ItemLink } from '../../domain/link.js';
import type { ByHandInput } from '../../domain/messages.js';
import { isClosed, isHandsOff, isUnconcerned } from '../../domain/phases.js';
import type { Needs } from '../ports.js';
import { runSweepStep, sweepCall } from '../step/sweepStep.js';
import { assertAllWoken } from './assertAllWoken.js';
import { wakeChangedItems } from './wakeChangedItems.js';

export interface ScopeRef extends ByHandInput {
  readonly devTool: string;
  readonly scope: string;
}

type InventoryNeeds = Needs<
  'connections' | 'feeds' | 'gone' | 'links' | 'live' | 'phases',
  'current' | 'itemSyncs' | 'alerts'
>;

function inventoryCall(ref: ScopeRef): ReadCall {
  return sweepCall('sweep', progressSweepScheduleId(ref.devTool), ref);
}

/**
 * Every `inventoryEvery`: only linked items missing from the list of ids are read singly; how many were gone or moved.
 */
export async function takeInventory(deps: InventoryNeeds, ref: ScopeRef): Promise<number> {
  return runSweepStep(deps, ref.devTool, async () => {
    const current = await deps.current();
    const tool = current.devTool(ref.devTool);
    const ids = await tool.listIds(ref.scope, inventoryCall(ref));
    return inventory(deps, tool, ref, new Set(ids));
  });
}

/**
 * An item moved to another scope is still found by id; one that is not found is left to its own run to confirm. Those
 * of closed links are read once, and then again only when the list shows them: an orphaned one has come back.
 * The inventory is noted only after every run that it concerns was signalled.
 */
export async function inventory(
  deps: InventoryNeeds,
  tool: DevItemReader,
  ref: ScopeRef,
  listed: ReadonlySet<string>,
): Promise<number> {
  const { feeds, live } = deps.ledger;
  const linked = await live.liveDevItemIds(ref.devTool, ref.scope);
  const missing = await live.missingDevItemIds(ref.devTool, ref.scope);
  const absent = linked.filter((id) => !listed.has(id));
  await lookFor(deps, tool, ref, [...absent, ...missing.filter((id) => listed.has(id))]);
  await feeds.noteInventory(ref.devTool, ref.scope);
  return absent.length;
}

async function lookFor(
  deps: InventoryNeeds,
  tool: DevItemReader,
  ref: ScopeRef,
  ids: readonly string[],
): Promise<void> {
  const { devTool } = ref;
  if (ids.length === 0) return;
  const byId = await readAbsent(tool, ref, ids);
  await deps.ledger.gone.noteClosedFound(devTool, byId.found);
  await deps.ledger.gone.noteClosedMissing(devTool, byId.toLook);
  const told = await wakeChangedItems(deps, devTool, byId.found);
  const unwoken = await wakeToLook(deps, devTool, byId.toLook);
  assertAllWoken(told.failed.length + unwoken);
}

interface Absent {
  readonly found: readonly DevItem[];
  /** Missing, malformed or refused. */
  readonly toLook: readonly string[];
}

/** A connector throws when the only item asked for is malformed or refused; among several it names it instead. */
async function readAbsent(tool: DevItemReader, ref: ScopeRef, ids: readonly string[]): Promise<Absent> {
  try {
    const { found, missing, malformed, refused = [] } = await tool.readItems(ids, inventoryCall(ref));
    return { found, toLook: [...missing, ...idsOf(malformed), ...refused] };
  } catch (error) {
    const isMalformed = error instanceof ToolError && error.kind === 'unexpected-response';
    if (ids.length === 1 && (isMalformed || isRefusedById(error))) return { found: [], toLook: ids };
    throw error;
  }
}

/** Nobody else looks for the dev items of closed links, and a scope of which nothing is left is read no more. */
export async function forgetClosed(
  { ledger }: Needs<'gone' | 'links'>,
  tool: DevItemReader,
  ref: ScopeRef,
  devItemIds: readonly string[],
): Promise<void> {
  const { devTool } = ref;
  const links = await ledger.links.byDevItems(devTool, devItemIds);
  const ids = links.flatMap(({ phase, devItemId }) => (isClosed(phase) && devItemId !== null ? [devItemId] : []));
  if (ids.length === 0) return;
  const byId = await readAbsent(tool, ref, ids);
  await ledger.gone.noteClosedFound(devTool, byId.found);
  await ledger.gone.noteClosedMissing(devTool, byId.toLook);
}

export function idsOf(entries: readonly { readonly id: string }[] = []): readonly string[] {
  return entries.map((entry) => entry.id);
}

/** In the place of facts: the run was told that there is something wrong with its dev item. */
const TOLD_TO_LOOK = 'look';

/**
 * Wakes runs without a snapshot: each reads its item itself, and says what is wrong with it. How many could not be
 * woken. One that was told so already, and has pushed nothing since, is not told again within a day.
 */
export async function wakeToLook(
  deps: Needs<'links' | 'phases', 'itemSyncs'>,
  devTool: string,
  devItemIds: readonly string[],
): Promise<number> {
  if (devItemIds.length === 0) return 0;
  const links = await deps.ledger.links.byDevItems(devTool, devItemIds);
  const open = links.filter((link) => !isUnconcerned(link.phase) && !isHandsOff(link.phase) && !isSetAside(link));
  const due = open.filter(({ told }) => told !== TOLD_TO_LOOK);
  const wakes = due.map((item) => ({ item, changed: 'dev-item' as const }));
  const unwoken = new Set(await deps.itemSyncs.wake(wakes, { signal: cancellationSignal() }));
  const woken = wakes.filter((wake) => !unwoken.has(wake));
  await deps.ledger.phases.noteTold(woken.map(({ item }) => ({ item, told: TOLD_TO_LOOK })));
  return unwoken.size;
}

/** It has looked already, found that it cannot be read, and looks again every `sweepEvery`. */
function isSetAside({ phase, blockedBy }: ItemLink): boolean {
  return phase === 'blocked' && (blockedBy === 'bad-answer' || blockedBy === 'refused');
}
