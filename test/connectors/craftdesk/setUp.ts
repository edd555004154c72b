/** A scripted CraftDesk and a connector to it, for the tests of this folder; closed after each test. */
import { afterEach } from 'vitest';
import { createHttpClient } from '../../../connectors/http/client.js';
import type { OpenHttp } from '../../../connectors/http/request.js';
import type { ReadCall, ToldMonth, WriteCall } from '../../../connectors/port/calls.js';
import { createDevTool } from '../../../connectors/registry.js';
import type { DevToolSettings } from '../../../domain/settings.js';
import { type Answer, type Recorded, recorder } from '../recorder.js';
import { draftFor, freeBudget } from '../../fixtures/calls.js';

export { failing } from '../../fixtures/calls.js';

export const MARKER = 'craftsync:mobile/2305843010635321210/1';
export const call: ReadCall = { callClass: 'progress' };
export const writing: WriteCall = { callClass: 'hand-over', authorise: () => Promise.resolve({ passed: () => false }) };

export type Script = (request: Recorded, count: number) => Answer;

/** The nth minute of a day. */
export const at = (minute: number) =>
  new Date(Date.UTC(2026, 0, 1) + minute * 60_000).toISOString().replace('.000', '');

/** A project as in the document's first list. */
export const project = (n: number, more: Readonly<Record<string, unknown>> = {}) => ({
  id: `id-${n}`,
  name: 'Website Redesign',
  description: 'Modernize our web presence',
  created_at: at(n),
  updated_at: at(n),
  ...more,
});
export type Given = ReturnType<typeof project>;
export const many = (count: number) => Array.from({ length: count }, (_, n) => project(n));
export const marked = (n: number, more = {}) => project(n, { description: `D\n\n${MARKER}`, ...more });
export const search = { target: {}, marker: MARKER, createdSince: at(0) };

/** One page of a list, with all the `meta` that the document shows, or less. */
export function page(request: Recorded, all: readonly unknown[], meta: Readonly<Record<string, unknown>> = {}): Answer {
  const query = new URL(request.url, 'http://x').searchParams;
  const current = Number(query.get('page') ?? 1);
  const perPage = Number(query.get('per_page') ?? 20);
  const data = all.slice((current - 1) * perPage, current * perPage);
  const last = Math.max(1, Math.ceil(all.length / perPage));
  const pagination = { current_page: current, total: all.length, per_page: perPage, last_page: last, ...meta };
  return { body: { data, meta: { pagination } } };
}

export const notFound: Answer = { status: 404, body: { message: 'Not Found', code: 404, errors: {} } };

/** Lists and single projects of a state that the test may change between requests. */
export const serving =
  (state: () => readonly Given[], meta = {}): Script =>
  (request) => {
    if (request.url.startsWith('/v1/projects?')) return page(request, state(), meta);
    const found = state().find(({ id }) => request.url === `/v1/projects/${id}`);
    return found === undefined ? notFound : { body: { data: found } };
  };

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

export async function craftdesk(script: Script, settings: Partial<DevToolSettings> = {}) {
  const told: ToldMonth[] = [];
  const pushedBack: { readonly ms: number; readonly monthSpentUntil: Date | undefined }[] = [];
  const server = await recorder(script);
  opened.push(server);
  const base: DevToolSettings = {
    name: 'cd',
    type: 'craftdesk',
    baseUrl: `${server.url}/v1/`,
    rateLimit: { perMinute: null, burst: 1, perMonth: null },
    timeoutMs: 5_000,
    proxy: null,
    caFile: null,
    itemUrl: null,
    progressEveryMs: 3_600_000,
    inventoryEveryMs: 1,
    readAfterWriteMs: 1,
    lateWriteMs: 1,
    own: {},
    ...settings,
  };
  const openHttp: OpenHttp = (speech) => {
    const client = createHttpClient({
      ...base,
      ...(speech.describeError && { describeError: speech.describeError }),
      ...(speech.monthSpent && { monthSpent: speech.monthSpent }),
      ...(speech.monthTold && { monthTold: speech.monthTold }),
      connection: base.name,
      authHeaders: () => speech.authHeaders('the-key'),
      budget: {
        ...freeBudget,
        pushBack: (ms, monthSpentUntil) => void pushedBack.push({ ms, monthSpentUntil }),
        told: (month) => void told.push(month),
      },
    });
    opened.push(client);
    return client;
  };
  return { connector: createDevTool(base, openHttp), server, pushedBack, told };
}

export const draft = draftFor({}, MARKER);
