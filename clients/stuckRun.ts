/**
 * Why a run does not go on although workers are there: what they say when they fail its workflow task, which Temporal
 * then gives them again and again. Such a run answers nothing, and takes no update.
 */
import { isGrpcServiceError, type Client } from '@temporalio/client';
import { decodeOptionalFailureToOptionalError } from '@temporalio/common/lib/internal-non-workflow/index.js';
import { CommandFailure, oneLine } from './failure.js';

/** FAILED_PRECONDITION: what Temporal answers to questions and updates then. */
const NOT_READY = 9;
/** The newest events of a run; a task that failed, and what arrived since. */
const EVENTS = 20;

/** Whether Temporal refused a call since the run's workflow task fails. An update may be wrapped in a second call. */
export function isNotReady(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (isGrpcServiceError(cause)) return Number(cause.code) === NOT_READY || /Update-with-Start/.test(cause.details);
  return false;
}

/**
 * What the worker said that failed the run's newest workflow task; null where none has failed since one was completed.
 * @throws EncryptionFailure where the worker's words cannot be read without a key that this process lacks.
 */
export async function stuckRun(client: Client, workflowId: string): Promise<CommandFailure | null> {
  const { history } = await client.workflowService.getWorkflowExecutionHistoryReverse({
    namespace: client.options.namespace,
    execution: { workflowId },
    maximumPageSize: EVENTS,
  });
  for (const {
    workflowTaskFailedEventAttributes: failed,
    workflowTaskCompletedEventAttributes: completed,
  } of history?.events ?? []) {
    if (completed) return null;
    if (!failed) continue;
    const error = await decodeOptionalFailureToOptionalError(client.options.loadedDataConverter, failed.failure);
    return new CommandFailure(
      `nothing goes on in ${workflowId}, since its worker ${failed.identity ?? ''} fails: ` +
        `${oneLine(error?.message ?? 'its log says why')}; mend that at the workers`,
    );
  }
  return null;
}
