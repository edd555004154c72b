/**
 * The options of every activity, and why they are so (design 5; sources: Temporal).
 *
 * There is no `scheduleToCloseTimeout` anywhere: a tool may ask for a longer wait than any guess. Missing heartbeats
 * show that a worker was killed; their time-out is far above their interval, because a busy machine sends them late.
 */
import { ActivityCancellationType, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { ActivityOptions, LocalActivityOptions } from '@temporalio/workflow';
import type { Activities } from '../activities/index.js';

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

/** Reads and notes in the ledger alone: repeated until the ledger is back. */
const LEDGER = {
  startToCloseTimeout: '30 seconds',
  retry: { initialInterval: '500 milliseconds', backoffCoefficient: 2, maximumInterval: '15 seconds' },
} as const satisfies LocalActivityOptions;

export const itemSteps = proxyActivities<Activities>(ITEM_STEP);
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
