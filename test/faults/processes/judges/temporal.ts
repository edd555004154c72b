/** Temporal: no task fails again and again, no item's run ends wrongly, and each live row has one running run. */
import { itemSyncWorkflowId } from '../../../../domain/ids.js';
import { isFinal } from '../../../../domain/phases.js';
import type { RunRecord, SeenWorkflow } from '../record/record.js';
import type { Finding } from './facts.js';

const MOST_FAILED_TASKS = 3;
const ENDED_WRONGLY = ['FAILED', 'TIMED_OUT', 'CANCELLED', 'CANCELED'];

export function runsEndWrongly(record: RunRecord): readonly Finding[] {
  return record.workflows.flatMap((run) => {
    const words = whyWrong(record, run);
    return words === null ? [] : [finding('a run ended wrongly', itemOf(run), `${run.workflowId}: ${words}`)];
  });
}

function whyWrong({ deeds }: RunRecord, { type, status, workflowId }: SeenWorkflow): string | null {
  if (status === 'TERMINATED') {
    const wanted = deeds.some(
      ({ kind, craftItemId }) => kind === 'run-terminated' && workflowId.endsWith(`:${craftItemId}`),
    );
    return wanted ? null : 'terminated by nobody';
  }
  // A sweep whose reads fail again and again fails, and its schedule repeats it.
  return type === 'itemSync' && ENDED_WRONGLY.includes(status) ? status.toLowerCase() : null;
}

export function tasksFail(record: RunRecord): readonly Finding[] {
  return record.workflows.flatMap((run) => {
    const { failedTasks, workflowId } = run;
    const first = failedTasks.find(({ message }) => /determinis/i.test(message));
    if (first !== undefined) return [finding('a workflow task fails', itemOf(run), `${workflowId}: ${first.message}`)];
    if (failedTasks.length <= MOST_FAILED_TASKS) return [];
    const words = `${workflowId}: ${failedTasks.length} times, the last: ${failedTasks.at(-1)?.message ?? ''}`;
    return [finding('a workflow task fails', itemOf(run), words)];
  });
}

export function rowsWithoutRun(record: RunRecord): readonly Finding[] {
  return record.rows.flatMap((row) => {
    if (isFinal(row.phase)) return [];
    const id = itemSyncWorkflowId(row);
    const running = record.workflows.filter(({ workflowId, status }) => workflowId === id && status === 'RUNNING');
    if (running.length === 1) return [];
    return [finding('a live row without its run', row.craftItemId, `${row.phase}, and ${running.length} runs`)];
  });
}

function itemOf({ type, workflowId }: SeenWorkflow): string | null {
  return type === 'itemSync' ? (workflowId.split(':')[2] ?? null) : null;
}

function finding(check: string, craftItemId: string | null, words: string): Finding {
  return { check: `Temporal: ${check}`, column: 'other', craftItemId, words };
}
