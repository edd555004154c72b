/** Starts a progress sweep from outside a workflow, because a webhook announced changes (design 4, Inbox). */
import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import { byHandWorkflowId, progressSweepScheduleId, TASK_QUEUE } from '../domain/ids.js';
import { PROGRESS_SWEEP_WORKFLOW, type ProgressSweepInput } from '../domain/messages.js';
import { SEARCH_ATTRIBUTES } from '../domain/searchAttributes.js';

/**
 * False when one that was started by hand or by a webhook is still running: it may have read the feeds before the
 * change, so the caller asks again later.
 */
export async function startProgressSweep(client: Client, devTool: string, startedBy: string): Promise<boolean> {
  const input: ProgressSweepInput = { devTool };
  try {
    await client.workflow.start(PROGRESS_SWEEP_WORKFLOW, {
      workflowId: byHandWorkflowId(progressSweepScheduleId(devTool)),
      workflowIdConflictPolicy: 'FAIL',
      taskQueue: TASK_QUEUE,
      args: [input],
      typedSearchAttributes: new TypedSearchAttributes([{ key: SEARCH_ATTRIBUTES.devTool, value: devTool }]),
      staticSummary: 'a webhook said that something changed',
      memo: { startedBy },
    });
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
}
