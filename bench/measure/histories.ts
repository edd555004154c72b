/**
 * What histories cost: events, and what Temporal Cloud would bill as actions (docs.temporal.io/evaluate/cloud/actions):
 * one for a start (two for that of a child), for each attempt of an activity, each workflow task with local activities,
 * each timer, signal, update and upsert of search attributes. Heartbeats and queries are in no history.
 */
import type { Client, WorkflowExecutionInfo } from '@temporalio/client';

export interface HistoryCost {
  readonly events: number;
  readonly actions: number;
}

type History = Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['fetchHistory']>>;
type HistoryEvent = NonNullable<History['events']>[number];

const READ_AT_ONCE = 20;

/** Sums over whole chains of runs (continue-as-new). */
export async function costOf(client: Client, workflowIds: readonly string[]): Promise<HistoryCost> {
  const costs = await inTurns(workflowIds, (workflowId) => costOfOne(client, workflowId));
  return sumOf(costs);
}

export async function costOfType(client: Client, workflowType: string): Promise<HistoryCost> {
  const ids = new Set<string>();
  for await (const { workflowId } of runs(client, `WorkflowType = '${workflowType}'`)) ids.add(workflowId);
  return costOf(client, [...ids]);
}

async function costOfOne(client: Client, workflowId: string): Promise<HistoryCost> {
  const costs: HistoryCost[] = [];
  for await (const { runId } of runs(client, `WorkflowId = '${workflowId}'`)) {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    costs.push(costOfHistory(events ?? []));
  }
  return sumOf(costs);
}

function runs(client: Client, query: string): AsyncIterable<WorkflowExecutionInfo> {
  return client.workflow.list({ query });
}

function costOfHistory(events: readonly HistoryEvent[]): HistoryCost {
  const tasksWithLocal = new Set<string>();
  let actions = 0;
  for (const event of events) {
    const marker = event.markerRecordedEventAttributes;
    // All local activities of one workflow task are one action.
    if (marker?.markerName === 'core_local_activity') {
      tasksWithLocal.add(String(marker.workflowTaskCompletedEventId));
    } else actions += actionsOf(event);
  }
  return { events: events.length, actions: actions + tasksWithLocal.size };
}

function actionsOf(event: HistoryEvent): number {
  if (event.workflowExecutionStartedEventAttributes) {
    return event.workflowExecutionStartedEventAttributes.parentWorkflowExecution ? 2 : 1;
  }
  if (event.activityTaskStartedEventAttributes) return event.activityTaskStartedEventAttributes.attempt ?? 1;
  const billed = [
    event.timerStartedEventAttributes,
    event.workflowExecutionSignaledEventAttributes,
    event.workflowExecutionUpdateAcceptedEventAttributes,
    event.upsertWorkflowSearchAttributesEventAttributes,
  ];
  return billed.some(Boolean) ? 1 : 0;
}

function sumOf(costs: readonly HistoryCost[]): HistoryCost {
  return {
    events: costs.reduce((sum, { events }) => sum + events, 0),
    actions: costs.reduce((sum, { actions }) => sum + actions, 0),
  };
}

async function inTurns<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const queue = all.values();
  const worker = async (): Promise<void> => {
    for (const one of queue) results.push(await work(one));
  };
  await Promise.all(Array.from({ length: READ_AT_ONCE }, worker));
  return results;
}
