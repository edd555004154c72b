/**
 * What every call to Temporal keeps to, as interceptors of gRPC:
 *
 *  H1. No call waits for ever: without a deadline of its own it has `CALL_WITHIN_MS`, retries included. Temporal
 *      answers a long poll within 20 seconds.
 *  H2. A call on a closed connection fails like any other. gRPC throws then, and a retry that becomes due after the
 *      connection was closed would throw where nobody catches it and end the process.
 */
import { defaultGrpcRetryOptions, makeGrpcRetryInterceptor, type ConnectionOptions } from '@temporalio/client';

type Interceptor = NonNullable<ConnectionOptions['interceptors']>[number];
type NextCall = Parameters<Interceptor>[1];
/** What gRPC asks of an interceptor; only the type of its class is exported. */
type Call = ReturnType<Interceptor>;

const CALL_WITHIN_MS = 35_000;
/** `CANCELLED` of gRPC. */
const CANCELLED = 1;

/** `isClosing`: from then on nothing is tried again. */
export function boundedCalls(isClosing: () => boolean): readonly Interceptor[] {
  const retries = defaultGrpcRetryOptions();
  return [
    withDeadline,
    makeGrpcRetryInterceptor({
      ...retries,
      retryableDecider: (attempt, status) => !isClosing() && retries.retryableDecider(attempt, status),
    }),
    safeAfterClose,
  ];
}

/** For connections that must never retry. */
export const SINGLE_CALLS: readonly Interceptor[] = [withDeadline, safeAfterClose];

function withDeadline(options: Parameters<Interceptor>[0], nextCall: NextCall): Call {
  return nextCall({ ...options, deadline: options.deadline ?? Date.now() + CALL_WITHIN_MS }) as Call;
}

function safeAfterClose(options: Parameters<Interceptor>[0], nextCall: NextCall): Call {
  try {
    return nextCall(options) as Call;
  } catch {
    return new ClosedCall() as unknown as Call;
  }
}

/** Ends as soon as it is started. */
class ClosedCall {
  start(metadata: unknown, listener?: { onReceiveStatus?: (status: object) => void }): void {
    const details = 'the connection to Temporal was closed';
    setImmediate(() => listener?.onReceiveStatus?.({ code: CANCELLED, details, metadata }));
  }
  sendMessage(): void {
    // Nobody receives it.
  }
  sendMessageWithContext(): void {
    // Nobody receives it.
  }
  startRead(): void {
    // Nothing comes.
  }
  halfClose(): void {
    // It has ended.
  }
  cancelWithStatus(): void {
    // It has ended.
  }
  getPeer(): string {
    return 'closed';
  }
}
