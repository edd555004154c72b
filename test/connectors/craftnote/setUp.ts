/** A scripted Craftnote and a connector to it, for the tests of this folder; closed after each test. */
import { afterEach } from 'vitest';
import type { HttpClient } from '../../../connectors/http/client.js';
import type { ReadCall, WriteCall } from '../../../connectors/port/calls.js';
import type { DevToolConnector } from '../../../connectors/port/devTool.js';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.js';
import { connectTool } from '../conformance/connectTool.js';
import { type Answer, type Recorded, recorder, type Recorder } from '../recorder.js';
import { draftFor } from '../../fixtures/calls.js';

export { failing } from '../../fixtures/calls.js';

export const MARKER = 'craftsync:mobile/2305843010635321210/1';
export const call: ReadCall = { callClass: 'progress' };
export const writing: WriteCall = { callClass: 'hand-over', authorise: () => Promise.resolve({ passed: () => false }) };
export const STATUSES = [
  { id: 'st-todo', name: 'To Do', description: '' },
  { id: 'st-done', name: 'Done', description: '' },
];

/** Answers one request; null: the usual answer. */
export type Script = (request: Recorded) => Answer | null;

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

function connectTo(baseUrl: string, apiKey: string, itemUrl: string | null): DevToolConnector {
  const clients: HttpClient[] = [];
  const connector = connectTool(clients, { type: 'craftnote', baseUrl, apiKey, itemUrl, own: {} }, {});
  opened.push(...clients);
  return connector;
}

/** A Craftnote that knows its statuses and answers the rest by the script; a connector to it. */
export async function craftnote(
  script: Script,
  itemUrl: string | null = null,
): Promise<{ readonly connector: DevToolConnector; readonly server: Recorder }> {
  const server = await recorder((request) => {
    const answer = script(request);
    if (answer !== null) return answer;
    if (request.url === '/api/v1/company/settings') return { body: { status: STATUSES } };
    return { status: 404, body: { code: 'not_found', description: 'Unable to find resource' } };
  });
  opened.push(server);
  return { connector: connectTo(`${server.url}/api/v1`, 'the-key', itemUrl), server };
}

/** The sandbox's Craftnote, and a connector to it. */
export async function craftnoteSandbox(): Promise<{ readonly connector: DevToolConnector; readonly sandbox: Sandbox }> {
  const sandbox = await startSandbox({ port: 0, items: 0 });
  opened.push(sandbox);
  const { baseUrl, apiKey } = sandbox.tools.craftnote;
  return { connector: connectTo(baseUrl, apiKey, null), sandbox };
}

/** A listing of these entries, paged by token as the document says; `before` runs before each page is made. */
export function listing(
  path: string,
  property: 'projects' | 'tasks',
  entries: readonly Entry[] | (() => readonly Entry[]),
  before: (page: number) => void = () => undefined,
): Script {
  let page = 0;
  return ({ method, url }) => {
    const { pathname, searchParams } = new URL(url, 'http://x');
    if (method !== 'GET' || pathname !== `/api/v1${path}`) return null;
    before((page += 1));
    const all = [...(typeof entries === 'function' ? entries() : entries)].sort((a, b) => (a.id < b.id ? -1 : 1));
    const startAfter = searchParams.get('startAfter') ?? '';
    const rest = all.filter(({ id }) => id > startAfter);
    return { body: { [property]: rest.slice(0, Number(searchParams.get('limit'))) } };
  };
}

export type Entry = { readonly id: string } & Readonly<Record<string, unknown>>;

/** The nth project; ids sort by n. */
export const project = (n: number, more: object = {}): Entry => ({
  id: `p-${String(n).padStart(6, '0')}`,
  name: `Project ${n}`,
  projectType: 'PROJECT',
  statusId: 'st-todo',
  ...more,
});

export const task = (n: number, more: object = {}): Entry => ({
  id: `t-${String(n).padStart(6, '0')}`,
  projectId: 'p-1',
  title: `Task ${n}`,
  description: null,
  done: false,
  isDeleted: false,
  createdTimestamp: 1_736_452_742,
  lastEditedTimestamp: 1_736_452_742 + n,
  ...more,
});

export const many = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));

export const TO_PROJECTS = { resource: 'project', status: 'To Do' } as const;
export const TO_TASKS = { resource: 'task', projectId: 'p-1' } as const;

export const search = (target: unknown) => ({ target, marker: MARKER, createdSince: new Date(0).toISOString() });

export const draft = draftFor(TO_PROJECTS, MARKER);

export const pathsOf = (server: Recorder): readonly string[] =>
  server.requests.map(({ method, url }) => `${method} ${url.replace('/api/v1', '')}`);
