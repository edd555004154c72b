/**
 * What goes into the one HTTP client and what comes out: the words that every connector's `requests.ts` speaks.
 * Kinds of errors are assigned in `failure.ts`; the single attempt itself is made in `exchange.ts`.
 */
import type { ToolErrorKind } from '../../domain/errors.js';
import type { Redactor } from '../../domain/redaction/redactor.js';
import type { CallBudget, ReadCall, ToldMonth, WriteCall } from '../port/calls.js';

interface RequestParts {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path and query below the base URL, already encoded; or `baseUrl` itself. Nothing is sent anywhere else. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** What messages call this request, e.g. `POST /workitem`; never a secret, an id list or a text. */
  readonly place: string;
  /** Sent in addition to the client's own headers; never a secret. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The most bytes that are read of an answer. @default 4 MiB; lists 64 MiB (`LIST_BYTES`) */
  readonly maxBytes?: number;
  /** A 2xx without a body counts as a 204 (for documents that do not say what a write answers). @default false */
  readonly bodyOptional?: boolean;
  /**
   * Judges a complete answer before its status does: for APIs whose status says little (GraphQL answers errors with
   * 200, and some servers answer partial data with 500). Null: the status decides.
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
  /** One thing is read by its id: a refusal says so, since it may concern that thing alone. @default false */
  readonly byId?: boolean;
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
   * Makes one attempt, after `budget.ask` and, for writes, `call.authorise`. Resolves for 2xx answers only; everything
   * else is thrown as `ToolError` (see the table in `failure.ts`), except what `budget.ask` and `call.authorise` throw:
   * that passes through unchanged, and nothing was sent.
   */
  send(request: HttpRequest): Promise<HttpAnswer>;
  /** Closes the connections; pending requests are given up. */
  close(): Promise<void>;
}

export interface HttpClientOptions {
  /** The connection's name, for messages. */
  readonly connection: string;
  readonly baseUrl: string;
  /** Called for each request, since a key can change; `redactor` is told the values. */
  readonly authHeaders: () => Readonly<Record<string, string>>;
  /** For one request: connecting, headers and the whole body together. */
  readonly timeoutMs: number;
  /** URL of an HTTP proxy, with or without user and password. */
  readonly proxy: string | null;
  /** PEM file with additional certificate authorities; the usual ones stay trusted. */
  readonly caFile: string | null;
  readonly budget: CallBudget;
  /** The process's. @default one that knows only what this client sends */
  readonly redactor?: Redactor;
  /** Reads the tool's reason from an error body; the client takes secrets and echoes out and cuts it. Null: none. */
  readonly describeError?: (status: number, body: unknown) => string | null;
  /**
   * How long the month's calls are spent, according to the headers of any answer; null: they are not, or the headers do
   * not say. Closes the budget, even after a successful answer, before the next call can meet a 429.
   */
  readonly monthSpent?: (answer: Pick<HttpAnswer, 'status' | 'headers'>) => MonthSpent | null;
  /** What the headers of any answer say about the month; null: nothing. */
  readonly monthTold?: (answer: Pick<HttpAnswer, 'headers'>) => ToldMonth | null;
}

export interface MonthSpent {
  readonly forMs: number;
  /** When that ends by the tool's clock, for messages. */
  readonly until: Date;
}

/** How a connector talks to one of its tool's addresses. */
export interface HttpSpeech {
  /** @default the connection's */
  readonly baseUrl?: string;
  /** The headers that carry the key. */
  readonly authHeaders: (apiKey: string) => Readonly<Record<string, string>>;
  readonly describeError?: HttpClientOptions['describeError'];
  readonly monthSpent?: HttpClientOptions['monthSpent'];
  readonly monthTold?: HttpClientOptions['monthTold'];
}

/**
 * Creates a client of the connection, with its proxy, caFile, time limit and budget, and with the key that is current
 * at each request. The caller that passes this in closes the clients.
 */
export type OpenHttp = (speech: HttpSpeech) => HttpClient;

export const ANSWER_BYTES = 4 * 1024 * 1024;
export const LIST_BYTES = 64 * 1024 * 1024;
