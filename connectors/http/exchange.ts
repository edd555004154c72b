/**
 * Makes one request on one socket: the only place where bytes leave craftsync, and where it is known whether they did.
 *
 * It relies on undici's order of events (lib/dispatcher/client-h1.js, `writeH1`): `onRequestStart` is called when the
 * socket is open (TCP, proxy tunnel and TLS done), and the head is written synchronously after it returns; where it
 * throws, nothing is written. So:
 *  X1. What `mayStart` or an earlier give-up refuses is never written, however late the connection opens.
 *  X2. Before `onRequestStart` has returned, the request certainly was not sent; afterwards it may have been.
 *  X3. undici puts a request whose socket ends with an informational error back into its queue (`onHttpSocketClose`); a
 *      second start is therefore refused here, so that nothing is ever sent twice, not even a GET.
 * The time limits are this file's own: undici's cover headers and gaps in the body, not the whole.
 */
import type { Dispatcher } from 'undici';

export interface Outgoing {
  readonly origin: string;
  /** Path and query. */
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
  readonly timeoutMs: number;
  /** The most bytes that are read of a 2xx answer. */
  readonly maxBytes: number;
  readonly signal: AbortSignal | null;
  /** Asked synchronously before the request is written. */
  readonly mayStart: () => boolean;
}

export type Fault =
  | { readonly fault: 'deadline' }
  | { readonly fault: 'time-out' }
  | { readonly fault: 'aborted' }
  | { readonly fault: 'too-big' }
  | { readonly fault: 'repeated' }
  /** `decode.ts` does not know it, or cannot take it off. */
  | { readonly fault: 'encoding' | 'broken-encoding'; readonly encoding: string }
  | { readonly fault: 'network'; readonly error: Error };

export type Exchange =
  | { readonly outcome: 'not-sent'; readonly fault: Fault }
  /** Sent, perhaps in part; no status came back. */
  | { readonly outcome: 'lost'; readonly fault: Fault }
  | {
      readonly outcome: 'answered';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: Buffer;
      /** Why `body` is not whole; null where it is. */
      readonly fault: Fault | null;
    };

/** Bodies of refusals are read for a reason, not for data. */
const REFUSAL_BYTES = 64 * 1024;

/** How much may be read of an answer with this status. */
export function mostBytes(status: number, maxBytes: number): number {
  return status >= 300 ? Math.min(REFUSAL_BYTES, maxBytes) : maxBytes;
}

class Stopped extends Error {
  override readonly name = 'Stopped';
  constructor(readonly fault: Fault) {
    super(fault.fault);
  }
}

/** Makes one attempt. Never rejects. */
export function exchange(dispatcher: Dispatcher, outgoing: Outgoing): Promise<Exchange> {
  return new Promise((resolve) => {
    const attempt = new Attempt(outgoing, resolve);
    attempt.watch();
    try {
      dispatcher.dispatch(
        {
          origin: outgoing.origin,
          path: outgoing.path,
          method: outgoing.method,
          headers: outgoing.headers,
          body: outgoing.body,
          idempotent: false,
          headersTimeout: 0,
          bodyTimeout: 0,
        },
        attempt,
      );
    } catch (error) {
      attempt.onResponseError(undefined, error as Error);
    }
  });
}

class Attempt implements Dispatcher.DispatchHandler {
  private controller: Dispatcher.DispatchController | null = null;
  private stopped: Fault | null = null;
  private settled = false;
  private status: number | null = null;
  private headers: Readonly<Record<string, string>> = {};
  private readonly chunks: Buffer[] = [];
  private bytes = 0;
  private timer: NodeJS.Timeout | null = null;
  private readonly onAbort = () => {
    this.stop({ fault: 'aborted' });
  };

  constructor(
    private readonly outgoing: Outgoing,
    private readonly resolve: (exchange: Exchange) => void,
  ) {}

  /** The limit counts from here: connecting, headers and body together. */
  watch(): void {
    this.timer = setTimeout(() => {
      this.stop({ fault: 'time-out' });
    }, this.outgoing.timeoutMs);
    this.outgoing.signal?.addEventListener('abort', this.onAbort, { once: true });
    if (this.outgoing.signal?.aborted === true) this.onAbort();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.controller !== null) throw new Stopped({ fault: 'repeated' }); // X3
    if (this.stopped !== null) throw new Stopped(this.stopped); // X1
    if (!this.outgoing.mayStart()) throw new Stopped({ fault: 'deadline' }); // X1
    this.controller = controller;
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: RawHeaders): void {
    if (status < 200) return;
    this.status = status;
    this.headers = flatHeaders(headers);
    const announced = Number(this.headers['content-length'] ?? 0);
    if (announced > this.limit()) controller.abort(new Stopped({ fault: 'too-big' }));
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.bytes += chunk.length;
    if (this.bytes > this.limit()) controller.abort(new Stopped({ fault: 'too-big' }));
    else this.chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.settle(null);
  }

  onResponseError(_controller: unknown, error: Error): void {
    this.settle(error instanceof Stopped ? error.fault : { fault: 'network', error });
  }

  private limit(): number {
    return mostBytes(this.status ?? 200, this.outgoing.maxBytes);
  }

  /** Gives the request up: at once where it has started, else before it can start (X1). */
  private stop(fault: Fault): void {
    if (this.settled) return;
    this.stopped = fault;
    this.controller?.abort(new Stopped(fault));
    this.settle(fault);
  }

  private settle(fault: Fault | null): void {
    if (this.settled) return;
    this.settled = true;
    if (this.timer !== null) clearTimeout(this.timer);
    this.outgoing.signal?.removeEventListener('abort', this.onAbort);
    this.resolve(this.result(fault));
  }

  private result(fault: Fault | null): Exchange {
    if (this.status !== null) {
      const { status, headers } = this;
      return { outcome: 'answered', status, headers, body: Buffer.concat(this.chunks), fault };
    }
    const why = fault ?? { fault: 'network', error: new Error('ended without an answer') };
    return { outcome: this.controller === null ? 'not-sent' : 'lost', fault: why }; // X2
  }
}

type RawHeaders = Readonly<Record<string, string | string[] | undefined>>;

function flatHeaders(headers: RawHeaders): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}
