/**
 * What the listener says on every connection: headers that keep its answers from being kept, framed or taken for
 * something else, and the end of connections whose request does not come in full within its time, whose answer is not
 * taken, or that lie idle.
 */
import type { Socket } from 'node:net';
import { STATUS_CODES, type Server } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { senderOf } from '../../webhooks/places.js';
import { createSeldomLog } from '../../webhooks/refusals.js';
import type { CutOff, Metrics } from './metrics.js';

export interface TimeLimits {
  /** From the first moment of a connection, or the first byte of a further request. */
  readonly headersMs: number;
  /** Headers and body. */
  readonly requestMs: number;
  /** How long the other side may take to read an answer. */
  readonly answerMs: number;
  /** Between two requests of one connection. */
  readonly idleMs: number;
  /** How often the limits are looked at: so much longer may a request live. */
  readonly checkEveryMs: number;
}

/** An honest sender has about twenty. Node would drop what is beyond its own limit, an authorisation perhaps. */
export const MOST_HEADERS = 100;
/** Of one process. */
export const MOST_CONNECTIONS = 1_000;

export const SAFE_HEADERS = {
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
} as const;

/** Answers requests that Node gave up before they were one: they never reach a route. */
export function createCutOff(metrics: Pick<Metrics, 'cutOff'>, logger: Logger) {
  const say = createSeldomLog(logger, 'a connection was cut off');
  return (error: Error & { readonly code?: string }, socket: Socket): void => {
    // The other side has gone: there is nobody to answer.
    if (error.code === 'ECONNRESET' || socket.destroyed) return;
    const [why, status] = reasonOf(error, socket);
    metrics.cutOff(why);
    if (why !== 'silent') say(why, { reason: why, why: error.message });
    if (socket.writable) socket.write(rawAnswer(status));
    socket.destroy();
  };
}

/**
 * Holds `most` connections. One more is let in, and the address that has the most gives up the one of its own whose
 * last request began longest ago: somebody who opens thousands pushes out himself, and where all come through one
 * proxy it is one that idles or is slow, since an honest request takes moments. A limit for each address would be the
 * proxy's.
 */
export function shareConnections(server: Server, metrics: Pick<Metrics, 'cutOff'>, most = MOST_CONNECTIONS): void {
  // In the order of their last requests.
  const held = new Map<Socket, string>();
  server.on('connection', (socket: Socket) => {
    held.set(socket, senderOf(socket.remoteAddress ?? ''));
    socket.once('close', () => held.delete(socket));
    if (held.size <= most) return;
    const victim = longestSilentOfTheBusiest(held);
    held.delete(victim);
    metrics.cutOff('crowded');
    victim.destroy();
  });
  server.on('request', ({ socket }) => {
    const sender = held.get(socket);
    if (sender === undefined) return;
    held.delete(socket);
    held.set(socket, sender);
  });
}

function longestSilentOfTheBusiest(held: ReadonlyMap<Socket, string>): Socket {
  const counts = new Map<string, number>();
  for (const sender of held.values()) counts.set(sender, (counts.get(sender) ?? 0) + 1);
  const most = Math.max(...counts.values());
  for (const [socket, sender] of held) if (counts.get(sender) === most) return socket;
  throw new Error('no connection is held');
}

/** An answer that nobody takes holds memory: its connection ends. */
export function cutSlowReaders(
  app: FastifyInstance,
  metrics: Pick<Metrics, 'cutOff'>,
  { answerMs }: Pick<TimeLimits, 'answerMs'>,
): void {
  app.addHook('onSend', async ({ raw: { socket } }, reply) => {
    const late = setTimeout(() => {
      metrics.cutOff('slow');
      socket.destroy();
    }, answerMs).unref();
    for (const end of ['finish', 'close'] as const) reply.raw.once(end, () => clearTimeout(late));
  });
}

function reasonOf({ code }: { readonly code?: string }, socket: Socket): readonly [CutOff, number] {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return [socket.bytesRead === 0 ? 'silent' : 'slow', 408];
  return code === 'HPE_HEADER_OVERFLOW' ? ['headers-too-large', 431] : ['malformed', 400];
}

function rawAnswer(status: number): string {
  const body = JSON.stringify({ message: (STATUS_CODES[status] ?? '').toLowerCase() });
  const headers = {
    ...SAFE_HEADERS,
    connection: 'close',
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...lines, '', body].join('\r\n');
}
