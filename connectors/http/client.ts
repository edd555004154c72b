/**
 * The one HTTP client: one attempt, limited in time and size, with every failure named by its kind (design 5). The
 * order of a write is fixed: budget, then the lease, then the wire (promise P5 of port/calls.ts); whether the lease
 * still holds is checked once more when the socket is open (`exchange.ts`).
 */
import type { Dispatcher } from 'undici';
import { ToolError, type ToolErrorDetails } from '../../domain/errors.js';
import { monthSpentWords } from '../../domain/rules/stateWords.js';
import { sendable } from '../../domain/rules/unseen.js';
import { createRedactor, type Redactor } from '../../domain/redaction/redactor.js';
import { decoded } from './decode.js';
import { createDispatcher } from './dispatcher.js';
import { exchange, mostBytes, type Exchange } from './exchange.js';
import { isPlainAtTls, tlsOnly, type Route } from './faultWords.js';
import {
  type Failure,
  failureOfBody,
  failureOfStatus,
  failureWithoutAnswer,
  type ReadBody,
  readBody,
  wasNotSent,
} from './failure.js';
import { createQuote, type Quote } from './quote.js';
import { ANSWER_BYTES, type HttpAnswer, type HttpClient, type HttpClientOptions, type HttpRequest } from './request.js';
import { readRetryAfter } from './retryAfter.js';
import { headerSecrets, proxySecrets } from './secrets.js';

export type { HttpClient, HttpClientOptions, HttpRequest } from './request.js';

type Answered = Extract<Exchange, { outcome: 'answered' }>;

/** One request, with what its messages need. */
interface Sending {
  readonly options: HttpClientOptions;
  readonly request: HttpRequest;
  readonly headers: Readonly<Record<string, string>>;
  readonly redactor: Redactor;
  /** For every text of the other side that gets into a message. */
  readonly quote: Quote;
}

export function createHttpClient(options: HttpClientOptions): HttpClient {
  const redactor = options.redactor ?? createRedactor();
  let dispatcher: Dispatcher | null = null;
  let closed = false;
  return {
    async send(request) {
      const sending = prepare(options, request, redactor);
      if (closed) throw toolError(sending, notSent('the client was closed'), { notSent: true });
      dispatcher ??= openDispatcher(sending);
      return await attempt(sending, dispatcher);
    },
    async close() {
      closed = true;
      await dispatcher?.destroy();
    },
  };
}

function prepare(options: HttpClientOptions, request: HttpRequest, redactor: Redactor): Sending {
  const authHeaders = options.authHeaders();
  redactor.add([...headerSecrets(authHeaders), ...proxySecrets(options.proxy)]);
  const headers = { ...authHeaders, ...request.headers };
  const sending = { options, request, headers, redactor, quote: createQuote(redactor.redact, request.body) };
  if (Object.values(headers).every((value) => /^[\t\x20-\x7e\x80-\xff]+$/.test(value))) return sending;
  const message = 'was not sent: the key is empty or has characters that no header may carry';
  throw toolError(sending, { kind: 'unauthorized', message }, { notSent: true });
}

function openDispatcher(sending: Sending): Dispatcher {
  try {
    return createDispatcher(sending.options);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw toolError(sending, notSent(`proxy or caFile cannot be used: ${sending.quote(reason)}`), { notSent: true });
  }
}

/** For every connector at once: no text leaves the process with signs that hide or turn round what it says. */
function sendableTexts(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? sendable(value) : value;
}

async function attempt(sending: Sending, dispatcher: Dispatcher): Promise<HttpAnswer> {
  const { options, request, headers } = sending;
  const { origin, path } = locate(sending);
  const body = request.body === undefined ? null : Buffer.from(JSON.stringify(request.body, sendableTexts));
  const giveBack = await options.budget.ask(request.call);
  const deadline = request.write ? await request.call.authorise().catch(rethrow(giveBack)) : null;
  const result = await exchange(dispatcher, {
    origin,
    path,
    method: request.method,
    headers: {
      accept: 'application/json',
      'user-agent': 'craftsync',
      ...(body === null ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    body,
    timeoutMs: options.timeoutMs,
    maxBytes: request.maxBytes ?? ANSWER_BYTES,
    signal: request.call.signal ?? null,
    mayStart: () => deadline === null || !deadline.passed(),
  });
  const outcome = outcomeOf(result);
  if (outcome !== null) options.budget.noteOutcome(outcome);
  if (result.outcome === 'not-sent') giveBack(outcome === 'failed' ? 'used' : undefined);
  const route = { origin, proxy: options.proxy, timeoutMs: options.timeoutMs };
  if (result.outcome === 'answered') {
    const maxBytes = mostBytes(result.status, request.maxBytes ?? ANSWER_BYTES);
    return judged(sending, await decoded(result, maxBytes), route);
  }
  const cause = result.fault.fault === 'network' ? safeCause(sending, result.fault.error) : undefined;
  const failure = failureWithoutAnswer(result, request.write, { route, quote: sending.quote });
  throw toolError(sending, failure, { notSent: wasNotSent(result), ...(cause && { cause }) });
}

function rethrow(first: () => void): (error: unknown) => never {
  return (error) => {
    first();
    throw error;
  };
}

/** What a call says about its connection; null: nothing, since we gave it up, or since a key or a limit refused it. */
function outcomeOf(result: Exchange): 'answered' | 'failed' | null {
  if (result.outcome !== 'answered') return ['network', 'time-out'].includes(result.fault.fault) ? 'failed' : null;
  if (result.status >= 500) return 'failed';
  return [401, 403, 429].includes(result.status) ? null : 'answered';
}

/**
 * Only to places that the operator named: `baseUrl` itself, or below it. An address that stands in an answer, or an
 * id that would lead out of its place (`../`), is not called, whatever a connector makes of it.
 */
function locate(sending: Sending): { origin: string; path: string } {
  const { options, request } = sending;
  const isNamed = request.path === options.baseUrl;
  const address = isNamed ? request.path : `${options.baseUrl.replace(/\/+$/, '')}/${request.path.replace(/^\/+/, '')}`;
  if (!URL.canParse(address)) throw toolError(sending, notSent('baseUrl is not a URL'), { notSent: true });
  if (!isNamed && leadsAway(request.path))
    throw toolError(sending, notSent('its address is none below baseUrl'), { notSent: true });
  const url = new URL(address);
  return { origin: url.origin, path: url.pathname + url.search };
}

/**
 * An address of its own, signs that an URL leaves out or reads as others, or a segment that it reads as the folder
 * above. `%2F` is none: what holds it is one part (RFC 3986, 2.2).
 */
function leadsAway(path: string): boolean {
  const [own = ''] = path.split(/[?#]/);
  return /^[a-z][a-z0-9+.-]*:|[\\\s\p{Cc}]|(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/iu.test(own);
}

/** Returns a usable answer, or throws what makes it a failure. */
function judged(sending: Sending, answer: Answered, route: Route): HttpAnswer {
  const { options, request, quote } = sending;
  const { status, headers } = answer;
  const spent = options.monthSpent?.(answer) ?? null;
  if (spent !== null) options.budget.pushBack(spent.forMs, spent.until);
  const told = options.monthTold?.(answer) ?? null;
  if (told !== null) options.budget.told(told);
  const read = readBody(answer, route, quote);
  const value = read.read === 'json' ? read.value : null;
  const usable: HttpAnswer = { status, headers, body: value };
  const verdict = read.read === 'unusable' ? null : (request.judge?.(usable) ?? null);
  if (verdict?.verdict === 'accept') return usable;
  if (verdict !== null) throw refused(sending, answer, verdict);
  if (isPlainAtTls(answer)) throw toolError(sending, notSent(tlsOnly(route)), { status, notSent: true });
  if (status < 200 || status > 299) throw refused(sending, answer, statusFailure(sending, answer, read));
  if (read.read === 'unusable') throw refused(sending, answer, failureOfBody(status, read.message, request.write));
  if (read.read === 'json' || isBodyless(sending, status)) return usable;
  const message = 'answered without a body where JSON is documented';
  throw refused(sending, answer, failureOfBody(status, message, request.write));
}

function isBodyless(sending: Sending, status: number): boolean {
  return status === 204 || status === 205 || sending.request.bodyOptional === true;
}

function statusFailure(sending: Sending, answer: Answered, read: ReadBody): Failure {
  const body = read.read === 'json' ? read.value : null;
  const { options, quote, request } = sending;
  const said = options.describeError?.(answer.status, body) ?? null;
  return failureOfStatus(answer, read, request.write, { said: said === null ? null : quote(said), quote });
}

function refused(sending: Sending, answer: Answered, failure: Failure): ToolError {
  if (failure.kind !== 'rate-limited') return toolError(sending, failure, { status: answer.status, notSent: false });
  const details = { status: answer.status, notSent: false };
  const spent = sending.options.monthSpent?.(answer) ?? null;
  if (spent !== null) {
    const message = `${failure.message}: ${monthSpentWords(spent.until)}`;
    return toolError(sending, { ...failure, message }, { ...details, retryInMs: spent.forMs, monthSpent: true });
  }
  const retryInMs = readRetryAfter(answer.headers);
  sending.options.budget.pushBack(retryInMs);
  return toolError(sending, failure, { ...details, retryInMs });
}

function notSent(why: string): Failure {
  return { kind: 'unavailable', message: `was not sent: ${why}` };
}

function toolError(sending: Sending, failure: Failure, details: ToolErrorDetails): ToolError {
  const { request } = sending;
  const { connection } = sending.options;
  const message = sending.redactor.redact(`${connection}: ${request.place} ${failure.message}`);
  return new ToolError(failure.kind, message, {
    connection,
    ...details,
    ...(request.write ? { write: true } : request.byId === true && { byId: true }),
  });
}

/** undici's own errors can hold the request; only name, code and text are kept. */
function safeCause(sending: Sending, error: Error): Error {
  const code = (error as NodeJS.ErrnoException).code;
  const cause = new Error(sending.quote(error.message));
  cause.name = error.name;
  return code === undefined ? cause : Object.assign(cause, { code });
}
