/**
 * What goes into the one HTTP client and what comes out: the words that every connector's `requests.ts` speaks.
 * Kinds of errors are assigned in `failure.ts`; the single attempt itself is made in `exchange.ts`.
 */
import type { ToolErrorKind } from '../../domain/errors.js';
import type { CallBudget, ReadCall, WriteCall } from '../port/calls.js';

interface RequestParts {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path and query below the base URL, already encoded; or an absolute URL (Kitemaker's GraphQL). */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** What messages call this request, e.g. `POST /workitem`; never a secret, an id list or a text. */
  readonly place: string;
  /** Sent besides the client's own headers; values are redacted from messages like those. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Most bytes of an answer that are read. @default 4 MiB; lists 64 MiB (`LIST_BYTES`) */
  readonly maxBytes?: number;
  /** A 2xx without a body is as good as a 204 (documents that do not say what a write answers). @default false */
  readonly bodyOptional?: boolean;
  /**
   * Has the first word on an answer that came whole, whatever its status: for APIs whose status says little (GraphQL
   * answers errors with 200, and some servers partial data with 500). Null: decide by the status.
   */
  readonly judge?: (answer: HttpAnswer) => Verdict | null;
}

export type Verdict =
  | { readonly verdict: 'accept' }
  /** `message` is one safe sentence. `rate-limited` reads `Retry-After` and pushes the budget back, like a 429. */
  | { readonly verdict: 'fail'; readonly kind: ToolErrorKind; readonly message: string };

/** A request that changes nothing: its loss is `unavailable`. A GraphQL query is such a POST. */
export interface ReadRequest extends RequestParts {
  readonly write: false;
  readonly call: ReadCall;
}

/** A request whose loss is `ambiguous`; sent under the lease that `call.authorise` takes. */
export interface WriteRequest extends RequestParts {
  readonly write: true;
  readonly call: WriteCall;
}

export type HttpRequest = ReadRequest | WriteRequest;

export interface HttpAnswer {
  /** 200 to 299. */
  readonly status: number;
  /** Names in lower case; several values of one name joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON; null where there is no body. */
  readonly body: unknown;
}

export interface HttpClient {
  /**
   * Makes one attempt, after `budget.ask` and, for writes, `call.authorise`.
   * Resolves for 2xx answers only; everything else is thrown as `ToolError` (the table stands in `failure.ts`), but for
   * what `budget.ask` and `call.authorise` throw: that passes through unchanged, and nothing was sent.
   */
  send(request: HttpRequest): Promise<HttpAnswer>;
  /** Ends the connections; requests on their way are given up. */
  close(): Promise<void>;
}

export interface HttpClientOptions {
  /** The connection's name, for messages. */
  readonly connection: string;
  readonly baseUrl: string;
  /** Asked for each request, so that a key can change; also what is redacted from every message. */
  readonly authHeaders: () => Readonly<Record<string, string>>;
  /** Of one request: connecting, headers and the whole body together. */
  readonly timeoutMs: number;
  /** URL of an HTTP proxy, with or without user and password. */
  readonly proxy: string | null;
  /** PEM file with further certificate authorities; the usual ones stay trusted. */
  readonly caFile: string | null;
  readonly budget: CallBudget;
  /** Reads the tool's reason out of an error body; the client takes echoes of sent texts out of it. Null: none. */
  readonly describeError?: (status: number, body: unknown) => string | null;
  /**
   * Until when the month's calls are spent, by what the headers of any answer say; null: they are not, or nothing is
   * said. Closes the budget, also after a good answer, before the next call can meet a 429.
   */
  readonly monthSpentUntil?: (answer: Pick<HttpAnswer, 'status' | 'headers'>) => Date | null;
}

/** How a connector speaks to one of its tool's addresses. */
export interface HttpSpeech {
  /** @default the connection's */
  readonly baseUrl?: string;
  /** The headers that carry the key. */
  readonly authHeaders: (apiKey: string) => Readonly<Record<string, string>>;
  readonly describeError?: HttpClientOptions['describeError'];
  readonly monthSpentUntil?: HttpClientOptions['monthSpentUntil'];
}

/**
 * Makes a client of the connection: its proxy, caFile, time limit and budget, and its key as it stands at each request.
 * Whoever passes this in closes what it has made.
 */
export type OpenHttp = (speech: HttpSpeech) => HttpClient;

export const ANSWER_BYTES = 4 * 1024 * 1024;
export const LIST_BYTES = 64 * 1024 * 1024;
