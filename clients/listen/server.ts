/** The listener's HTTP server: webhooks, health, metrics, one page. */
import fastify, { type FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { held, mountHealthz, mountReadyz } from '../../runtime/processes/health.js';
import type { Listening } from '../../runtime/listening.js';
import { mayEnter } from './guard.js';
import type { Metrics } from './metrics.js';
import { listenerPage } from './page.js';
import { BODY_LIMIT_BYTES, mountWebhooks } from '../../webhooks/route.js';

export interface ListenerServerOptions {
  readonly listening: Pick<Listening, 'receive' | 'inbox' | 'tools' | 'problems'>;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly token: string | null;
  readonly mostInHand?: number;
}

/** A request must have arrived in full by then, so that slow senders do not take up places. */
const REQUEST_WITHIN_MS = 10_000;
const CHECK_CONNECTIONS_EVERY_MS = 2_000;

export function createListenerServer(options: ListenerServerOptions): FastifyInstance {
  const { listening, metrics, logger } = options;
  const app = fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_WITHIN_MS,
    http: { connectionsCheckingInterval: CHECK_CONNECTIONS_EVERY_MS },
    forceCloseConnections: 'idle',
  });
  app.removeAllContentTypeParsers();
  // Signatures cover the raw bytes: nothing may parse a body before its signature is verified.
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.setErrorHandler((error: { statusCode?: number; message: string }, request, reply) => {
    const status = error.statusCode !== undefined && error.statusCode < 500 ? error.statusCode : 500;
    if (status === 500) logger.error({ route: request.routeOptions.url, why: error.message }, 'a request failed');
    return reply.code(status).send({ message: status === 500 ? 'failed; see the log' : error.message });
  });
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ message: 'not found' }));
  mountWebhooks(app, {
    receive: listening.receive,
    isTool: async (name) => (await listening.tools()).some((tool) => tool.name === name),
    metrics,
    logger,
    ...(options.mostInHand !== undefined && { mostInHand: options.mostInHand }),
  });
  mountHealthz(app);
  void app.register((guarded, _options, done) => {
    mountGuarded(guarded, options);
    done();
  });
  return app;
}

function mountGuarded(app: FastifyInstance, { listening, metrics, token }: ListenerServerOptions): void {
  const startedAt = new Date().toISOString();
  const problems = held(() => listening.problems());
  app.addHook('onRequest', async (request, reply) => {
    if (mayEnter(request.headers.authorization, token)) return undefined;
    return reply
      .code(401)
      .header('www-authenticate', 'Bearer realm="craftsync", Basic realm="craftsync"')
      .send({ message: 'present CRAFTSYNC_TOKEN as a Bearer token, or as the password of any user' });
  });
  mountReadyz(app, problems, { words: true });
  app.get('/metrics', async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
  app.get('/', async (_request, reply) => {
    const [tools, found, counts] = await Promise.all([listening.tools(), problems(), metrics.counts()]);
    const last = found.length > 0 ? [] : await listening.inbox.lastReceived();
    const lastReceived = new Map(last.map(({ devTool, at }) => [devTool, at]));
    return reply
      .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
      .type('text/html; charset=utf-8')
      .send(listenerPage({ tools, lastReceived, counts, problems: found, startedAt }));
  });
}
