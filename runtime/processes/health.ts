/** `/healthz` and `/readyz`, for the listener and for workers. */
import fastify, { type FastifyInstance } from 'fastify';
import type { ListenAddress } from '../../config/environment.js';
import type { Redactor } from '../../domain/redaction/redactor.js';
import { printableJson } from '../../domain/rules/printable.js';

export type Problems = () => Promise<readonly string[]>;

/** Several probes ask for readiness often, and each answer costs a query: one answer is kept this long. */
const READINESS_HOLDS_MS = 1_000;
const REQUEST_WITHIN_MS = 10_000;

/** All callers within a second get the same answer. */
export function held(ask: Problems): Problems {
  let last: { readonly atMs: number; readonly answer: Promise<readonly string[]> } | null = null;
  return () => {
    if (last === null || performance.now() - last.atMs > READINESS_HOLDS_MS)
      last = { atMs: performance.now(), answer: ask() };
    return last.answer;
  };
}

/** Takes secrets out of all that `app` answers, whatever wrote it (I7). In JSON no key is changed. */
export function answerWithoutSecrets(app: FastifyInstance, { redact }: Redactor): void {
  app.addHook('onSend', async (_request, reply, payload) => {
    if (typeof payload !== 'string') return payload;
    const isJson = String(reply.getHeader('content-type')).startsWith('application/json');
    return isJson ? printableJson(JSON.parse(payload), redact) : redact(payload);
  });
}

/** Tells a process that another one started from whatever else may answer at its address. */
export const STARTED_AS_HEADER = 'craftsync-started-as';

/** Says only that the process lives, and repeats the word that it was started with. */
export function mountHealthz(app: FastifyInstance, startedAs: string | null = null): void {
  app.get('/healthz', (_request, reply) => {
    if (startedAs !== null) void reply.header(STARTED_AS_HEADER, startedAs);
    return { status: 'alive' };
  });
}

/** 200, or 503 with what keeps the process from its work. `words: false` keeps the words to the log. */
export function mountReadyz(app: FastifyInstance, problems: Problems, { words }: { readonly words: boolean }): void {
  app.get('/readyz', async (_request, reply) => {
    const found = await problems();
    const status = found.length === 0 ? 'ready' : 'not ready';
    return reply.code(found.length === 0 ? 200 : 503).send(words ? { status, problems: found } : { status });
  });
}

export interface HealthServer {
  readonly url: string;
  close(): Promise<void>;
}

/** For a process that serves nothing else. */
export async function serveHealth(
  { host, port }: ListenAddress,
  problems: Problems,
  { redactor, ...options }: { readonly words: boolean; readonly redactor: Redactor },
): Promise<HealthServer> {
  const app = fastify({
    requestTimeout: REQUEST_WITHIN_MS,
    // Node takes the smaller of the two as that of the headers: one that is left at its 60 s moves the other.
    http: { headersTimeout: REQUEST_WITHIN_MS, requestTimeout: REQUEST_WITHIN_MS, connectionsCheckingInterval: 1_000 },
    forceCloseConnections: true,
  });
  answerWithoutSecrets(app, redactor);
  mountHealthz(app);
  mountReadyz(app, held(problems), options);
  return { url: await app.listen({ host, port }), close: () => app.close() };
}
