/** A scripted Kitemaker and a connector to it, for the tests of this folder; closed after each test. */
import { afterEach } from 'vitest';
import { createHttpClient } from '../../../connectors/http/client.js';
import type { OpenHttp } from '../../../connectors/http/request.js';
import type { ReadCall, WriteCall } from '../../../connectors/port/calls.js';
import { createDevTool } from '../../../connectors/registry.js';
import type { DevToolSettings } from '../../../domain/settings.js';
import { type Answer, type Recorded, recorder, type Recorder } from '../recorder.js';
import { draftFor, freeBudget } from '../../fixtures/calls.js';

export { failing } from '../../fixtures/calls.js';

export const MARKER = 'craftsync:mobile/2305843010635321210/1';
export const call: ReadCall = { callClass: 'progress' };
export const writing: WriteCall = { callClass: 'hand-over', authorise: () => Promise.resolve({ passed: () => false }) };

export const mobile = {
  id: 'space-1',
  key: 'MOB',
  name: 'Mobile',
  statuses: [
    { id: 'st-todo', name: 'To do', type: 'TODO' },
    { id: 'st-done', name: 'Done', type: 'DONE' },
  ],
  labels: [{ id: 'la-1', name: 'from craft' }],
};
export const web = {
  id: 'space-2',
  key: 'WEB',
  name: 'Web',
  statuses: [{ id: 'st-web', name: 'Later', type: 'TODO' }],
  labels: [],
};

export const restItem = (n: number, more: object = {}) => ({
  id: `id-${n}`,
  number: n,
  title: 'T',
  description: 'D',
  status: { id: 'st-todo', name: 'To do' },
  space: { id: 'space-1', name: 'Mobile' },
  labels: [],
  createdAt: at(n),
  updatedAt: at(n),
  ...more,
});
export const graphItem = (n: number, more: object = {}) => ({
  ...restItem(n),
  number: `MOB-${n}`,
  space: { id: 'space-1', key: 'MOB' },
  ...more,
});
/** The nth minute of a day. */
export const at = (minute: number) => new Date(Date.UTC(2026, 0, 1) + minute * 60_000).toISOString();

export type Script = (
  request: Recorded & { readonly query: string; readonly variables: Record<string, unknown> },
) => Answer | null;

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

/** A Kitemaker that knows its organisation and answers the rest by the script; a connector to it. */
export async function kitemaker(script: Script, settings: Partial<DevToolSettings> = {}) {
  const pushedBack: number[] = [];
  const server = await recorder((request) => {
    const { query = '', variables = {} } = (request.body ?? {}) as {
      query?: string;
      variables?: Record<string, unknown>;
    };
    const answer = script({ ...request, query, variables });
    if (answer !== null) return answer;
    if (query.includes('organization')) return { body: { data: { organization: { spaces: [mobile, web] } } } };
    return { status: 404, body: { errors: [{ message: 'Unexpected', status: 404, code: 'UNEXPECTED' }] } };
  });
  opened.push(server);
  const base: DevToolSettings = {
    name: 'km',
    type: 'kitemaker',
    baseUrl: `${server.url}/developers/rest/v1`,
    rateLimit: { perMinute: null, burst: 1, perMonth: null },
    timeoutMs: 5_000,
    proxy: null,
    caFile: null,
    itemUrl: 'https://km.example/{spaceKey}/items/{number}',
    progressEveryMs: 1,
    inventoryEveryMs: 1,
    readAfterWriteMs: 1,
    lateWriteMs: 1,
    own: {},
    ...settings,
  };
  const openHttp: OpenHttp = (speech) => {
    const client = createHttpClient({
      ...base,
      connection: base.name,
      baseUrl: speech.baseUrl ?? base.baseUrl,
      authHeaders: () => speech.authHeaders('the-key'),
      budget: { ...freeBudget, pushBack: (ms) => void pushedBack.push(ms) },
      ...(speech.describeError && { describeError: speech.describeError }),
    });
    opened.push(client);
    return client;
  };
  return { connector: createDevTool(base, openHttp), server, pushedBack };
}

export const draft = draftFor({ spaceId: 'space-1', statusId: 'st-todo' }, MARKER);

export const writes = (server: Recorder) =>
  server.requests.filter((r) => r.method === 'POST' && !r.url.endsWith('/graphql'));
export const queries = (server: Recorder, word: string) =>
  server.requests
    .map((r) => r.body as { query?: string } | null)
    .filter((body) => body?.query?.includes(word) ?? false);

/** `recent` and pages over the same items, as the documents say. */
export function space(items: Record<string, unknown>[], spaceTwo: Record<string, unknown>[] = []): Script {
  const of = (id: unknown) => (id === 'space-2' ? spaceTwo : items);
  const time = (item: Record<string, unknown>) => Date.parse(item['updatedAt'] as string);
  return (r) => {
    const query = new URL(r.url, 'http://x').searchParams;
    if (r.url.includes('/recent/workitems')) {
      const sorted = [...of(query.get('spaceId'))].sort((a, b) => time(b) - time(a));
      return { body: sorted.slice(0, Number(query.get('count'))) };
    }
    if (r.query.includes('workItems(')) {
      const from = Number(r.variables['cursor'] ?? 0);
      const page = of(r.variables['spaceId']).slice(from, from + 50);
      const next = from + page.length;
      return {
        body: {
          data: {
            workItems: { workItems: page, cursor: String(next), hasMore: next < of(r.variables['spaceId']).length },
          },
        },
      };
    }
    return null;
  };
}
export const many = (count: number, from = 0) => Array.from({ length: count }, (_, n) => restItem(from + n));
export const marked = (n: number, more: object = {}) => restItem(n, { description: `D\n\n${MARKER}`, ...more });
export const search = (createdSince: string) => ({
  target: { spaceId: 'space-1', statusId: 'st-todo' },
  marker: MARKER,
  createdSince,
});
export const pages = (server: Recorder) => queries(server, 'workItems(').length;
