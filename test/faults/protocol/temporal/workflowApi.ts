/**
 * Stands for `@temporalio/workflow` in the compiled copy of the product, as far as its workflows use it: the product's
 * own workflow code runs, on the scheduler's time. What it promises is Temporal's documentation (sources: Temporal).
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { ActivityFailure, CancelledFailure, ChildWorkflowFailure } from '@temporalio/common';
import { actors } from '../time/scheduler.js';

export { ActivityFailure, ApplicationFailure, CancelledFailure } from '@temporalio/common';

export const ActivityCancellationType = { WAIT_CANCELLATION_COMPLETED: 'WAIT_CANCELLATION_COMPLETED' } as const;
export const ParentClosePolicy = { ABANDON: 'ABANDON' } as const;

type Handler = (input?: unknown) => unknown;
export interface Message {
  readonly name: string;
}

/** What the shim needs of the run whose code is running (temporal/runs.ts). */
export interface RunningWorkflow {
  readonly workflowId: string;
  readonly runId: string;
  readonly handlers: Map<string, { readonly handler: Handler; readonly validator?: (input?: unknown) => void }>;
  openHandlers: number;
  waitFor(isMet: () => boolean, ms?: number): Promise<boolean>;
  runActivity(call: ActivityCall): Promise<unknown>;
  startChild(workflow: string, options: { readonly workflowId: string; readonly args: unknown[] }): Promise<void>;
}

export interface ActivityCall {
  readonly name: string;
  readonly args: readonly unknown[];
  readonly isLocal: boolean;
  readonly options: {
    readonly startToCloseTimeout?: string;
    readonly retry?: Retry;
  };
  /** Called back when the scope of the call is cancelled. */
  readonly onCancel: (cancel: () => void) => void;
}

export interface Retry {
  readonly initialInterval?: string;
  readonly backoffCoefficient?: number;
  readonly maximumInterval?: string;
  readonly maximumAttempts?: number;
}

function running(): RunningWorkflow {
  const run = actors.getStore()?.run;
  if (run === undefined) throw new Error('workflow code runs outside of a run');
  return run as RunningWorkflow;
}

export const defineSignal = (name: string): Message => ({ name });
export const defineQuery = (name: string): Message => ({ name });
export const defineUpdate = (name: string): Message => ({ name });

export function setHandler(
  message: Message,
  handler: Handler,
  options: { validator?: (input?: unknown) => void } = {},
) {
  const { validator } = options;
  running().handlers.set(message.name, { handler, ...(validator !== undefined && { validator }) });
}

export const allHandlersFinished = (): boolean => running().openHandlers === 0;
export const patched = (): boolean => true;
export const setCurrentDetails = (): void => undefined;
export const upsertSearchAttributes = (): void => undefined;

export function workflowInfo() {
  const { workflowId, runId } = running();
  const typedSearchAttributes = { get: (): undefined => undefined };
  return { workflowId, runId, firstExecutionRunId: runId, continueAsNewSuggested: false, typedSearchAttributes };
}

export async function condition(isMet: () => boolean, ms?: number): Promise<boolean> {
  return isMet() || running().waitFor(isMet, ms);
}

/** Thrown through the workflow's code, as Temporal does. */
export class ContinuedAsNew extends Error {
  constructor(readonly args: readonly unknown[]) {
    super('continued as new');
  }
}

export function continueAsNew(...args: unknown[]): Promise<never> {
  return Promise.reject(new ContinuedAsNew(args));
}

export async function startChild(
  workflow: { readonly name: string },
  options: { readonly workflowId: string; readonly args: unknown[] },
): Promise<void> {
  await running().startChild(workflow.name, options);
}

export function isCancellation(error: unknown): boolean {
  if (error instanceof CancelledFailure) return true;
  return (error instanceof ActivityFailure || error instanceof ChildWorkflowFailure) && isCancellation(error.cause);
}

const scopes = new AsyncLocalStorage<CancellationScope>();

export class CancellationScope {
  consideredCancelled = false;
  private readonly cancels: (() => void)[] = [];

  static current(): CancellationScope {
    return scopes.getStore() ?? new CancellationScope();
  }

  run<T>(work: () => Promise<T>): Promise<T> {
    return scopes.run(this, work);
  }

  cancel(): void {
    this.consideredCancelled = true;
    for (const cancel of this.cancels.splice(0)) cancel();
  }

  onCancel(cancel: () => void): void {
    this.cancels.push(cancel);
  }
}

function proxies(isLocal: boolean) {
  return (options: ActivityCall['options']) =>
    new Proxy(
      {},
      {
        get: (_target, name) => {
          const call = (more: ActivityCall['options'], args: readonly unknown[]): Promise<unknown> => {
            const scope = CancellationScope.current();
            if (scope.consideredCancelled)
              return Promise.reject(new CancelledFailure('Activity cancelled before scheduled'));
            const onCancel = (cancel: () => void): void => scope.onCancel(cancel);
            return running().runActivity({
              name: String(name),
              args,
              isLocal,
              options: { ...options, ...more },
              onCancel,
            });
          };
          const direct = (...args: readonly unknown[]): Promise<unknown> => call({}, args);
          return Object.assign(direct, { executeWithOptions: call });
        },
      },
    );
}

export const proxyActivities = proxies(false);
export const proxyLocalActivities = proxies(true);
