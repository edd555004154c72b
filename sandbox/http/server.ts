/**
 * The HTTP side of all mounts: who may enter, what a body must be, what is recorded, which fault strikes, and the
 * answer.
 *
 * Order of a request: route (404), key (401), fault, body (415, 400), handler. A request that fails before the handler
 * changes nothing.
 */
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Faults } from './faults.js';
import type { Records, RequestRecord } from './record.js';
import { deliver, send } from './deliver.js';
import type { LateCommits } from './lateCommits.js';
import type { Answer, Mount, Route } from './mount.js';

export interface ServerParts {
  readonly mounts: readonly Mount[];
  readonly faults: Faults;
  readonly records: Records;
  readonly lateCommits: LateCommits;
  readonly nowMs: () => number;
  /** Called after each write and before its answer, so that every answered write is kept. */
  readonly keep: () => void;
}

/** More than any connector sends. Larger bodies are refused with 413. */
const BODY_LIMIT_BYTES = 16 * 1024 * 1024;

export function createServer(parts: ServerParts): FastifyInstance {
  const app = Fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    exposeHeadRoutes: false,
    // An answer that hangs must not delay `close`.
    forceCloseConnections: true,
    routerOptions: { ignoreTrailingSlash: false, maxParamLength: 2_000 },
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  for (const mount of parts.mounts) {
    for (const route of mount.routes) {
      app.route({
        method: route.method,
        url: mount.basePath + route.path,
        handler: (request, reply) => serve(parts, mount, route, request, reply),
      });
    }
  }
  // A failure before a handler, such as a body over the limit, is answered in the mount's own form.
  app.setErrorHandler((error: { readonly statusCode?: number }, request, reply) => {
    const status = error.statusCode ?? 500;
    const answer = mountOf(parts, request.url)?.error(status) ?? { status, body: { message: 'failed' } };
    return reply.code(answer.status).send(answer.body);
  });
  app.setNotFoundHandler((request, reply) => notFound(parts, request, reply));
  return app;
}

type Body =
  { readonly status: 'read'; readonly body: unknown } | { readonly status: 'refused'; readonly answer: Answer };

async function serve(
  parts: ServerParts,
  mount: Mount,
  route: Route,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  reply.hijack();
  const read = readBody(mount, request);
  const body = read.status === 'read' ? read.body : null;
  const { write, operation } = route.describe?.(body) ?? { write: route.method !== 'GET', operation: null };
  const record = begin(parts, mount, request, { route: route.path, write, operation, body: write ? body : null });
  const end = (status: number | null): void => parts.records.ended(record, iso(parts.nowMs()), status);

  const denied = mount.authenticate((name) => header(request, name));
  if (denied !== null) return send(reply, denied, end);

  const decision = parts.faults.decide({
    mount: mount.name,
    method: request.method,
    route: route.path,
    write,
    operation,
    text: () => `${request.url} ${typeof request.body === 'string' ? request.body : ''}`,
  });
  if (decision.delayMs > 0) await sleep(decision.delayMs);
  if (decision.fault !== null) record.fault = decision.fault.kind;
  else if (decision.delayMs > 0) record.fault = 'latency';

  const apply = (): Answer => {
    if (read.status === 'refused') return read.answer;
    return handle(parts, mount, route, request, read.body, record);
  };
  deliver({ mount, reply, fault: decision.fault, apply, end, lateCommits: parts.lateCommits, nowMs: parts.nowMs });
}

function handle(
  parts: ServerParts,
  mount: Mount,
  route: Route,
  request: FastifyRequest,
  body: unknown,
  record: RequestRecord,
): Answer {
  const at = request.url.indexOf('?');
  const answer = route.handle({
    params: request.params as Record<string, string>,
    query: new URLSearchParams(at === -1 ? '' : request.url.slice(at + 1)),
    body,
    header: (name) => header(request, name),
    sight: parts.faults.sight(mount.name),
  });
  if (answer.applied !== undefined) {
    parts.keep();
    parts.records.applied(record, iso(parts.nowMs()), answer.applied.itemId);
  }
  return answer;
}

/** A body must be JSON and declared as such. GET and DELETE have none. */
function readBody(mount: Mount, request: FastifyRequest): Body {
  if (request.method === 'GET' || request.method === 'DELETE') return { status: 'read', body: undefined };
  const text = typeof request.body === 'string' ? request.body : '';
  const mediaType = (header(request, 'content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (!mount.mediaTypes.includes(mediaType)) return refused(mount, 415, 'Unsupported media type');
  try {
    return { status: 'read', body: JSON.parse(text) as unknown };
  } catch {
    return refused(mount, 400, 'The body is not valid JSON');
  }
}

function refused(mount: Mount, status: number, message: string): Body {
  return { status: 'refused', answer: mount.error(status, message) };
}

function notFound(parts: ServerParts, request: FastifyRequest, reply: FastifyReply): void {
  const mount = mountOf(parts, request.url);
  if (mount === undefined) {
    void reply.code(404).send({ message: 'No such page' });
    return;
  }
  reply.hijack();
  const record = begin(parts, mount, request, { route: null, write: false, operation: null, body: null });
  send(reply, mount.error(404), (status) => parts.records.ended(record, iso(parts.nowMs()), status));
}

function mountOf(parts: ServerParts, url: string): Mount | undefined {
  return parts.mounts.find(({ basePath }) => url.startsWith(`${basePath}/`) || url === basePath);
}

function begin(
  parts: ServerParts,
  mount: Mount,
  request: FastifyRequest,
  about: Pick<RequestRecord, 'route' | 'write' | 'operation' | 'body'>,
): RequestRecord {
  const path = request.url.slice(mount.basePath.length);
  return parts.records.begin({ at: iso(parts.nowMs()), mount: mount.name, method: request.method, path, ...about });
}

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
