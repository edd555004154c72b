/** A running sandbox and one-line calls to its mounts, with the right keys unless a test says otherwise. */
import type { Part, Parts } from './part.js';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../sandbox/sandbox.js';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Part & Parts;
}

export interface Running extends Sandbox {
  guide(method: string, path: string, body?: unknown): Promise<Reply>;
  swagger(method: string, path: string, body?: unknown): Promise<Reply>;
  rest(method: string, path: string, body?: unknown): Promise<Reply>;
  graphql(query: string, variables?: unknown): Promise<Reply>;
  admin(method: string, path: string, body?: unknown): Promise<Reply>;
  readonly mobile: { readonly id: string; status(name: string): string };
  readonly web: { readonly id: string; status(name: string): string };
}

export async function running(options: Partial<SandboxOptions> = {}): Promise<Running> {
  const sandbox = await startSandbox({ port: 0, ...options });
  const {
    craft,
    tools: { kitemaker },
  } = sandbox;
  const json = (headers: Record<string, string>, base: string) => (method: string, path: string, body?: unknown) =>
    ask(base + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const spaceOf = (key: string): Running['mobile'] => {
    const space = kitemaker.spaces.find((candidate) => candidate.key === key);
    if (space === undefined) throw new Error(`no space ${key}`);
    return {
      id: space.id,
      status: (name) => space.statuses.find((status) => status.name === name)?.id ?? `no status ${name}`,
    };
  };
  const graphql = json({ authorization: `Bearer ${kitemaker.apiKey}` }, kitemaker.graphqlUrl);
  return Object.assign(Object.create(sandbox) as Sandbox, {
    guide: json({ 'x-craft-api-key': craft.apiKey }, craft.guideUrl),
    swagger: json({ 'x-api-key': craft.apiKey }, craft.swaggerUrl),
    rest: json({ 'x-api-key': kitemaker.apiKey }, kitemaker.baseUrl),
    graphql: (query: string, variables?: unknown) => graphql('POST', '', { query, variables }),
    admin: json({}, `${sandbox.url}/_sandbox`),
    mobile: spaceOf('MOB'),
    web: spaceOf('WEB'),
  });
}

export async function ask(url: string, init: RequestInit & { headers?: Record<string, string> }): Promise<Reply> {
  const headers = { ...(init.body === undefined ? {} : { 'content-type': 'application/json' }), ...init.headers };
  const answer = await fetch(url, { signal: AbortSignal.timeout(30_000), ...init, headers });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: parsed(text) as Part & Parts };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
