/**
 * Sends an operator's order to an item (design 7, Messages). The item's row is found by Craft id or short id. Where no
 * run of the item is under way the message starts one, which begins from the row.
 */
import { WithStartWorkflowOperation } from '@temporalio/client';
import type { UpdateDefinition } from '@temporalio/common';
import { itemSyncStartOptions } from '../../domain/itemSyncStart.js';
import { itemSyncWorkflowId, type ItemRef } from '../../domain/ids.js';
import type { ItemLink } from '../../domain/link.js';
import { ITEM_SYNC_WORKFLOW, statusQuery, type VerbResult } from '../../domain/messages.js';
import type { Settings } from '../../domain/settings.js';
import type { Ledger } from '../../ledger/ledger.js';
import { CommandFailure } from '../failure.js';
import { requirePipeline, type OpenedLedger, type OpenedTemporal } from '../resources.js';
import type { Terminal } from '../terminal.js';
import type { Ask } from '../workerPresence.js';

/** What the command line names. */
export interface NamedItem {
  readonly pipeline: string;
  /** Craft id or short id. */
  readonly item: string;
}

export interface OrderOptions {
  readonly reason: string | null;
  readonly json: boolean;
}

/**
 * The item's row; null where there is none. A pipeline that is no longer configured keeps its rows.
 * @throws CommandFailure where neither the configuration nor the ledger knows the pipeline.
 */
export async function findRow(ledger: Ledger, settings: Settings, named: NamedItem): Promise<ItemLink | null> {
  const row = await ledger.links.find(named.pipeline, named.item);
  if (row === null) requirePipeline(settings, named.pipeline);
  return row;
}

export async function requireRow(ledger: Ledger, settings: Settings, named: NamedItem): Promise<ItemLink> {
  const row = await findRow(ledger, settings, named);
  if (row !== null) return row;
  const { pipeline, item } = named;
  throw new CommandFailure(
    `the ledger has no item ${item} in ${pipeline}: craftsync resync ${pipeline} ${item} starts it if it is ready`,
  );
}

/** @throws CommandFailure where the pipeline is not configured: its lock and dev tool are needed to write and read. */
export function requireConfigured(settings: Settings, { pipeline, item }: NamedItem): void {
  if (Object.hasOwn(settings.pipelines, pipeline)) return;
  throw new CommandFailure(
    `the pipeline ${pipeline} is no longer configured, so nothing can be done for ${item}: put it back and run craftsync apply first`,
  );
}

export interface Addressee {
  readonly item: ItemRef;
  readonly shortId: string | null;
  readonly devTool: string;
}

export function addresseeOf(row: ItemLink): Addressee {
  return { item: row, shortId: row.craftShortId, devTool: row.devTool };
}

export function startOptionsOf({ item, shortId, devTool }: Addressee) {
  return itemSyncStartOptions({ item, shortId, devTool, startedBy: 'command' });
}

/**
 * Sends an update and waits for its result.
 * @throws WorkflowUpdateFailedError where the run refuses it; its root message says why.
 */
export async function order<Args extends unknown[]>(
  { client, ledger, presence }: OpenedLedger & OpenedTemporal,
  addressee: Addressee,
  update: UpdateDefinition<VerbResult, Args>,
  args: Args,
): Promise<VerbResult> {
  // What a person asks for is tried, although the item's pipeline may be paused.
  await ledger.refusals.admit(addressee.item);
  const startWorkflowOperation = new WithStartWorkflowOperation(ITEM_SYNC_WORKFLOW, {
    ...startOptionsOf(addressee),
    workflowIdConflictPolicy: 'USE_EXISTING',
  });
  const send = () => client.workflow.executeUpdateWithStart(update, { args, startWorkflowOperation });
  return presence.whileWorkerRuns(client, send, askOf(addressee.item));
}

/** The query that shows whether a worker runs while a command waits for this item. */
export function askOf(item: ItemRef): Ask {
  const workflowId = itemSyncWorkflowId(item);
  return { workflowId, query: (client) => client.workflow.getHandle(workflowId).query(statusQuery) };
}

export function showResult(terminal: Terminal, result: VerbResult, json: boolean): void {
  if (json) terminal.json(result);
  else terminal.print(describeResult(result));
}

/** `MOB-12: pushed, following, KM-3, progress "In development"` */
function describeResult({ outcome, status }: VerbResult): string {
  const { phase, blockedBy, blockedUntil, devItem, progress, drift, lastError } = status;
  const facts = [
    ...(phase === outcome ? [] : [`${phase}${blockedBy === null ? '' : ` (${blockedBy})`}`]),
    ...(devItem === null ? [] : [devItem.key ?? devItem.id]),
    ...(progress === null ? [] : [`progress "${progress}"`]),
    ...(drift ? ['drift'] : []),
    ...(blockedUntil === null ? [] : [`until about ${blockedUntil}`]),
    ...(lastError === null ? [] : [lastError]),
  ];
  return [`${status.shortId ?? status.craftItemId}: ${outcome}`, ...facts].join(', ');
}

/** The argument of a verb; empty where no reason was given. */
export function reasonOf({ reason }: OrderOptions): { reason?: string } {
  return reason === null ? {} : { reason };
}
