/**
 * Turns what happened to one request into its `ToolError`. The table:
 *
 * | what happened | a read | a write |
 * | --- | --- | --- |
 * | not written: unknown host, refused, TLS, too late before the socket was open | `unavailable`, notSent | the same |
 * | written in plain HTTP to a port that speaks only TLS | `unavailable`, notSent | the same |
 * | 401 · 403 · 404, 410 | `unauthorized` · `forbidden` · `not-found` | the same |
 * | 409, 412 · other 4xx | `conflict` · `invalid` | the same |
 * | 404 or 410 as an HTML page | `unexpected-response`: it tells of a wrong address, not of an item | `not-found` |
 * | 429 | `rate-limited` with `retryInMs` | the same |
 * | 408, 5xx, reset or time over after writing | `unavailable` | `ambiguous` |
 * | 3xx; a 2xx without a body, no JSON, too big, cut short, oddly encoded | `unexpected-response` | `ambiguous` |
 *
 * Messages name the connection and the place, never what was sent.
 */
import type { ToolErrorKind } from '../../domain/errors.js';
import type { Exchange } from './exchange.js';
import { brokenBody, faultWords, isTlsAlert, LONGEST_NAME, type Route } from './faultWords.js';
import type { Quote } from './quote.js';

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

export function readBody(answer: Answered, route: Route, quote: Quote): ReadBody {
  const html = isHtml(answer);
  const unusable = (message: string): ReadBody => ({ read: 'unusable', html, message });
  if (answer.fault !== null) return unusable(brokenBody(answer.fault, route, quote));
  if (answer.body.length === 0) return { read: 'empty' };
  if (html) return unusable('answered with HTML where JSON is documented: check baseUrl');
  const type = mediaType(answer);
  if (!/^application\/([\w.-]+\+)?json$/.test(type)) {
    const named = type === '' ? 'no content type' : quote(type, LONGEST_NAME);
    return unusable(`answered with ${named} where JSON is documented: check baseUrl`);
  }
  try {
    return { read: 'json', value: JSON.parse(new TextDecoder().decode(answer.body)) };
  } catch {
    return unusable('answered with JSON that cannot be parsed');
  }
}

/** Whether the other side has certainly understood nothing of the request. */
export function wasNotSent({ outcome, fault }: Exclude<Exchange, Answered>): boolean {
  return outcome === 'not-sent' || (fault.fault === 'network' && isTlsAlert(fault.error));
}

/** A request that got no status. */
export function failureWithoutAnswer(
  exchange: Exclude<Exchange, Answered>,
  write: boolean,
  told: { readonly route: Route; readonly quote: Quote },
): Failure {
  const what = faultWords(exchange.fault, told.route, told.quote);
  if (wasNotSent(exchange)) return { kind: 'unavailable', message: `was not sent: ${what}` };
  return write
    ? { kind: 'ambiguous', message: `got no answer: ${what}${MAY_BE_APPLIED}` }
    : { kind: 'unavailable', message: `got no answer: ${what}` };
}

/** An answer outside 200 to 299; `said` is the tool's own reason, quoted. */
export function failureOfStatus(
  answer: Answered,
  body: ReadBody,
  write: boolean,
  told: { readonly said: string | null; readonly quote: Quote },
): Failure {
  const { status } = answer;
  const html = body.read === 'unusable' && body.html;
  const kind = html && !write && isGone(status) ? 'unexpected-response' : kindOfStatus(status, write);
  const because = told.said !== null ? `: ${told.said}` : html ? ` and an HTML page${pageWords(status)}` : '';
  const suffix = kind === 'ambiguous' ? MAY_BE_APPLIED : '';
  if (status < 400) {
    const where = target(answer, told.quote);
    return { kind, message: `redirects (status ${status}${where}), which is not followed${suffix}` };
  }
  if (status === 429) return { kind, message: `is over the tool's limit (status 429)${because}` };
  const verb = status >= 500 || status === 408 ? 'failed' : 'was refused';
  return { kind, message: `${verb} with status ${status}${because}${suffix}` };
}

/** What a page in place of an answer tells: only one without the status of a failure may come from another server. */
function pageWords(status: number): string {
  if (status === 429) return '';
  if (status === 502 || status === 503 || status === 504) {
    return ": the tool, or a proxy in front of it, is down or overloaded; see the tool's status page or log";
  }
  return status >= 500 ? ': the tool itself failed; its log says why' : ': check baseUrl and proxies';
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
function target(answer: Answered, quote: Quote): string {
  const location = answer.headers['location'] ?? '';
  return URL.canParse(location) ? ` to ${quote(new URL(location).origin)}` : '';
}
