/** The listener's HTTP server: webhooks, health, metrics, one page. */
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import type { Logger } from 'pino';
import type { Redactor } from '../../domain/redaction/redactor.js';
import { answerWithoutSecrets, held, mountHealthz, mountReadyz } from '../../runtime/processes/health.js';
import type { Listening } from '../../runtime/listening.js';
import { BODY_LIMIT_BYTES, mountWebhooks } from '../../webhooks/route.js';
import { mountCodec, type CodecOptions } from './codec.js';
import {
  createCutOff,
  cutSlowReaders,
  MOST_HEADERS,
  SAFE_HEADERS,
  shareConnections,
  type TimeLimits,
} from './connections.js';
import { createGuard, type Guard } from './guard.js';
import type { Metrics } from './metrics.js';
import { listenerPage, STYLE_SOURCE } from './page.js';

export interface ListenerServerOptions {
  readonly listening: Pick<Listening, 'admit' | 'receive' | 'inbox' | 'tools' | 'problems' | 'budgets'>;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly redactor: Redactor;
  /** Null: only this machine can reach it. */
  readonly token: string | null;
  /** Repeated by `/healthz`. @default none */
  readonly startedAs?: string | null;
  /** @default none */
  readonly codec?: CodecOptions;
  readonly mostInHand?: number;
  /** @default MOST_CONNECTIONS */
  readonly mostConnections?: number;
  /** @default TIME_LIMITS */
  readonly within?: TimeLimits;
}

/** So that slow senders hold nothing for long. */
const TIME_LIMITS: TimeLimits = {
  headersMs: 5_000,
  requestMs: 10_000,
  answerMs: 10_000,
  idleMs: 5_000,
  checkEveryMs: 1_000,
};
/** Of all headers together, in bytes. */
const HEADER_BYTES = 16 * 1024;

function timeLimits(within: TimeLimits) {
  return {
    requestTimeout: within.requestMs,
    keepAliveTimeout: within.idleMs,
    http: {
      maxHeaderSize: HEADER_BYTES,
      // Node takes the smaller of the two as that of the headers: one that is left at its 60 s moves the other.
      headersTimeout: within.headersMs,
      requestTimeout: within.requestMs,
      connectionsCheckingInterval: within.checkEveryMs,
    },
  };
}

export function createListenerServer(options: ListenerServerOptions): FastifyInstance {
  const { listening, metrics, logger, within = TIME_LIMITS } = options;
  const app = fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    ...timeLimits(within),
    forceCloseConnections: 'idle',
    clientErrorHandler: createCutOff(metrics, logger),
    frameworkErrors: (error, _request, reply) =>
      void refuseUnread(reply.headers(SAFE_HEADERS), error.statusCode ?? 400, 'the address of the request is not one'),
  });
  shareConnections(app.server, metrics, options.mostConnections);
  answerWithoutSecrets(app, options.redactor);
  cutSlowReaders(app, metrics, within);
  app.removeAllContentTypeParsers();
  // Signatures cover the raw bytes: nothing may parse a body before its signature is verified.
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(SAFE_HEADERS);
    if (request.raw.rawHeaders.length > 2 * MOST_HEADERS) return refuseUnread(reply, 431, 'too many headers');
    // Before the body: what no route takes must not be read into memory.
    return request.is404 ? refuseUnread(reply, 404, 'not found') : undefined;
  });
  app.setErrorHandler((error: { statusCode?: number; message: string }, request, reply) => {
    const status = error.statusCode !== undefined && error.statusCode < 500 ? error.statusCode : 500;
    if (status === 500) logger.error({ route: request.routeOptions.url, why: error.message }, 'a request failed');
    return reply.code(status).send({ message: status === 500 ? 'failed; see the log' : error.message });
  });
  mountWebhooks(app, {
    receiver: listening,
    metrics,
    logger,
    ...(options.mostInHand !== undefined && { mostInHand: options.mostInHand }),
  });
  mountHealthz(app, options.startedAs);
  const guard = createGuard(options.token);
  if (options.codec !== undefined) mountCodec(app, options.codec, guard);
  void app.register((guarded, _options, done) => {
    mountGuarded(guarded, options, guard);
    done();
  });
  return app;
}

function refuseUnread(reply: FastifyReply, status: number, message: string): FastifyReply {
  return reply.code(status).header('connection', 'close').send({ message });
}

function mountGuarded(app: FastifyInstance, { listening, metrics }: ListenerServerOptions, guard: Guard): void {
  const startedAt = new Date().toISOString();
  const problems = held(() => listening.problems());
  app.addHook('onRequest', async (request, reply) => guard(request, reply));
  mountReadyz(app, problems, { words: true });
  app.get('/metrics', async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
  app.get('/', async (_request, reply) => {
    const [tools, found, counts] = await Promise.all([listening.tools(), problems(), metrics.counts()]);
    const [last, budgets] =
      found.length > 0 ? [[], []] : await Promise.all([listening.inbox.lastReceived(), listening.budgets()]);
    const lastReceived = new Map(last.map(({ devTool, at }) => [devTool, at]));
    return reply
      .header('content-security-policy', `${SAFE_HEADERS['content-security-policy']}; style-src ${STYLE_SOURCE}`)
      .type('text/html; charset=utf-8')
      .send(listenerPage({ tools, lastReceived, counts, problems: found, budgets, startedAt }));
  });
}
