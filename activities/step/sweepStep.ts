/**
 * Runs a sweep's activity: heartbeats, and translates errors once. A sweep that fails is repeated by its schedule.
 * A pause for `connection` ends only after a step that really asked the tool has succeeded.
 */
import { cancellationSignal } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { isRefusedById, ToolError, withAdvice } from '../../domain/errors.js';
import { progressSweepScheduleId } from '../../domain/ids.js';
import { heartbeating } from './itemContext.js';
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
