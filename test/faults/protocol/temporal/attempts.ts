/**
 * Activities as Temporal runs them: attempts on processes that may die or stop, retries, time-outs, cancellation. An
 * attempt that Temporal has given up goes on where its process does (a zombie), and a stopped process that comes back
 * goes on with the next local step, too, because it does not know yet that its workflow task is lost.
 */
import { asyncLocalStorage, Context, type Info } from '@temporalio/activity';
import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  noopMetricMeter,
  TimeoutFailure,
} from '@temporalio/common';
import ms, { type StringValue } from 'ms';
import { actors, type Actor, type Process, type Scheduler } from '../time/scheduler.js';
import type { ActivityCall } from './workflowApi.js';

type Activity = (...args: readonly unknown[]) => Promise<unknown>;

/** A worker process, and the activities that it runs. */
export interface Worker {
  readonly process: Process;
  readonly activities: Readonly<Record<string, Activity>>;
}

export interface AttemptsOptions {
  readonly scheduler: Scheduler;
  /** Temporal itself. */
  readonly server: Actor;
  /** The one that takes the next attempt. */
  readonly pickWorker: () => Worker;
  readonly note: (line: string) => void;
}

export interface Attempts {
  run(call: ActivityCall, of: { readonly workflowId: string; readonly runId: string }): Promise<unknown>;
  /** A process died or was stopped: Temporal notices by missing heartbeats, or a workflow task that does not end. */
  stopped(process: Process): void;
}

interface Attempt {
  readonly worker: Worker;
  readonly cancel: () => void;
  readonly clear: () => void;
}

interface Task {
  readonly call: ActivityCall;
  readonly workflowId: string;
  readonly runId: string;
  number: number;
  attempt: Attempt | null;
  cancelRequested: boolean;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

const NOTICED_AFTER_MS = { local: 10_000, ordinary: 15_000 } as const;
/** By the answer to a heartbeat a process hears of a cancellation. */
const HEARTBEAT_ANSWER_MS = 20;
const DEFAULT_RETRY = { initialInterval: '1 second', backoffCoefficient: 2, maximumAttempts: Number.POSITIVE_INFINITY };
const NEXT_LOCAL_STEP: Readonly<Record<string, string>> = { create: 'createDevItem', lock: 'lockCraftItem' };
const LOG = { warn: () => undefined } as unknown as Context['log'];

export function createAttempts({ scheduler, server, pickWorker, note }: AttemptsOptions): Attempts {
  const tasks = new Set<Task>();

  const end = (task: Task): void => {
    task.attempt?.clear();
    task.attempt = null;
    tasks.delete(task);
  };

  const fail = (task: Task, cause: Error): void => {
    end(task);
    const { name, isLocal } = task.call;
    if (isLocal) return task.reject(cause);
    const failed = new ActivityFailure(
      'Activity task failed',
      name,
      name,
      'MAXIMUM_ATTEMPTS_REACHED',
      undefined,
      cause,
    );
    task.reject(failed);
  };

  const retryLater = (task: Task, cause: Error): void => {
    const retry = { ...DEFAULT_RETRY, ...task.call.options.retry };
    const isFinal = cause instanceof ApplicationFailure && cause.nonRetryable === true;
    if (isFinal || task.cancelRequested || task.number >= retry.maximumAttempts) return fail(task, cause);
    const first = ms(retry.initialInterval as StringValue);
    const most = retry.maximumInterval === undefined ? 100 * first : ms(retry.maximumInterval as StringValue);
    const backOff = Math.min(first * retry.backoffCoefficient ** (task.number - 1), most);
    const asked = cause instanceof ApplicationFailure ? cause.nextRetryDelay : undefined;
    const delayMs = typeof asked === 'number' ? asked : backOff;
    task.attempt?.clear();
    task.attempt = null;
    task.number += 1;
    scheduler.later(server, delayMs, () => {
      if (!tasks.has(task)) return;
      if (task.cancelRequested) fail(task, new CancelledFailure('cancelled between attempts'));
      else begin(task);
    });
  };

  const timedOut = (task: Task, attempt: Attempt, what: string): void => {
    if (task.attempt !== attempt) return;
    note(`Temporal gives up ${task.call.name} #${task.number} of ${task.workflowId}: ${what}`);
    attempt.clear();
    task.attempt = null;
    // The workflow task is made again, and with it the first attempt.
    if (task.call.isLocal && what !== 'START_TO_CLOSE')
      return task.cancelRequested ? fail(task, new CancelledFailure('cancelled')) : begin(task);
    retryLater(task, new TimeoutFailure(`activity ${what} timeout`, undefined, 'HEARTBEAT'));
  };

  const begin = (task: Task): void => {
    const worker = pickWorker();
    const { call } = task;
    const actor = actorOf(worker, `${call.name}${call.isLocal ? '' : `#${task.number}`}`, task.workflowId);
    const made = contextOf(worker, task, call.isLocal);
    const limit = ms((call.options.startToCloseTimeout ?? '10 minutes') as StringValue);
    const clear = scheduler.later(server, limit, () => timedOut(task, attempt, 'START_TO_CLOSE'));
    const attempt: Attempt = { worker, cancel: made.cancel, clear };
    task.attempt = attempt;
    if (task.cancelRequested) cancelLocal(task, attempt);
    const isCurrent = (): boolean => task.attempt === attempt;
    void actors.run(actor, async () => {
      const outcome = await attempted(actor, worker, { name: call.name, args: call.args, context: made.context });
      // Between the end of the work and Temporal's knowledge of it the process may die.
      await scheduler.pass(actor, 'tells Temporal');
      if (!isCurrent()) return ghost(worker, task, outcome);
      if ('error' in outcome) {
        if (outcome.error instanceof CancelledFailure) return fail(task, outcome.error);
        return retryLater(task, outcome.error);
      }
      end(task);
      task.resolve(outcome.result);
    });
  };

  /** By its own process: one that was stopped hears of it when it goes on, and not where the task is lost by then. */
  const cancelLocal = (task: Task, attempt: Attempt): void => {
    const { process } = attempt.worker;
    const itself: Actor = { name: process.name, process, scheduler, heldUntilMs: 0 };
    scheduler.later(itself, 1, () => (task.attempt === attempt ? attempt.cancel() : undefined));
  };

  const actorOf = (worker: Worker, what: string, workflowId: string): Actor => ({
    name: `${worker.process.name} ${what} ${workflowId.replace('item-sync:', '')}`,
    process: worker.process,
    scheduler,
    heldUntilMs: 0,
  });

  /** `task` is over, or somebody else's: what this process goes on with is heard by nobody. */
  const ghost = (worker: Worker, task: Task, outcome: Outcome): void => {
    note(`${worker.process.name}: nobody hears the end of ${task.call.name} of ${task.workflowId}`);
    if (!task.call.isLocal || 'error' in outcome) return;
    const { state, handedOn, wait } = (outcome.result ?? {}) as {
      state?: { next?: string };
      handedOn?: string;
      wait?: object;
    };
    const name = handedOn === undefined && wait === undefined ? NEXT_LOCAL_STEP[state?.next ?? ''] : undefined;
    const [item] = task.call.args;
    if (name === undefined) return;
    const next: Task = { ...task, call: { ...task.call, name, args: [item] }, number: 1, attempt: null };
    const actor = actorOf(worker, `ghost ${name}`, task.workflowId);
    const { context } = contextOf(worker, next, true);
    void actors.run(actor, async () =>
      ghost(worker, next, await attempted(actor, worker, { name, args: [item], context })),
    );
  };

  const contextOf = (
    { process }: Worker,
    task: Task,
    isLocal: boolean,
  ): { readonly context: Context; readonly cancel: () => void } => {
    const controller = new AbortController();
    let reject: (error: Error) => void = () => undefined;
    const cancelled = new Promise<never>((_resolve, no) => (reject = no));
    cancelled.catch(() => undefined);
    const cancel = (): void => {
      const error = new CancelledFailure('CANCELLED');
      controller.abort(error);
      reject(error);
    };
    const info = {
      attempt: isLocal ? 1 : task.number,
      isLocal,
      activityType: task.call.name,
      activityId: task.call.name,
      workflowExecution: { workflowId: task.workflowId, runId: task.runId },
    } as unknown as Info;
    const itself: Actor = { name: process.name, process, scheduler, heldUntilMs: 0 };
    const heartbeat = (): void => {
      if (task.cancelRequested) scheduler.later(itself, HEARTBEAT_ANSWER_MS, cancel);
    };
    const details = { details: undefined } as never;
    const context = new Context(
      info,
      cancelled,
      controller.signal,
      heartbeat,
      undefined,
      LOG,
      noopMetricMeter,
      details,
    );
    return { context, cancel };
  };

  return {
    run: (call, of) =>
      new Promise((resolve, reject) => {
        const task: Task = { call, ...of, number: 1, attempt: null, cancelRequested: false, resolve, reject };
        tasks.add(task);
        call.onCancel(() => {
          task.cancelRequested = true;
          // An ordinary attempt hears of it with its next heartbeat.
          const { attempt } = task;
          if (call.isLocal && attempt !== null) cancelLocal(task, attempt);
          else if (task.attempt === null)
            scheduler.later(
              server,
              1,
              () => tasks.has(task) && task.attempt === null && fail(task, new CancelledFailure('cancelled')),
            );
        });
        begin(task);
      }),
    stopped(process) {
      for (const task of tasks) {
        const { attempt } = task;
        if (attempt?.worker.process !== process) continue;
        const afterMs = task.call.isLocal ? NOTICED_AFTER_MS.local : NOTICED_AFTER_MS.ordinary;
        scheduler.later(server, afterMs, () => {
          if (process.isDead || process.heldUntilMs > scheduler.nowMs()) timedOut(task, attempt, 'no heartbeat');
        });
      }
    },
  };
}

type Outcome = { readonly result: unknown } | { readonly error: Error };

async function attempted(
  actor: Actor,
  worker: Worker,
  { name, args, context }: { readonly name: string; readonly args: readonly unknown[]; readonly context: Context },
): Promise<Outcome> {
  await actor.scheduler.pass(actor, 'begins');
  const activity = worker.activities[name];
  if (activity === undefined) throw new Error(`there is no activity ${name}`);
  try {
    const result = await asyncLocalStorage.run(context, () => activity(...args));
    return { result: JSON.parse(JSON.stringify(result ?? null)) as unknown };
  } catch (error) {
    if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return { error };
    return { error: ApplicationFailure.fromError(error instanceof Error ? error : new Error(String(error))) };
  }
}
