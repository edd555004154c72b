/** One run's craftsync: two worker processes with the product's activities and workflows, on one ledger. */
import type { Client } from '@temporalio/client';
import { createActivities } from '../../../../activities/index.js';
import type { ActivityDeps, Current } from '../../../../activities/ports.js';
import type { CraftConnector } from '../../../../connectors/port/craft.js';
import type { DevToolConnector } from '../../../../connectors/port/devTool.js';
import type { Settings } from '../../../../domain/settings.js';
import { ledgerOn } from '../../../../ledger/index.js';
import type { Ledger } from '../../../../ledger/ledger.js';
import { createItemSyncs } from '../../../../runtime/itemSyncs.js';
import { driftSweep } from '../../../../workflows/driftSweep.js';
import { itemSync } from '../../../../workflows/itemSync/index.js';
import { progressSweep } from '../../../../workflows/progressSweep.js';
import { readySweep } from '../../../../workflows/readySweep.js';
import { createAttempts, type Attempts, type Worker } from '../temporal/attempts.js';
import { createRuns, type Runs } from '../temporal/runs.js';
import { actors, type Actor, type Process, type Scheduler } from '../time/scheduler.js';
import type { BrokenStatement, VirtualDatabase } from './database.js';

export interface SystemOptions {
  readonly scheduler: Scheduler;
  readonly server: Actor;
  readonly database: VirtualDatabase;
  readonly skews: readonly [number, number];
  readonly craft: CraftConnector;
  readonly tool: DevToolConnector;
  readonly settings: () => Settings;
  readonly nextBreaks: () => BrokenStatement | null;
  /** Whether the next call to Temporal fails. */
  readonly nextCallFails: () => boolean;
  readonly note: (line: string) => void;
  readonly onActivity: (seen: SeenActivity) => void;
  /** A workflow run that did not fail. */
  readonly onEnded: (workflow: string, result: unknown) => void;
}

/** An attempt of an item's activity that begins (`phase` null), or ends with this phase in its result. */
export interface SeenActivity {
  readonly name: string;
  readonly craftItemId: string;
  readonly phase: string | null;
}

export interface System {
  readonly runs: Runs;
  readonly attempts: Attempts;
  readonly workers: LiveWorker[];
  /** Kills a process; another one starts in its place. */
  kill(process: Process): void;
  stop(process: Process, ms: number): void;
  /** As every process does all the time: says that the ledger is in use. */
  beat(): Promise<void>;
}

export interface LiveWorker extends Worker {
  readonly index: number;
  readonly ledger: Ledger;
}

export function createSystem(options: SystemOptions): System {
  const { scheduler, server, database, skews, note } = options;
  let turn = 0;
  let born = 0;
  const workers: LiveWorker[] = [];
  const pickWorker = (): Worker => {
    turn += 1;
    const awake = workers.filter(({ process }) => process.heldUntilMs <= scheduler.nowMs());
    const all = awake.length > 0 ? awake : workers;
    return all[turn % all.length] ?? never();
  };
  const attempts = createAttempts({ scheduler, server, pickWorker, note });
  const workflows = { itemSync, readySweep, progressSweep, driftSweep } as never;
  const mayFail = ['readySweep', 'progressSweep', 'driftSweep'];
  const runs = createRuns({ scheduler, server, attempts, workflows, mayFail, onEnded: options.onEnded });
  const client = clientOf(runs, options.nextCallFails);
  const open = (index: number): LiveWorker => {
    born += 1;
    const process: Process = {
      name: `W${index + 1}${born > 2 ? `.${born}` : ''}`,
      skewMs: skews[index] ?? 0,
      isDead: false,
      heldUntilMs: 0,
    };
    const ledger = withoutPruning({
      ...ledgerOn(database.database(options.nextBreaks, () => label)),
      migrate: () => Promise.reject(new Error('no worker migrates')),
    });
    const own = createActivities(depsOf(options, ledger, client)) as unknown as Worker['activities'];
    const activities = Object.fromEntries(
      Object.entries(own).map(([name, work]) => [name, watched(name, work, options.onActivity)]),
    );
    return { index, process, ledger, activities };
  };
  workers.push(open(0), open(1));
  return {
    runs,
    attempts,
    workers,
    kill(process) {
      const worker = workers.find((one) => one.process === process);
      if (worker === undefined) return;
      process.isDead = true;
      attempts.stopped(process);
      workers[worker.index] = open(worker.index);
    },
    stop(process, ms) {
      if (process.isDead) return;
      process.heldUntilMs = Math.max(process.heldUntilMs, scheduler.nowMs() + ms);
      attempts.stopped(process);
    },
    async beat() {
      for (const { process, ledger } of workers)
        if (process.heldUntilMs <= scheduler.nowMs()) await actors.run(undefined, () => ledger.continuity.beat());
    },
  };
}

type Activity = Worker['activities'][string];

function watched(name: string, work: Activity, onActivity: SystemOptions['onActivity']): Activity {
  return async (...args) => {
    const { craftItemId } = (args[0] ?? {}) as { readonly craftItemId?: string };
    if (craftItemId !== undefined) onActivity({ name, craftItemId, phase: null });
    const result = await work(...args);
    const phase = (result as { readonly state?: { readonly phase: string } } | null)?.state?.phase;
    if (craftItemId !== undefined && phase !== undefined) onActivity({ name, craftItemId, phase });
    return result;
  };
}

function never(): never {
  throw new Error('there is no worker');
}

/** What an actor does with the ledger, for the timeline. */
let label = 'ledger';

function labelled(ledger: Ledger): Ledger {
  const parts = Object.entries(ledger).map(([part, value]) => {
    if (typeof value === 'function') return [part, named(part, value as Method)] as const;
    const methods = Object.entries(value as object).map(([name, method]) => [
      name,
      named(`${part}.${name}`, method as Method),
    ]);
    return [part, Object.fromEntries(methods) as object] as const;
  });
  return Object.fromEntries<unknown>(parts) as unknown as Ledger;
}

/** Nothing of a run is old enough to be pruned, which would be one statement in ten. */
function withoutPruning(ledger: Ledger): Ledger {
  const prune = (): Promise<number> => Promise.resolve(0);
  const pruned = (): Promise<void> => Promise.resolve();
  const { snapshots, log, budgets } = ledger;
  return labelled({
    ...ledger,
    snapshots: { ...snapshots, prune: pruned },
    log: { ...log, prune },
    budgets: { ...budgets, prune },
  });
}

type Method = (...args: never[]) => unknown;

function named(name: string, method: Method): Method {
  return (...args) => {
    label = name;
    return method(...args);
  };
}

function depsOf({ craft, tool, settings }: SystemOptions, ledger: Ledger, client: Client): ActivityDeps {
  const current: Current = {
    get settings() {
      return settings();
    },
    craft,
    devTool: () => tool,
    turn: () => Promise.resolve(() => undefined),
    beginSweep: () => Promise.resolve(null),
    startGently: () => undefined,
  };
  return {
    ledger,
    current: () => Promise.resolve({ ...current, settings: settings() }),
    itemSyncs: createItemSyncs({ client, ledger, startedBy: 'protocol' }),
    waitingWebhooks: { wakeItems: () => Promise.resolve(0) },
    alerts: { send: () => Promise.resolve() },
  };
}

interface StartOptions {
  readonly workflowId: string;
  readonly args: readonly unknown[];
  readonly signal: { readonly name: string };
  readonly signalArgs: readonly unknown[];
}

/** The calls that `createItemSyncs` makes; each passes a gate. */
function clientOf(runs: Runs, nextCallFails: () => boolean): Client {
  const gate = async (what: string): Promise<void> => {
    const actor = actors.getStore();
    await actor?.scheduler.pass(actor, what);
    if (nextCallFails()) throw new Error('Temporal is away');
  };
  return {
    workflow: {
      async start(workflow: string, { workflowId, args }: StartOptions) {
        await gate('starts a run');
        if (!runs.isRunning(workflowId)) runs.start(workflow, workflowId, args);
      },
      async signalWithStart(workflow: string, { workflowId, args, signal, signalArgs }: StartOptions) {
        await gate(`signals ${signal.name}`);
        runs.signalWithStart(workflow, workflowId, args, signal.name, signalArgs[0]);
      },
      list: async function* () {
        await gate('lists runs');
        yield* runs.running().map((workflowId) => ({ workflowId }));
      },
    },
  } as unknown as Client;
}
