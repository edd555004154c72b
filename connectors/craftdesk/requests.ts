/**
 * One function per endpoint of CraftDesk that is used. Its document shows `GET /projects` and names POST, PATCH and
 * DELETE; paths of single projects follow REST's convention. Answers to them may be wrapped in `data` or not.
 */
import type { z } from 'zod';
import { ToolError } from '../../domain/errors.js';
import type { HttpClient } from '../http/client.js';
import { LIST_BYTES } from '../http/request.js';
import type { ReadCall, WriteCall } from '../port/calls.js';
import { ProjectList } from './schema.js';

/** The connection to CraftDesk. */
export interface Craftdesk {
  readonly connection: string;
  readonly http: HttpClient;
}

/** The most projects of one page (sources: CraftDesk). */
export const PAGE_COUNT = 100;

/** Required in all requests, GET included (sources: CraftDesk). */
const HEADERS = { 'content-type': 'application/json', 'x-requested-with': 'XMLHttpRequest' } as const;

export interface ProjectPage {
  readonly entries: readonly unknown[];
  /** From `meta.pagination`; null where it is missing there. */
  readonly total: number | null;
  readonly lastPage: number | null;
  /** `X-RateLimit-Limit`: the calls of a month. */
  readonly monthlyLimit: number | null;
  /** CraftDesk's own time; null where the answer does not show it. */
  readonly serverTimeMs: number | null;
}

export async function listProjects(cd: Craftdesk, page: number, call: ReadCall, perPage = PAGE_COUNT) {
  const place = 'GET /projects';
  const path = `/projects?page=${page}&per_page=${perPage}`;
  const request = { method: 'GET', path, place, write: false, headers: HEADERS, maxBytes: LIST_BYTES, call } as const;
  const { body, headers } = await cd.http.send(request);
  const { data, meta } = parse(cd, place, ProjectList, body);
  const { total = null, per_page: served = null, last_page: last = null } = meta?.pagination ?? {};
  const serverTimeMs = Date.parse(headers['date'] ?? '');
  const monthlyLimit = Number(headers['x-ratelimit-limit'] ?? Number.NaN);
  return {
    entries: data,
    total,
    lastPage: last ?? (total === null ? null : Math.ceil(total / Math.max(1, served ?? perPage))),
    monthlyLimit: Number.isInteger(monthlyLimit) ? monthlyLimit : null,
    serverTimeMs: Number.isNaN(serverTimeMs) ? null : serverTimeMs,
  } satisfies ProjectPage;
}

/** One project, unparsed: the caller knows what an unreadable one means. Throws `not-found`. */
export async function getProject(cd: Craftdesk, id: string, call: ReadCall): Promise<unknown> {
  const path = `/projects/${encodeURIComponent(id)}`;
  const request = {
    method: 'GET',
    path,
    place: 'GET /projects/{id}',
    write: false,
    byId: true,
    headers: HEADERS,
    call,
  } as const;
  return unwrapped((await cd.http.send(request)).body);
}

export interface NewProject {
  readonly name: string;
  readonly description: string;
}

/** The created project, unparsed. 200 and 201 mean the same here. */
export async function createProject(cd: Craftdesk, body: NewProject, call: WriteCall): Promise<unknown> {
  const request = { method: 'POST', path: '/projects', place: 'POST /projects', write: true, body, call } as const;
  return unwrapped((await cd.http.send({ ...request, headers: HEADERS })).body);
}

/** Lists are in `data`; the document does not show whether a single project is. */
function unwrapped(body: unknown): unknown {
  const data: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'data') : null;
  return typeof data === 'object' && data !== null && !Array.isArray(data) ? data : body;
}

function parse<T>(cd: Craftdesk, place: string, schema: z.ZodType<T>, body: unknown): T {
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  throw failure(cd, 'unexpected-response', `${place} answered ${problemIn(read.error)}`);
}

/** The first thing that is not as documented: the property and what was expected, never the value. */
export function problemIn(error: z.ZodError): string {
  const [issue] = error.issues;
  const path = issue?.path.join('.') ?? '';
  return `${path === '' ? 'a value' : `"${path}"`} that is not as documented (${issue?.code ?? 'unknown'})`;
}

export function failure(cd: Craftdesk, kind: ToolError['kind'], message: string): ToolError {
  return new ToolError(kind, `${cd.connection}: ${message}`, { connection: cd.connection, notSent: false });
}
