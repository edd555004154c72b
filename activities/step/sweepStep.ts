/**
 * Runs a sweep's activity: heartbeats, and translates errors once. A sweep that fails is repeated by its schedule.
 * A pause for `connection` ends only after a step that really asked the tool has succeeded.
 */
import { activityInfo, cancellationSignal } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { CallClass, ReadCall } from '../../connectors/port/calls.js';
import { isRefusedById, ToolError, withAdvice } from '../../domain/errors.js';
import { progressSweepScheduleId } from '../../domain/ids.js';
import type { ByHandInput } from '../../domain/messages.js';
import { stretchedWords } from '../../domain/rules/budget.js';
import { callOf, heartbeating } from './itemContext.js';
import type { Needs } from '../ports.js';

/** A rate limit is waited for at most this long before the sweep's next attempt. */
const MAX_RETRY_DELAY_MS = 15 * 60_000;

/**
 * - `may-probe`: the body asks the tool, so its success ends a pause for `connection`. During one, one such step a
 *   minute passes.
 * - `no-probe`: the body may succeed without asking the tool; such a pause neither stops it nor is ended by it.
 */
export type Probing = 'may-probe' | 'no-probe';

/** The details of a sweep's failure. */
export interface SweepFailureFacts {
  /** The failure has nothing to do with what was asked for: the connection is paused or cannot be reached. */
  readonly ofTheConnection: boolean;
}

const OF_THE_CONNECTION: readonly SweepFailureFacts[] = [{ ofTheConnection: true }];

/**
 * Whether a run of a sweep may begin: null, or in words how it is stretched (design 5, Month). The same run gets the
 * same answer. What needs no call, as waking items from the inbox, is done at the configured interval all the same.
 */
export async function beginSweep(deps: Needs<never, 'current'>, scheduleId: string): Promise<string | null> {
  const { beginSweep: begin } = await deps.current();
  const { runId } = activityInfo().workflowExecution ?? { runId: activityInfo().activityId };
  const stretch = await begin(scheduleId, runId);
  return stretch === null ? null : stretchedWords(stretch);
}

/** A call of a sweep: counted to the sweeps' share of a month, unless a person asked for the run. */
export function sweepCall(callClass: CallClass, scheduleId: string, { byHand }: ByHandInput = {}): ReadCall {
  return byHand === true ? callOf('manual') : { ...callOf(callClass), sweep: scheduleId };
}

/** `scheduleId`: the sweep under which `status` shows the trouble; by default the dev tool's progress sweep. */
export async function runSweepStep<T>(
  deps: Needs<'connections', 'alerts' | 'current'>,
  connection: string,
  body: () => Promise<T>,
  probing: Probing = 'may-probe',
  scheduleId = progressSweepScheduleId(connection),
): Promise<T> {
  return heartbeating(async () => {
    const isProbe = await passGate(deps, connection, probing);
    try {
      const result = await body();
      if (isProbe) await deps.ledger.connections.answered(connection, 'read');
      return result;
    } catch (error) {
      if (cancellationSignal().aborted) throw new CancelledFailure('the sweep was cancelled');
      if (!(error instanceof ToolError)) throw error;
      await deps.ledger.connections.noteSweepTrouble(scheduleId, withAdvice(error));
      throw await toolFailure(deps, connection, error);
    }
  });
}

/** Whether this attempt is the probe of a paused connection; throws when the pause lets nothing pass. */
async function passGate(deps: Needs<'connections'>, connection: string, probing: Probing): Promise<boolean> {
  const { connections } = deps.ledger;
  const pause = await connections.paused(connection);
  // Sweeps only read, so a refused write does not stop them.
  if (pause === null || pause.reason === 'mass-deletion' || pause.writeRefused) return false;
  if (pause.reason === 'connection') {
    if (probing === 'no-probe') return false;
    if (await connections.mayProbe(connection)) return true;
  }
  throw ApplicationFailure.create({
    type: pause.reason,
    message: `${connection} is paused: ${pause.message}`,
    nonRetryable: true,
    details: [...OF_THE_CONNECTION],
  });
}

async function toolFailure(
  deps: Needs<'connections', 'alerts' | 'current'>,
  connection: string,
  error: ToolError,
): Promise<ApplicationFailure> {
  const message = withAdvice(error);
  if (error.kind === 'unauthorized' || (error.kind === 'forbidden' && !isRefusedById(error))) {
    const { first } = await deps.ledger.connections.pause(connection, 'connection', message);
    if (first) (await deps.current()).startGently(connection);
    if (first) await deps.alerts.send(`The connection ${connection} is paused: ${message}`);
    return ApplicationFailure.create({
      type: error.kind,
      message,
      nonRetryable: true,
      details: [...OF_THE_CONNECTION],
    });
  }
  if (error.kind === 'rate-limited') return rateLimitFailure(error, message);
  const isFinal = error.kind === 'invalid' || error.kind === 'not-found' || isRefusedById(error);
  const details = isUnreachable(error) ? [...OF_THE_CONNECTION] : [];
  return ApplicationFailure.create({ type: error.kind, message, nonRetryable: isFinal, details });
}

/** Not a byte reached the tool: refused, unknown host, no TLS. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof ToolError && error.kind === 'unavailable' && error.details.notSent === true;
}

function rateLimitFailure(error: ToolError, message: string): ApplicationFailure {
  const delayMs = Math.min(MAX_RETRY_DELAY_MS, Math.max(1_000, error.details.retryInMs ?? 60_000));
  return ApplicationFailure.create({
    type: error.kind,
    message,
    nextRetryDelay: delayMs,
    category: 'BENIGN',
  });
}
