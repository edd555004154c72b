/**
 * A small, strict Craft.io for tests of the connector: it knows exactly the documented requests of one dialect, answers
 * 400 or 404 to everything else, and records each request. What the documents leave open is an option.
 */
import http from 'node:http';
import type { AddressInfo } from 'node:net';

import { entitiesOf, guideBody, swaggerBody, type ItemJson } from '../../fixtures/craftBodies.js';

export const KEY = 'craft-key-7f3a';
export const WORKSPACE = '2305843010635321000';
export const PORTFOLIO = '2305843010635322000';
export const PORTAL = '2305843010635323000';
export const ACCOUNT = '2305843010000000001';

export interface Recorded {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly rawUrl: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: unknown;
}

export interface Reply {
  readonly status: number;
  readonly body: unknown;
  /** Sent as it is instead of `body`. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface CraftServerOptions {
  readonly dialect: 'guide' | 'swagger';
  items?: ItemJson[];
  initiatives?: ItemJson[];
  feedback?: ItemJson[];
  /** `several`: takes a list of values, and nothing else. */
  fields?: readonly { readonly id: string; readonly name: string; readonly several?: boolean }[];
  /** A PUT replaces all custom fields. @default false */
  replaces?: boolean;
  /** Lists are bare arrays. @default false */
  bare?: boolean;
  /** Lists ignore `page` and answer everything. @default false */
  ignoresPage?: boolean;
  /** The server's own page size, whatever `limit` says. */
  pageSize?: number;
  /**
   * Single items and initiatives take no query and are shown whole: the guide's documents name no query. @default false
   */
  bareSingles?: boolean;
  /** Answers before everything else; null: answer as documented. */
  intercept?: (request: Recorded, count: number) => Reply | null | Promise<Reply | null>;
}

export interface CraftServer {
  readonly url: string;
  readonly requests: Recorded[];
  /** May be changed by a test at any time. */
  readonly options: CraftServerOptions;
  /** `GET /item`, `PUT /item`…, without query. */
  calls(): readonly string[];
  item(id: string): ItemJson;
  close(): Promise<void>;
}

export async function craftServer(options: CraftServerOptions): Promise<CraftServer> {
  const requests: Recorded[] = [];
  const server = http.createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const url = new URL(incoming.url ?? '', 'http://craft');
      const request: Recorded = {
        method: incoming.method ?? '',
        path: url.pathname,
        query: Object.fromEntries(url.searchParams),
        rawUrl: incoming.url ?? '',
        headers: incoming.headers,
        body: text === '' ? null : (JSON.parse(text) as unknown),
      };
      // Looked up once every 15 minutes whatever else is requested, so it is not recorded.
      if (/^\/(?:workspace|portfolio)\/[^/]+\/terminology$/.test(url.pathname)) {
        outgoing.writeHead(200, { 'content-type': 'application/json' });
        outgoing.end('[]');
        return;
      }
      requests.push(request);
      const intercepted = Promise.resolve(options.intercept?.(request, requests.length) ?? null);
      void intercepted.then((reply) => {
        const { status, body, text: raw, headers } = reply ?? answer(request, options);
        outgoing.writeHead(status, { 'content-type': 'application/json', ...headers });
        outgoing.end(raw ?? JSON.stringify(body));
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    options,
    calls: () => requests.map(({ method, path }) => `${method} ${path}`),
    item: (id) =>
      [...(options.items ?? []), ...(options.initiatives ?? [])].find((one) => one.id === id) ?? { id: null },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const refuse = (status: number, message: string, details?: unknown): Reply => ({
  status,
  body: { message, ...(details === undefined ? {} : { details }) },
});

function answer(request: Recorded, options: CraftServerOptions): Reply {
  const header = options.dialect === 'guide' ? 'x-craft-api-key' : 'x-api-key';
  const other = options.dialect === 'guide' ? 'x-api-key' : 'x-craft-api-key';
  if (request.headers[header] !== KEY || other in request.headers) return refuse(401, 'No access to account');
  if (request.method === 'PUT') return update(request, options);
  if (request.method !== 'GET' || request.body !== null) return refuse(404, 'Cannot');
  return read(request, options);
}

function read({ path, query }: Recorded, options: CraftServerOptions): Reply {
  const items = options.items ?? [];
  const lists: Record<string, readonly ItemJson[]> = {
    [`/workspace/${WORKSPACE}/items`]: items,
    [`/portfolio/${PORTFOLIO}/items`]: options.initiatives ?? [],
    [`/feedback_portal/${PORTAL}/feedback_items`]: options.feedback ?? [],
  };
  const list = lists[path];
  if (list !== undefined) return page(list, query, options);
  const named: Record<string, unknown> = {
    [`/workspace/${WORKSPACE}/custom_fields`]: fieldList(options),
    [`/portfolio/${PORTFOLIO}/portfolio_fields`]: fieldList(options),
    ...(options.dialect === 'swagger' && { [`/feedback_portal/${PORTAL}/custom_fields`]: fieldList(options) }),
    [`/workspaces/${ACCOUNT}`]: [{ id: WORKSPACE, name: 'Mobile', key: 'MOB' }],
    [`/portfolios/${ACCOUNT}`]: [{ id: PORTFOLIO, name: null, workspaces: [] }],
    [`/feedback_portals/${ACCOUNT}`]: [{ id: PORTAL, name: 'Ideas' }],
  };
  const [, kind, id] = /^\/(item|portfolio_item|feedback_item)\/([^/]+)$/.exec(path) ?? [];
  const takesFields = kind !== undefined && kind !== 'feedback_item' && options.bareSingles !== true;
  const unknown = Object.keys(query).find((name) => !(takesFields && name === 'fields'));
  if (unknown !== undefined) return refuse(400, `unknown query ${unknown}`);
  if (path in named) return { status: 200, body: named[path] };
  if (path === '/me/api-key' && options.dialect === 'swagger') {
    const scopes = ['read:items:craft', 'write:items:craft'];
    return { status: 200, body: { userId: '1', accountId: ACCOUNT, scopes, resourceScope: {}, mcpAccess: false } };
  }
  const of = { item: items, portfolio_item: options.initiatives ?? [], feedback_item: options.feedback ?? [] };
  const found = kind === undefined ? undefined : of[kind as keyof typeof of].find((one) => one.id === id);
  if (found === undefined) return refuse(404, 'No item found');
  return { status: 200, body: takesFields && query['fields'] !== 'all' ? { id: found.id, title: found.title } : found };
}

function fieldList(options: CraftServerOptions): unknown {
  return (options.fields ?? []).map(({ id, name }) => ({ id, name, type: 'text' }));
}

const QUERIES = { guide: ['status'], swagger: ['status', 'type', 'shortId', 'updated_from'] } as const;

function page(all: readonly ItemJson[], query: Recorded['query'], options: CraftServerOptions): Reply {
  const known: readonly string[] = ['page', 'limit', 'fields', ...QUERIES[options.dialect]];
  const unknown = Object.keys(query).find((name) => !known.includes(name));
  if (unknown !== undefined || query['fields'] !== 'all') return refuse(400, `unknown query ${unknown ?? 'fields'}`);
  const types = query['type']?.split(',') ?? null;
  const found = all.filter(
    (item) =>
      (query['status'] === undefined || item.status?.name === query['status']) &&
      (query['updated_from'] === undefined ||
        Date.parse(String(item['updateTime'])) >= Date.parse(query['updated_from'])) &&
      (types === null || types.includes(String(item['type']))) &&
      (query['shortId'] === undefined || item.shortId === query['shortId']),
  );
  const perPage = options.pageSize ?? Number(query['limit']);
  const at = Number(query['page']);
  const items = options.ignoresPage === true ? found : found.slice((at - 1) * perPage, at * perPage);
  if (options.bare === true) return { status: 200, body: items };
  const totalPages = Math.ceil(found.length / perPage);
  return {
    status: 200,
    body: { items, metadata: { currentPage: at, perPage, totalPages, totalRecords: found.length } },
  };
}

function update({ path, body }: Recorded, options: CraftServerOptions): Reply {
  if (typeof body !== 'object' || body === null) return refuse(400, 'no body');
  const given = body as Record<string, unknown>;
  const id = options.dialect === 'swagger' ? given['id'] : path.split('/').at(-1);
  const places = [`/workspace/${WORKSPACE}/items/${String(id)}`, `/portfolio/${PORTFOLIO}/items/${String(id)}`];
  if (!(options.dialect === 'swagger' ? path === '/item' : places.includes(path))) return refuse(404, 'Cannot PUT');
  const all = path.startsWith('/portfolio') ? options.initiatives : options.items;
  const index = (all ?? []).findIndex((one) => one.id === id);
  const item = all?.[index];
  if (all === undefined || item === undefined) return refuse(404, 'No item found');
  const read = options.dialect === 'guide' ? guideBody(given, item) : swaggerBody(given, all);
  for (const field of read.fields ?? []) {
    const known = (options.fields ?? []).find((one) => one.id === field.id);
    if (known === undefined || (known.several === true) !== 'values' in field)
      read.wrong.push(`customFields.${field.id}`);
  }
  if (read.wrong.length > 0) {
    const details = read.wrong.map((name) => [`body.${name}`, { message: 'not documented', value: given[name] }]);
    return refuse(400, 'Validation Failed', Object.fromEntries(details));
  }
  const kept = options.replaces === true ? [] : (item.customFields ?? []);
  const over = read.fields?.filter(({ value, values }) => value !== null && values?.length !== 0) ?? [];
  const customFields =
    read.fields === null
      ? item.customFields
      : [...kept.filter((old) => !read.fields?.some((field) => field.id === old.id)), ...over];
  all[index] = {
    ...item,
    ...entitiesOf(read.plain, all),
    ...(read.status && { status: read.status }),
    ...(customFields && { customFields }),
  };
  return { status: 200, body: all[index] };
}
