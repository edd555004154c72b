/**
 * `itemSync` in a real Temporal; a test plays its activities, as far as it concerns what the workflow makes of them.
 */
import { randomUUID } from 'node:crypto';

import { activityInfo } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import { bundleWorkflowCode, Worker, type WorkflowBundle } from '@temporalio/worker';

import type { ItemState, StepResult } from '../../domain/itemState.js';
import type { UsualStep } from '../../workflows/activityOptions.js';
import { WORKFLOWS_PATH } from '../../workers/paths.js';
import { freshNamespace, type FreshNamespace } from '../harness/servers/temporal.js';

export interface ItemRuns {
  /**
   * A run whose row says `first`, with a worker of its own, until `body` is over. First attempts within the workflow
   * task hand on to the ordinary activity unless they are in `firstAttempts`.
   */
  run<T>(
    first: Partial<ItemState>,
    played: Played,
    body: (run: ItemRun) => Promise<T>,
    firstAttempts?: Played,
  ): Promise<T>;
  close(): Promise<void>;
}

/** Fake activities by name; the others leave the row as it is. */
export type Played = Readonly<Record<string, (row: Row, ...args: never[]) => Promise<Partial<StepResult>>>>;

/** The row, and the names of the activities that ran, in their order. */
export interface Row {
  state: ItemState;
  readonly ran: string[];
}

export interface ItemRun {
  readonly row: Row;
  /** Of whichever run goes on in its place. */
  readonly handle: WorkflowHandle;
  /** Of the run that was begun, also when it has ended. */
  readonly firstRun: WorkflowHandle;
}

/** Their first attempt is made within the workflow task. */
const USUAL_STEPS: readonly string[] = [
  'checkReadiness',
  'createDevItem',
  'lockCraftItem',
  'pushProgress',
  'reportState',
] satisfies UsualStep[];

const STEPS = [
  'pauseItem',
  'resumeItem',
  'relinkItem',
  'recreateItem',
  'checkReadiness',
  'createDevItem',
  'lockCraftItem',
  'releaseCraftItem',
  'pushProgress',
  'checkDrift',
  'reportState',
  'setAside',
  'finishItem',
  'suspectGone',
  'confirmGone',
] as const;

/** `address`: of a server of its own. @default the run's */
export async function itemRuns(address?: string): Promise<ItemRuns> {
  const [temporal, workflowBundle] = await Promise.all([
    freshNamespace(address === undefined ? {} : { address }),
    bundleWorkflowCode({ workflowsPath: WORKFLOWS_PATH }),
  ]);
  return { run: (...args) => runOne(temporal, workflowBundle, ...args), close: () => temporal.close() };
}

async function runOne<T>(
  temporal: FreshNamespace,
  workflowBundle: WorkflowBundle,
  first: Partial<ItemState>,
  played: Played,
  body: (run: ItemRun) => Promise<T>,
  firstAttempts: Played = {},
): Promise<T> {
  const { nativeConnection } = await temporal.environment();
  const workflowId = `item-${randomUUID()}`;
  const row: Row = { state: { ...FOLLOWED, ...first }, ran: [] };
  const worker = await Worker.create({
    connection: nativeConnection,
    namespace: temporal.namespace,
    taskQueue: workflowId,
    workflowBundle,
    activities: activitiesOf(row, played, firstAttempts),
  });
  return worker.runUntil(async () => {
    const args = [{ pipeline: 'mobile', craftItemId: 'a' }];
    const handle = await temporal.client.workflow.start('itemSync', { taskQueue: workflowId, workflowId, args });
    const firstRun = temporal.client.workflow.getHandle(workflowId, handle.firstExecutionRunId);
    try {
      return await body({ row, handle, firstRun });
    } finally {
      await handle.terminate().catch(() => undefined);
    }
  });
}

function activitiesOf(
  row: Row,
  played: Played,
  firstAttempts: Played,
): Record<string, (...args: never[]) => Promise<unknown>> {
  const step =
    (name: string) =>
    async (...args: never[]): Promise<StepResult> => {
      if (activityInfo().isLocal && USUAL_STEPS.includes(name)) {
        const first = (await firstAttempts[name]?.(row, ...args)) ?? { handedOn: 'only the ordinary one is played' };
        return { state: row.state, ...first };
      }
      row.ran.push(name);
      const result = (await played[name]?.(row, ...args)) ?? {};
      return { state: row.state, ...result };
    };
  return {
    beginItem: () => Promise.resolve({ status: 'known', state: row.state }),
    ...Object.fromEntries(STEPS.map((name) => [name, step(name)])),
  };
}

const FOLLOWED: ItemState = {
  pipeline: 'mobile',
  craftItemId: 'a',
  shortId: 'F-1',
  phase: 'following',
  blockedBy: null,
  blockedUntil: null,
  devTool: 'km',
  devItem: { id: 'dev-1', key: 'MOB-1', url: null },
  progress: null,
  drift: false,
  duplicate: false,
  lastError: null,
  workflowId: 'item-sync:mobile:a',
  updatedAt: '2026-11-21T10:00:00.000Z',
  next: 'follow',
  generation: 1,
  craftUrl: null,
  stateDue: false,
  linkedAt: '2026-11-21T10:00:00.000Z',
  settleInMs: null,
  duplicateDevItems: [],
  driftFields: [],
  timing: { sweepEveryMs: 3_600_000, settleForMs: 3_600_000, readAfterWriteMs: 1_000 },
};

export const PAUSED = { phase: 'paused', blockedBy: 'operator', next: 'rest' } as const satisfies Partial<ItemState>;
export const RELEASED = { phase: 'released', blockedBy: null, next: 'end' } as const satisfies Partial<ItemState>;

/** What an activity writes into the row. */
export function write(row: Row, changes: Partial<ItemState>): void {
  row.state = { ...row.state, ...changes };
}
