/** What every workflow shows of itself in the Temporal UI in the same way: search attributes. */
import type { SearchAttributeUpdatePair } from '@temporalio/common';
import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';

/** Upserts what differs from what is shown: each upsert is a write of the server. */
export function upsertChanged(attributes: readonly SearchAttributeUpdatePair[]): void {
  const shown = workflowInfo().typedSearchAttributes;
  const changed = attributes.filter(({ key, value }) => (shown.get(key) ?? null) !== value);
  if (changed.length > 0) upsertSearchAttributes(changed);
}
