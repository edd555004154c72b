/** Words for what broke one request, before or after it was sent. Texts of others pass `quote`. */
import { httpPlace, networkFailure, networkFailureOf, sentenceOf, type Place } from '../../domain/networkFailures.js';
import type { Exchange, Fault } from './exchange.js';
import type { Quote } from './quote.js';

type Answered = Extract<Exchange, { outcome: 'answered' }>;

/** Where a request goes, and with what patience. */
export interface Route {
  /** `https://host`, with the port where it is not the usual one. */
  readonly origin: string;
  /** URL of the proxy between, which is the one that is called. */
  readonly proxy: string | null;
  readonly timeoutMs: number;
}

export function faultWords(fault: Fault, route: Route, quote: Quote): string {
  switch (fault.fault) {
    case 'deadline':
      return 'its time to be sent had run out before the connection was open';
    case 'time-out':
      return `nothing within ${route.timeoutMs} ms from ${addressOf(route.origin)}`;
    case 'aborted':
      return 'given up by craftsync';
    case 'too-big':
      return 'too big';
    case 'repeated':
      return 'the connection ended';
    case 'encoding':
    case 'broken-encoding':
      return `in the encoding ${quote(fault.encoding, LONGEST_NAME)}`;
    case 'network':
      return networkWords(fault.error, route, quote);
  }
}

/** Why the body of an answer is not whole. */
export function brokenBody(fault: Fault, route: Route, quote: Quote): string {
  switch (fault.fault) {
    case 'too-big':
      return 'answered with more than may be read';
    case 'time-out':
      return `did not end its answer within ${route.timeoutMs} ms`;
    case 'encoding':
      return (
        `answered in the encoding ${quote(fault.encoding, LONGEST_NAME)}, which was not asked for and cannot be read: ` +
        'have the server or the proxy before it send gzip, or no encoding'
      );
    case 'broken-encoding':
      return `answered in the encoding ${quote(fault.encoding, LONGEST_NAME)}, but that is broken: look for a proxy between`;
    case 'aborted':
    case 'deadline':
    case 'repeated':
    case 'network':
      return `broke off its answer (${faultWords(fault, route, quote)})`;
  }
}

/** The longest name of a type or an encoding that is shown. */
export const LONGEST_NAME = 60;

/** With these codes nothing further than the first hop was reached. */
const NEVER_CONNECTED: ReadonlySet<string> = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT', 'EHOSTUNREACH', 'EHOSTDOWN'],
  ...['ENETUNREACH', 'ENETDOWN', 'EADDRNOTAVAIL', 'EACCES', 'EPERM'],
]);

function networkWords(error: Error, route: Route, quote: Quote): string {
  const target = httpPlace(addressOf(route.origin));
  if (isTlsAlert(error)) return tlsOnly(route);
  const failure = networkFailure(error, target);
  if (failure !== null) {
    const place = NEVER_CONNECTED.has(failure.code) ? firstHop(route) : target;
    const sentence = sentenceOf(networkFailureOf(failure.code, place) ?? failure, place);
    return mayWantTls(error, route) ? `${sentence}; ${target.withTls} if it speaks only TLS` : sentence;
  }
  if (error.name === PARSER_ERROR) return `${target.address} answered something that is not HTTP: check baseUrl`;
  const { code } = error as NodeJS.ErrnoException;
  return code === undefined ? quote(error.message) : `${target.address}: ${quote(error.message)} (${code})`;
}

/** A server that speaks only TLS closes on seeing plain HTTP, without a byte of its own. */
function mayWantTls(error: Error, { origin }: Route): boolean {
  const { socket } = error as { readonly socket?: { readonly bytesRead?: number } | null };
  return origin.startsWith('http:') && socket?.bytesRead === 0;
}

const PARSER_ERROR = 'HTTPParserError';
const TLS_ALERT = '\u0015\u0003';

/** The other side answered an HTTP request with an alert of TLS (RFC 8446, 6): it has understood nothing of it. */
export function isTlsAlert(error: Error): boolean {
  const { data } = error as { readonly data?: unknown };
  return error.name === PARSER_ERROR && typeof data === 'string' && data.startsWith(TLS_ALERT);
}

/** What nginx, Apache and Go's server answer, with status 400, to plain HTTP at a port that speaks TLS. */
const PLAIN_AT_TLS =
  /plain HTTP request was sent to HTTPS port|speaking plain HTTP to an SSL|HTTP request to an HTTPS/i;

export function isPlainAtTls({ status, body }: Answered): boolean {
  return status === 400 && PLAIN_AT_TLS.test(body.toString('latin1'));
}

export function tlsOnly({ origin }: Route): string {
  const place = httpPlace(addressOf(origin));
  const failure = networkFailureOf('WANTS_TLS', place);
  return failure === null ? place.withTls : sentenceOf(failure, place);
}

function firstHop({ origin, proxy }: Route): Place {
  return proxy === null ? httpPlace(addressOf(origin)) : httpPlace(addressOf(proxy), 'proxy');
}

/** `host:port`, without user and password. */
function addressOf(url: string): string {
  const { hostname, port, protocol } = new URL(url);
  return `${hostname}:${port === '' ? (protocol === 'https:' ? 443 : 80) : port}`;
}
