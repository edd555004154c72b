/** Starting and waking `itemSync` runs from outside a workflow, through a Temporal client (design 4, Waking). */
import type { Client } from '@temporalio/client';
import type { ItemSyncs, Wake } from '../activities/ports.js';
import { itemSyncWorkflowId, type ItemRef } from '../domain/ids.js';
import { itemSyncStartOptions, type ItemSyncStartOptions } from '../domain/itemSyncStart.js';
import { craftItemChangedSignal, devItemChangedSignal, ITEM_SYNC_WORKFLOW, resumeSignal } from '../domain/messages.js';
import type { Ledger } from '../ledger/ledger.js';

export interface ItemSyncsOptions {
  readonly client: Client;
  readonly ledger: Pick<Ledger, 'links' | 'phases'>;
  /** Who starts runs, for their memo: a worker, a command. */
  readonly startedBy: string;
}

/** How many calls to Temporal are under way at a time. */
const CALLS_AT_ONCE = 20;

export function createItemSyncs({ client, ledger, startedBy }: ItemSyncsOptions): ItemSyncs {
  const optionsFor = async (item: ItemRef): Promise<ItemSyncStartOptions> => {
    const link = await ledger.links.get(item);
    return itemSyncStartOptions({
      item,
      shortId: link?.craftShortId ?? null,
      devTool: link?.devTool ?? 'unknown',
      startedBy,
    });
  };
  const start = async (item: ItemRef): Promise<void> => {
    await client.workflow.start(ITEM_SYNC_WORKFLOW, {
      ...(await optionsFor(item)),
      workflowIdConflictPolicy: 'USE_EXISTING',
    });
  };
  return {
    wake: wakeEach(async (wake) => {
      await signalRun(client, await optionsFor(wake.item), wake);
      // It only informs; the run has heard.
      await ledger.phases.noteWoken(wake.item).catch(() => undefined);
    }),
    start,
    startEach: (items, signal) => forEachItem(items, start, signal),
    async notRunning(pipeline, items) {
      const running = await runningIds(client, pipeline);
      return items.filter((item) => !running.has(itemSyncWorkflowId(item)));
    },
  };
}

async function signalRun(client: Client, options: ItemSyncStartOptions, wake: Wake): Promise<void> {
  switch (wake.changed) {
    case 'craft-item':
      await client.workflow.signalWithStart(ITEM_SYNC_WORKFLOW, {
        ...options,
        signal: craftItemChangedSignal,
        signalArgs: [{}],
      });
      return;
    case 'pause-ended':
      await client.workflow.signalWithStart(ITEM_SYNC_WORKFLOW, {
        ...options,
        signal: resumeSignal,
        signalArgs: [{ reason: 'what it waited for is over' }],
      });
      return;
    case 'dev-item':
      await client.workflow.signalWithStart(ITEM_SYNC_WORKFLOW, {
        ...options,
        signal: devItemChangedSignal,
        signalArgs: [wake.snapshot === undefined ? {} : { snapshot: wake.snapshot }],
      });
  }
}

export function wakeEach(wakeOne: (wake: Wake) => Promise<void>): ItemSyncs['wake'] {
  return (wakes, { signal, onWoken } = {}) =>
    forEachItem(
      wakes,
      async (wake) => {
        await wakeOne(wake);
        await onWoken?.(wake);
      },
      signal,
    );
}

/** The one loop over items: bounded, and one that fails stops no other (invariant I6). Resolves with those. */
async function forEachItem<T>(
  items: readonly T[],
  call: (item: T) => Promise<void>,
  signal?: AbortSignal,
): Promise<readonly T[]> {
  const failed = new Set<T>();
  const queue = items.values();
  const work = async (): Promise<void> => {
    for (const item of queue) {
      signal?.throwIfAborted();
      try {
        await call(item);
      } catch {
        failed.add(item);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(CALLS_AT_ONCE, items.length) }, work));
  return items.filter((item) => failed.has(item));
}

/** Visibility lags by seconds; only rows untouched for minutes are asked about. */
async function runningIds(client: Client, pipeline: string): Promise<ReadonlySet<string>> {
  const query = `WorkflowType = '${ITEM_SYNC_WORKFLOW}' AND ExecutionStatus = 'Running' AND CraftsyncPipeline = '${pipeline}'`;
  const ids = new Set<string>();
  for await (const execution of client.workflow.list({ query })) ids.add(execution.workflowId);
  return ids;
}
