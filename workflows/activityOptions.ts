/**
 * The options of every activity, in one table that says why (design 5; reference on traps 6, 7 and 17).
 *
 * No `scheduleToCloseTimeout` anywhere: a wait that a tool asks for may be longer than any guess. Heartbeats find a
 * killed worker; their time-out is far above the beat, because a busy machine beats late.
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
  // A step ends in its own time: what it wrote must be in its result before anything else is begun.
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '3.5 seconds', backoffCoefficient: 2, maximumAttempts: 10 },
} as const satisfies ActivityOptions;

/** A sweep's read: fewer attempts, because its schedule comes again. */
const SWEEP_READ = {
  // Thousands of pages may stand behind a small budget.
  startToCloseTimeout: '2 hours',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumInterval: '1 minute', maximumAttempts: 6 },
} as const satisfies ActivityOptions;

/** Look-ups and notes in the ledger alone: repeated until the ledger is back. */
const LEDGER = {
  startToCloseTimeout: '30 seconds',
  retry: { initialInterval: '500 milliseconds', backoffCoefficient: 2, maximumInterval: '15 seconds' },
} as const satisfies LocalActivityOptions;

export const itemSteps = proxyActivities<Activities>(ITEM_STEP);
export const sweepReads = proxyActivities<Activities>(SWEEP_READ);
export const ledgerSteps = proxyLocalActivities<Activities>(LEDGER);

/** The same step with a line for the UI. */
export function withSummary(summary: string): ActivityOptions {
  return { ...ITEM_STEP, summary };
}
/** `one`: the same was just tried several times, and failed. */
export type SweepAttempts = 'several' | 'one';

export function sweepWithSummary(summary: string, attempts: SweepAttempts = 'several'): ActivityOptions {
  const retry = attempts === 'one' ? { ...SWEEP_READ.retry, maximumAttempts: 1 } : SWEEP_READ.retry;
  return { ...SWEEP_READ, retry, summary };
}
