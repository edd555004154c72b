/** How every starter of `itemSync` starts a run: a sweep, a wake, a command (design 2 and 7). */
import { TypedSearchAttributes } from '@temporalio/common';
import { itemSyncWorkflowId, TASK_QUEUE, type ItemRef } from './ids.js';
import type { ItemSyncInput } from './messages.js';
import type { Phase } from './phases.js';
import { asText } from './rules/asText.js';
import { SEARCH_ATTRIBUTES } from './searchAttributes.js';

export interface ItemSyncStart {
  readonly item: ItemRef;
  readonly shortId: string | null;
  readonly devTool: string;
  /** Who started it. Kept in the memo, because the UI shows a child under its sweep only while the sweep is kept. */
  readonly startedBy: string;
}

export interface ItemSyncStartOptions {
  readonly workflowId: string;
  readonly taskQueue: string;
  readonly args: [ItemSyncInput];
  readonly staticSummary: string;
  readonly typedSearchAttributes: TypedSearchAttributes;
  readonly memo: Record<string, unknown>;
}

export function itemSyncStartOptions({ item, shortId, devTool, startedBy }: ItemSyncStart): ItemSyncStartOptions {
  return {
    workflowId: itemSyncWorkflowId(item),
    taskQueue: TASK_QUEUE,
    args: [{ pipeline: item.pipeline, craftItemId: item.craftItemId }],
    staticSummary: `${asText(shortId ?? item.craftItemId)} → ${devTool}`,
    typedSearchAttributes: new TypedSearchAttributes([
      { key: SEARCH_ATTRIBUTES.pipeline, value: item.pipeline },
      { key: SEARCH_ATTRIBUTES.item, value: shortId ?? item.craftItemId },
      { key: SEARCH_ATTRIBUTES.devTool, value: devTool },
      { key: SEARCH_ATTRIBUTES.phase, value: 'checking' satisfies Phase },
      { key: SEARCH_ATTRIBUTES.drift, value: false },
    ]),
    memo: { startedBy },
  };
}
