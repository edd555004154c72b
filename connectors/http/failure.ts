/**
 * Turns what happened to one request into its `ToolError`. The table:
 *
 * | what happened | a read | a write |
 * | --- | --- | --- |
 * | not written: unknown host, refused, TLS, too late before the socket was open | `unavailable`, notSent | the same |
 * | 401 · 403 · 404, 410 | `unauthorized` · `forbidden` · `not-found` | the same |
 * | 409, 412 · other 4xx | `conflict` · `invalid` | the same |
 * | 404 or 410 as an HTML page | `unexpected-response`: it tells of a wrong address, not of an item | `not-found` |
 * | 429 | `rate-limited` with `retryInMs` | the same |
 * | 408, 5xx, reset or time over after writing | `unavailable` | `ambiguous` |
 * | 3xx; a 2xx whose body is missing, no JSON, too big or cut short | `unexpected-response` | `ambiguous` |
 *
 * Messages name the connection and the place, never what was sent.
 */
import type { ToolErrorKind } from '../../domain/errors.js';
import type { Exchange, Fault } from './exchange.js';

export interface Failure {
  readonly kind: ToolErrorKind;
  /** The text after `<connection>: <place> `. */
  readonly message: string;
}

type Answered = Extract<Exchange, { outcome: 'answered' }>;

/** The body of an answer, read as JSON. */
export type ReadBody =
  | { readonly read: 'json'; readonly value: unknown }
  | { readonly read: 'empty' }
  /** `html`: the page says nothing about an item. */
  | { readonly read: 'unusable'; readonly html: boolean; readonly message: string };

const MAY_BE_APPLIED = '; it may have been applied';

export function readBody(answer: Answered, timeoutMs: number): ReadBody {
  const html = isHtml(answer);
  const unusable = (message: string): ReadBody => ({ read: 'unusable', html, message });
  if (answer.fault !== null) return unusable(brokenBody(answer.fault, timeoutMs));
  if (answer.body.length === 0) return { read: 'empty' };
  if (html) return unusable('answered with HTML where JSON is documented: check baseUrl');
  const type = mediaType(answer);
  if (!/^application\/([\w.-]+\+)?json$/.test(type)) {
    return unusable(`answered with ${type === '' ? 'no content type' : type} where JSON is documented: check baseUrl`);
  }
  const encoding = answer.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') return unusable(`answered in the encoding ${encoding}, which was not asked for`);
  try {
    return { read: 'json', value: JSON.parse(new TextDecoder().decode(answer.body)) };
  } catch {
    return unusable('answered with JSON that cannot be parsed');
  }
}

/** A request that got no status. */
export function failureWithoutAnswer(
  exchange: Exclude<Exchange, Answered>,
  write: boolean,
  timeoutMs: number,
): Failure {
  const what = faultWords(exchange.fault, timeoutMs);
  if (exchange.outcome === 'not-sent') return { kind: 'unavailable', message: `was not sent: ${what}` };
  return write
    ? { kind: 'ambiguous', message: `got no answer: ${what}${MAY_BE_APPLIED}` }
    : { kind: 'unavailable', message: `got no answer: ${what}` };
}

/** An answer outside 200 to 299; `said` is the tool's own reason, made safe. */
export function failureOfStatus(answer: Answered, body: ReadBody, write: boolean, said: string | null): Failure {
  const { status } = answer;
  const html = body.read === 'unusable' && body.html;
  const kind = html && !write && isGone(status) ? 'unexpected-response' : kindOfStatus(status, write);
  const because = said !== null ? `: ${said}` : html ? ' and an HTML page: check baseUrl and proxies' : '';
  const suffix = kind === 'ambiguous' ? MAY_BE_APPLIED : '';
  if (status < 400)
    return { kind, message: `redirects (status ${status}${target(answer)}), which is not followed${suffix}` };
  if (status === 429) return { kind, message: `is over the tool's limit (status 429)${because}` };
  const verb = status >= 500 || status === 408 ? 'failed' : 'was refused';
  return { kind, message: `${verb} with status ${status}${because}${suffix}` };
}

/** An answer of 200 to 299 that cannot be used. */
export function failureOfBody(status: number, message: string, write: boolean): Failure {
  const kind = write ? 'ambiguous' : 'unexpected-response';
  return { kind, message: `${message} (status ${status})${write ? MAY_BE_APPLIED : ''}` };
}

function kindOfStatus(status: number, write: boolean): ToolErrorKind {
  if (status < 400) return write ? 'ambiguous' : 'unexpected-response';
  if (status >= 500 || status === 408) return write ? 'ambiguous' : 'unavailable';
  if (status === 401) return 'unauthorized';
  if (status === 403) return 'forbidden';
  if (isGone(status)) return 'not-found';
  if (status === 409 || status === 412) return 'conflict';
  return status === 429 ? 'rate-limited' : 'invalid';
}

function isGone(status: number): boolean {
  return status === 404 || status === 410;
}

function mediaType(answer: Answered): string {
  return (answer.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

function isHtml(answer: Answered): boolean {
  const type = mediaType(answer);
  if (type === 'text/html' || type === 'application/xhtml+xml') return true;
  return /^\s*<(!doctype html|html)/i.test(answer.body.subarray(0, 64).toString('latin1'));
}

/** Where a redirect points, without path and query: those may carry anything. */
function target(answer: Answered): string {
  const location = answer.headers['location'] ?? '';
  return URL.canParse(location) ? ` to ${new URL(location).origin}` : '';
}

function brokenBody(fault: Fault, timeoutMs: number): string {
  switch (fault.fault) {
    case 'too-big':
      return 'answered with more than may be read';
    case 'time-out':
      return `did not end its answer within ${timeoutMs} ms`;
    case 'aborted':
    case 'deadline':
    case 'repeated':
    case 'network':
      return `broke off its answer (${faultWords(fault, timeoutMs)})`;
  }
}

function faultWords(fault: Fault, timeoutMs: number): string {
  switch (fault.fault) {
    case 'deadline':
      return 'its time to be sent had run out before the connection was open';
    case 'time-out':
      return `nothing within ${timeoutMs} ms`;
    case 'aborted':
      return 'given up by craftsync';
    case 'too-big':
      return 'too big';
    case 'repeated':
      return 'the connection ended';
    case 'network':
      return networkWords(fault.error);
  }
}

const NETWORK_WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'the host name is unknown: check baseUrl',
  EAI_AGAIN: 'the host name cannot be looked up now',
  ECONNRESET: 'connection reset',
  EPIPE: 'connection closed',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  ETIMEDOUT: 'connecting took too long',
  UND_ERR_CONNECT_TIMEOUT: 'connecting took too long',
  UND_ERR_SOCKET: 'connection closed by the other side',
  UND_ERR_DESTROYED: 'the client was closed',
  UND_ERR_CLOSED: 'the client was closed',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed: name its authority in caFile',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is signed by an unknown authority: name that in caFile',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is signed by an unknown authority: name that in caFile',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is signed by an unknown authority: name that in caFile',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host name: check baseUrl',
};

function networkWords(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) return error.message;
  const words = NETWORK_WORDS[code];
  return words === undefined ? `${error.message} (${code})` : `${words} (${code})`;
}
