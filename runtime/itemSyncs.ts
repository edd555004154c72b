/** Starting and waking `itemSync` runs from outside a workflow, through a Temporal client (design 4, Hand-on). */
import type { Client } from '@temporalio/client';
import type { ItemSyncs } from '../activities/ports.js';
import { itemSyncWorkflowId, type ItemRef } from '../domain/ids.js';
import { itemSyncStartOptions, type ItemSyncStartOptions } from '../domain/itemSyncStart.js';
import { craftItemChangedSignal, devItemChangedSignal, ITEM_SYNC_WORKFLOW } from '../domain/messages.js';
import type { Ledger } from '../ledger/ledger.js';

export interface ItemSyncsOptions {
  readonly client: Client;
  readonly ledger: Ledger;
  /** Who starts runs, for their memo: a worker, a command. */
  readonly startedBy: string;
}

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
  return {
    async devItemChanged(item, snapshot) {
      await client.workflow.signalWithStart(ITEM_SYNC_WORKFLOW, {
        ...(await optionsFor(item)),
        signal: devItemChangedSignal,
        signalArgs: [snapshot === undefined ? {} : { snapshot }],
      });
    },
    async craftItemChanged(item) {
      await client.workflow.signalWithStart(ITEM_SYNC_WORKFLOW, {
        ...(await optionsFor(item)),
        signal: craftItemChangedSignal,
        signalArgs: [{}],
      });
    },
    async start(item) {
      await client.workflow.start(ITEM_SYNC_WORKFLOW, {
        ...(await optionsFor(item)),
        workflowIdConflictPolicy: 'USE_EXISTING',
      });
    },
    async notRunning(pipeline, items) {
      const running = await runningIds(client, pipeline);
      return items.filter((item) => !running.has(itemSyncWorkflowId(item)));
    },
  };
}

/** Visibility lags by seconds; only rows untouched for minutes are asked about. */
async function runningIds(client: Client, pipeline: string): Promise<ReadonlySet<string>> {
  const query = `WorkflowType = '${ITEM_SYNC_WORKFLOW}' AND ExecutionStatus = 'Running' AND CraftsyncPipeline = '${pipeline}'`;
  const ids = new Set<string>();
  for await (const execution of client.workflow.list({ query })) ids.add(execution.workflowId);
  return ids;
}
