/** Workflow runs: the product's own workflow code, one run for each id, with signals, updates and continue-as-new. */
import { randomUUID } from 'node:crypto';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { actors, type Actor, type Scheduler } from '../time/scheduler.js';
import type { Attempts } from './attempts.js';
import { ContinuedAsNew, type RunningWorkflow } from './workflowApi.js';

type Workflow = (...args: never[]) => Promise<unknown>;

interface Condition {
  readonly isMet: () => boolean;
  readonly resolve: (met: boolean) => void;
}

interface Run extends RunningWorkflow {
  readonly actor: Actor;
  readonly conditions: Condition[];
  isOver: boolean;
}

export interface Runs {
  /** Throws `WorkflowExecutionAlreadyStartedError` where a run of this id is under way. */
  start(workflow: string, workflowId: string, args: readonly unknown[]): void;
  isRunning(workflowId: string): boolean;
  /** Whether a run of this id was ever started. */
  wasStarted(workflowId: string): boolean;
  running(): readonly string[];
  /** Starts the run where there is none. */
  signalWithStart(workflow: string, workflowId: string, args: readonly unknown[], signal: string, input: unknown): void;
  /** False: there is no such run. */
  signal(workflowId: string, signal: string, input: unknown): boolean;
  /** Rejects with what the validator or the handler throws. */
  update(workflowId: string, update: string, input: unknown): Promise<unknown>;
  /** As `temporal workflow terminate` does: its code never continues. */
  terminate(workflowId: string): void;
  /** Whether a run failed: workflows never do. */
  readonly failures: readonly string[];
}

export interface RunsOptions {
  readonly scheduler: Scheduler;
  readonly server: Actor;
  readonly attempts: Attempts;
  readonly workflows: Readonly<Record<string, Workflow>>;
  /** These may fail: a sweep is repeated by its schedule. */
  readonly mayFail: readonly string[];
  /** Of a run that did not fail. */
  readonly onEnded: (workflow: string, result: unknown) => void;
}

export function createRuns({ scheduler, server, attempts, workflows, mayFail, onEnded }: RunsOptions): Runs {
  const runs = new Map<string, Run>();
  const started = new Set<string>();
  const failures: string[] = [];

  scheduler.onIdle(() => {
    for (const run of runs.values()) {
      const met = run.conditions.find(({ isMet }) => actors.run(run.actor, isMet));
      if (met === undefined) continue;
      run.conditions.splice(run.conditions.indexOf(met), 1);
      met.resolve(true);
      return true;
    }
    return false;
  });

  const openRun = (workflowId: string): Run => {
    const run: Run = {
      workflowId,
      runId: randomUUID(),
      handlers: new Map(),
      openHandlers: 0,
      conditions: [],
      isOver: false,
      actor: {
        ...server,
        name: workflowId,
        get run() {
          return run;
        },
      },
      waitFor(isMet, ms) {
        return new Promise<boolean>((resolve) => {
          const met: Condition = { isMet, resolve };
          run.conditions.push(met);
          if (ms === undefined) return;
          const cancel = scheduler.later(server, ms, () => {
            const at = run.conditions.indexOf(met);
            if (at === -1) return;
            run.conditions.splice(at, 1);
            resolve(false);
          });
          const over = met.resolve;
          Object.assign(met, { resolve: (value: boolean) => (cancel(), over(value)) });
        });
      },
      runActivity: (call) =>
        new Promise((resolve, reject) => {
          const whileRunning = (then: () => void) => (): void => (run.isOver ? undefined : then());
          attempts.run(call, run).then(
            (result) => whileRunning(() => resolve(result))(),
            (error: Error) => whileRunning(() => reject(error))(),
          );
        }),
      startChild: async (workflow, { workflowId: child, args }) => start(workflow, child, args),
    };
    return run;
  };

  const start: Runs['start'] = (workflow, workflowId, args) => {
    if (runs.has(workflowId)) throw new WorkflowExecutionAlreadyStartedError('running', workflowId, workflow);
    const code = workflows[workflow];
    if (code === undefined) throw new Error(`there is no workflow ${workflow}`);
    const run = openRun(workflowId);
    runs.set(workflowId, run);
    started.add(workflowId);
    const end = (): boolean => {
      if (run.isOver) return false;
      run.isOver = true;
      return runs.delete(workflowId);
    };
    const ended = actors.run(run.actor, () => code(...(args as never[])));
    const isEnded = (result: unknown): void => (end() ? onEnded(workflow, result) : undefined);
    ended.then(isEnded, (error: unknown) => {
      if (!end()) return;
      if (error instanceof ContinuedAsNew) start(workflow, workflowId, error.args);
      else if (!mayFail.includes(workflow)) failures.push(`${workflowId} failed: ${String(error)}`);
    });
  };

  const deliver = (run: Run, name: string, input: unknown): void => {
    const handler = run.handlers.get(name);
    if (handler === undefined) throw new Error(`${run.workflowId} has no handler for ${name}`);
    actors.run(run.actor, () => handler.handler(input));
  };

  return {
    failures,
    start,
    isRunning: (workflowId) => runs.has(workflowId),
    wasStarted: (workflowId) => started.has(workflowId),
    running: () => [...runs.keys()],
    signalWithStart(workflow, workflowId, args, signal, input) {
      if (!runs.has(workflowId)) start(workflow, workflowId, args);
      const run = runs.get(workflowId);
      if (run !== undefined) deliver(run, signal, input);
    },
    signal(workflowId, signal, input) {
      const run = runs.get(workflowId);
      if (run !== undefined) deliver(run, signal, input);
      return run !== undefined;
    },
    async update(workflowId, update, input) {
      const run = runs.get(workflowId);
      const handler = run?.handlers.get(update);
      if (run === undefined || handler === undefined) throw new Error(`${workflowId} does not run`);
      return actors.run(run.actor, async () => {
        handler.validator?.(input);
        run.openHandlers += 1;
        try {
          return await handler.handler(input);
        } finally {
          run.openHandlers -= 1;
        }
      });
    },
    terminate(workflowId) {
      const run = runs.get(workflowId);
      if (run === undefined) return;
      run.isOver = true;
      run.conditions.length = 0;
      runs.delete(workflowId);
    },
  };
}
