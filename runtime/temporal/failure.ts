/** What is wrong with Temporal, in one line that says what to do (domain/networkFailures.ts has the words). */
import { isGrpcServiceError, NamespaceNotFoundError, ServiceError } from '@temporalio/client';
import type { TemporalAccess } from '../../config/deployment.js';
import { ExplainedError } from '../../domain/explainedError.js';
import { networkFailureOf, sentenceOf, temporalFailure, temporalPlace } from '../../domain/networkFailures.js';

export class TemporalFailure extends ExplainedError {
  override readonly name = 'TemporalFailure';

  constructor(
    message: string,
    /** Whether it can pass without a new start of this process. */
    readonly passes: boolean,
  ) {
    super(message);
  }
}

const NAMESPACE_NOT_FOUND = 5;

/** By a code that a probe of the port brought. */
export function failureAtPort(code: string, { address, tlsBecause }: TemporalAccess): TemporalFailure {
  const place = temporalPlace(address, tlsBecause);
  const failure = networkFailureOf(code, place);
  if (failure === null) return new TemporalFailure(`Temporal at ${address} cannot be reached (${code})`, true);
  return new TemporalFailure(`Temporal at ${sentenceOf(failure, place)}`, failure.passes);
}

export function isTemporalError(error: unknown): error is Error {
  return error instanceof ServiceError || error instanceof NamespaceNotFoundError || isGrpcServiceError(error);
}

/** By an error of the client: Temporal's own words, and what to do. */
export function failureOfCall(error: unknown, access: TemporalAccess): TemporalFailure {
  const { address, namespace } = access;
  const root = rootOf(error);
  const errno = isGrpcServiceError(root) ? /\bE[A-Z]{4,}\b/.exec(root.details)?.[0] : undefined;
  if (errno !== undefined) return failureAtPort(errno, access);
  const status = error instanceof NamespaceNotFoundError ? NAMESPACE_NOT_FOUND : statusOf(root);
  const words = (isGrpcServiceError(root) && root.details !== '' ? root.details : messageOf(root)).replace(/\.$/, '');
  const known = status === null ? null : temporalFailure(status);
  const at = `Temporal at ${address}, namespace ${namespace}`;
  if (known === null) return new TemporalFailure(`${at}: ${words}; check that it runs`, true);
  return new TemporalFailure(`${at}: ${words} (${known.code}): ${known.advice}`, known.passes);
}

/** The failures that the SDK wraps around the cause say only that there was one. */
function rootOf(error: unknown): unknown {
  let root = error;
  while (root instanceof Error && root.cause instanceof Error && root.cause.message !== '') root = root.cause;
  return root;
}

function statusOf(error: unknown): number | null {
  return isGrpcServiceError(error) ? error.code : null;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
