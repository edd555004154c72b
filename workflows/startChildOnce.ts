/** How a sweep starts a child: the workflow id makes a second start harmless; a failed start stops no other (I6). */
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';

/** `running`: a workflow of this id runs already, so nothing was started. */
export type ChildStart = 'started' | 'running' | 'failed';

export async function startChildOnce(start: () => Promise<unknown>): Promise<ChildStart> {
  try {
    await start();
    return 'started';
  } catch (error) {
    return error instanceof WorkflowExecutionAlreadyStartedError ? 'running' : 'failed';
  }
}
