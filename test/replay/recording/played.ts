/** Runs of any workflow whose steps are played, so that a run can be recorded while it is at any of them. */
import { randomUUID } from 'node:crypto';
import { cancelled } from '@temporalio/activity';
import type { WorkflowHandle, WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { bundleWorkflowCode, Worker, type WorkflowBundle } from '@temporalio/worker';
import { WORKFLOWS_PATH } from '../../../workers/paths.js';
import { freshNamespace, type FreshNamespace } from '../../harness/servers/temporal.js';

export interface PlayedRun {
  readonly workflow: string;
  readonly args: readonly unknown[];
  readonly steps: Readonly<Record<string, (...args: never[]) => Promise<unknown>>>;
}

export interface Played {
  /** Runs it, with a worker of its own, until `body` is over. */
  run<T>(run: PlayedRun, body: (handle: WorkflowHandleWithFirstExecutionRunId) => Promise<T>): Promise<T>;
  /** Of another run of the same workflow id: the one with this id, or the newest. */
  handle(workflowId: string, runId?: string): WorkflowHandle;
  close(): Promise<void>;
}

/** `address`: of a server of its own. @default the run's */
export async function playing(address?: string): Promise<Played> {
  const [temporal, workflowBundle] = await Promise.all([
    freshNamespace(address === undefined ? {} : { address }),
    bundleWorkflowCode({ workflowsPath: WORKFLOWS_PATH }),
  ]);
  return {
    run: (run, body) => play(temporal, workflowBundle, run, body),
    handle: (workflowId, runId) => temporal.client.workflow.getHandle(workflowId, runId),
    close: () => temporal.close(),
  };
}

async function play<T>(
  temporal: FreshNamespace,
  workflowBundle: WorkflowBundle,
  { workflow, args, steps }: PlayedRun,
  body: (handle: WorkflowHandleWithFirstExecutionRunId) => Promise<T>,
): Promise<T> {
  const { nativeConnection } = await temporal.environment();
  const workflowId = `${workflow}-${randomUUID()}`;
  const worker = await Worker.create({
    connection: nativeConnection,
    namespace: temporal.namespace,
    taskQueue: workflowId,
    workflowBundle,
    activities: steps,
  });
  return worker.runUntil(async () => {
    const handle = await temporal.client.workflow.start(workflow, {
      taskQueue: workflowId,
      workflowId,
      args: [...args],
    });
    try {
      return await body(handle);
    } finally {
      await handle.terminate().catch(() => undefined);
    }
  });
}

/** A step that goes on until its worker stops. */
export async function held(): Promise<never> {
  await cancelled();
  throw new Error('the worker stops');
}

/** The history as JSON, once it is as wanted. */
export async function historyWhen(
  handle: WorkflowHandle,
  isThere: (types: readonly string[]) => boolean,
): Promise<string> {
  const giveUpAt = performance.now() + 60_000;
  for (;;) {
    const history = await handle.fetchHistory();
    const types = (history.events ?? []).map(
      (event) =>
        Object.keys(event)
          .find((key) => key.endsWith('EventAttributes'))
          ?.replace('EventAttributes', '') ?? '',
    );
    if (isThere(types)) return historyToJSON(history);
    if (performance.now() > giveUpAt) throw new Error(`the history never was as wanted: ${types.join(' ')}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const CLOSED = /^workflowExecution(?:Completed|ContinuedAsNew|Failed)$/;

export const hasEnded = (types: readonly string[]): boolean => CLOSED.test(types.at(-1) ?? '');

/** The last workflow task has ended. */
export const isIdle = (types: readonly string[]): boolean =>
  types.lastIndexOf('workflowTaskCompleted') > types.lastIndexOf('workflowTaskScheduled');
