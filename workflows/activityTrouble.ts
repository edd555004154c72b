/**
 * What a failed activity tells its workflow. Failures are recognised by class; an `ApplicationFailure` has the kind of
 * its `ToolError` as its `type`, which only `toolErrorKindOf` reads.
 */
import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/common';
import { TOOL_ERROR_KINDS, type ToolErrorKind } from '../domain/errors.js';
import type { Reason } from '../domain/phases.js';

/** Why an item is set aside. */
export interface Trouble {
  readonly reason: Reason;
  readonly message: string;
}

/** Kinds that are not in the table are translated by the activities themselves, so here they are unexpected. */
const REASON_OF_KIND: Readonly<Partial<Record<ToolErrorKind, Reason>>> = {
  unavailable: 'tool-down',
  ambiguous: 'tool-down',
  conflict: 'tool-down',
  'unexpected-response': 'bad-answer',
};

/** An activity that failed for good, as a reason to set its item aside. */
export function troubleOf(failure: ActivityFailure): Trouble {
  const { cause, activityType } = failure;
  const message = cause?.message ?? failure.message;
  if (cause instanceof TimeoutFailure)
    return { reason: 'tool-down', message: `${activityType} took too long: ${message}` };
  const kind = toolErrorKindOf(failure);
  return { reason: (kind && REASON_OF_KIND[kind]) ?? 'unexpected', message };
}

/** Null for a failure that no `ToolError` caused. */
function toolErrorKindOf(failure: ActivityFailure): ToolErrorKind | null {
  const type = applicationFailureOf(failure)?.type;
  return TOOL_ERROR_KINDS.find((kind) => kind === type) ?? null;
}

/** What an activity threw, or a workflow itself; null for timeouts, cancellations and errors of another class. */
export function applicationFailureOf(error: unknown): ApplicationFailure | null {
  const thrown = error instanceof ActivityFailure ? error.cause : error;
  return thrown instanceof ApplicationFailure ? thrown : null;
}
