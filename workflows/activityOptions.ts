/**
 * The options of every activity, and why they are so (design 5; sources: Temporal).
 *
 * There is no `scheduleToCloseTimeout` anywhere: a tool may ask for a longer wait than any guess. Missing heartbeats
 * show that a worker was killed; their time-out is far above their interval, because a busy machine sends them late.
 */
import { ActivityCancellationType, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { ActivityOptions, LocalActivityOptions } from '@temporalio/workflow';
import type { Activities } from '../activities/index.js';
import type { DevItemSnapshot } from '../domain/devItem.js';
import type { ItemRef } from '../domain/ids.js';
import type { StepResult } from '../domain/itemState.js';

const HEARTBEAT_TIMEOUT = '15 seconds';

/** A step of an item: 10 attempts over 30 minutes (3.5 s doubling), then the item is set aside (design 3). */
const ITEM_STEP = {
  // A wait for budget, a few reads and one write, each with the connection's own time limit.
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  // A cancelled step is left to end: what it wrote must be in its result before anything else begins.
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '3.5 seconds', backoffCoefficient: 2, maximumAttempts: 10 },
} as const satisfies ActivityOptions;

/** It may have to compare the markers of a whole dev tool first (decision 18); the create itself has ten minutes. */
const CREATE_STEP = { ...ITEM_STEP, startToCloseTimeout: '2 hours' } as const satisfies ActivityOptions;

/** A sweep's read: fewer attempts than a step, because its schedule repeats it. */
const SWEEP_READ = {
  // A small budget may have to do for thousands of pages.
  startToCloseTimeout: '2 hours',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumInterval: '1 minute', maximumAttempts: 6 },
} as const satisfies ActivityOptions;

/**
 * The first attempt of a step, within the workflow task (decision 30). It hands on by itself before it has to wait, and
 * what it sent runs to the request's own end: this limit is only for what hangs.
 */
const FIRST_ATTEMPT = {
  startToCloseTimeout: '5 minutes',
  // As above. It has to be said: what is left out means TRY_CANCEL, whatever the SDK's documentation says.
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { maximumAttempts: 1 },
} as const satisfies LocalActivityOptions;

type Step = (item: ItemRef, snapshot?: DevItemSnapshot) => Promise<StepResult>;
/** Steps that every item takes: their first attempt is made within the workflow task. */
export type UsualStep = 'checkReadiness' | 'createDevItem' | 'lockCraftItem' | 'pushProgress' | 'reportState';
type UsualSteps = { readonly [Name in UsualStep]: Activities[Name] extends Step ? Step : never };

/** Reads and notes in the ledger alone: repeated until the ledger is back. */
const LEDGER = {
  startToCloseTimeout: '30 seconds',
  retry: { initialInterval: '500 milliseconds', backoffCoefficient: 2, maximumInterval: '15 seconds' },
} as const satisfies LocalActivityOptions;

export const itemSteps = proxyActivities<Activities>(ITEM_STEP);
export const firstAttempts = proxyLocalActivities<UsualSteps>(FIRST_ATTEMPT);
export const laterAttempts = proxyActivities<UsualSteps>(ITEM_STEP);
export const sweepReads = proxyActivities<Activities>(SWEEP_READ);
export const ledgerSteps = proxyLocalActivities<Activities>(LEDGER);

/** The options of an item's step, with a line for the Temporal UI. */
export function withSummary(summary: string): ActivityOptions {
  return { ...ITEM_STEP, summary };
}

export function createWithSummary(summary: string): ActivityOptions {
  return { ...CREATE_STEP, summary };
}

/** `one`: a read of the same tool has just failed several times. */
export type SweepAttempts = 'several' | 'one';

export function sweepWithSummary(summary: string, attempts: SweepAttempts = 'several'): ActivityOptions {
  const retry = attempts === 'one' ? { ...SWEEP_READ.retry, maximumAttempts: 1 } : SWEEP_READ.retry;
  return { ...SWEEP_READ, retry, summary };
}
