/**
 * The sandbox as Craft.io and Kitemaker of the topology: a process on this host that containers reach as
 * `host.docker.internal`, and what it holds in the end.
 */
import { execFileSync } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startProgram } from '../harness/servers/program.js';

const MAIN = fileURLToPath(new URL('../../dist/sandbox/main.js', import.meta.url));
const MARKER = /^craftsync:mobile\/(\d+)\/\d+$/m;

export interface Verdict {
  /** Markers that more than one work item carries. */
  readonly duplicates: readonly string[];
  /** Of the items that were made ready: those without a work item, and those that are not locked. */
  readonly missing: readonly string[];
  readonly unlocked: readonly string[];
}

export interface OtherSide {
  /** Where its configuration file is, with the keys in it. */
  readonly configuration: string;
  readonly keys: { readonly craft: string; readonly kitemaker: string; readonly webhookSecret: string };
  /** Its address, and the same for a container. */
  readonly url: string;
  readonly urlInside: string;
  addReady(count: number): Promise<void>;
  /** Work items made by craftsync so far. */
  created(): Promise<number>;
  verdict(): Promise<Verdict>;
  /** Moves the newest work items of craftsync, and returns the Craft items that they belong to. */
  moveNewest(count: number, status: string): Promise<readonly string[]>;
  /** Of these Craft items, the progress shown there. */
  progressOf(craftItemIds: readonly string[]): Promise<readonly unknown[]>;
  newestTitle(): Promise<string>;
  /** Every request takes this long from now on. */
  latency(ms: number): Promise<void>;
  sendWebhooksTo(url: string): Promise<void>;
  stop(): Promise<void>;
}

interface WorkItem {
  readonly id: string;
  readonly number: number;
  readonly title: string;
  readonly description: string;
  readonly createdAt: string;
}
interface CraftItem {
  readonly id: string;
  readonly statusId: string;
  readonly customFields: Readonly<Record<string, unknown>>;
}
interface Named {
  readonly id: string;
  readonly name: string;
}
interface State {
  readonly 'kitemaker.workItems': readonly WorkItem[];
  readonly 'craft.items': readonly CraftItem[];
  readonly 'craft.customFields': readonly Named[];
  readonly 'craft.statuses': readonly Named[];
}
interface Access {
  readonly url: string;
  readonly craft: { readonly apiKey: string };
  readonly tools: { readonly kitemaker: { readonly apiKey: string; readonly webhookSecret: string } };
}

/** Containers reach the gateway of the engine's bridge; where that is not on this host (a desktop), loopback. */
async function reachableHost(): Promise<string> {
  const format = '{{range .IPAM.Config}}{{.Gateway}} {{end}}';
  const gateways = execFileSync('docker', ['network', 'inspect', 'bridge', '--format', format], { encoding: 'utf8' });
  for (const gateway of gateways.split(/\s+/).filter(Boolean)) if (await isHere(gateway)) return gateway;
  return '127.0.0.1';
}

/** Asked by binding: a bridge without a container is missing in the system's list of running interfaces. */
function isHere(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(0, address, () => server.close(() => resolve(true)));
  });
}

export async function startOtherSide(folder: string): Promise<OtherSide> {
  const configuration = join(folder, 'sandbox.yaml');
  const args = [MAIN, '--host', await reachableHost(), '--configuration', configuration];
  const program = startProgram({ command: process.execPath, args });
  const { url, craft, tools } = JSON.parse(await program.waitForLine(/^\{"url":/)) as Access;
  const ready: string[] = [];
  const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const init =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const answer = await fetch(`${url}/_sandbox/${path}`, { method, ...init });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`the sandbox refused ${method} ${path}: ${text}`);
    return text === '' ? null : JSON.parse(text);
  };
  const look = async () => factsOf((await ask('GET', 'state')) as State);
  return {
    configuration,
    keys: { craft: craft.apiKey, ...tools.kitemaker, kitemaker: tools.kitemaker.apiKey },
    url,
    urlInside: url.replace(/\/\/[^:]+:/, '//host.docker.internal:'),
    async addReady(count) {
      const { ids } = (await ask('POST', 'seed', { ready: count })) as { readonly ids: readonly string[] };
      ready.push(...ids);
    },
    created: async () => (await look()).workItems.length,
    verdict: async () => (await look()).verdict(ready),
    async moveNewest(count, status) {
      const newest = (await look()).workItems.slice(-count);
      for (const { id } of newest) await ask('POST', 'act', { as: 'developer', action: 'move', id, status });
      return newest.map(({ craftItemId }) => craftItemId);
    },
    async progressOf(craftItemIds) {
      const { valueOf } = await look();
      return craftItemIds.map((id) => valueOf(id, 'dev_status'));
    },
    newestTitle: async () => (await look()).workItems.at(-1)?.title ?? '',
    async latency(ms) {
      await ask('DELETE', 'faults');
      if (ms > 0) await ask('POST', 'faults', { rules: [{ fault: { kind: 'latency', ms, jitterMs: 50 } }] });
    },
    async sendWebhooksTo(target) {
      await ask('PUT', 'webhooks', { kitemaker: { url: target, secret: tools.kitemaker.webhookSecret } });
    },
    stop: async () => void (await program.stop()),
  };
}

/** What the sandbox's tables say about the hand-over. */
function factsOf(state: State) {
  const workItems = state['kitemaker.workItems']
    .flatMap((item) => {
      const craftItemId = MARKER.exec(item.description)?.[1];
      return craftItemId === undefined ? [] : [{ ...item, craftItemId }];
    })
    .sort((a, b) => a.number - b.number);
  const craftItems = new Map(state['craft.items'].map((item) => [item.id, item]));
  const idsOf = (name: string): readonly string[] =>
    state['craft.customFields'].filter((field) => field.name === name).map(({ id }) => id);
  const valueOf = (id: string, field: string): unknown =>
    idsOf(field)
      .map((fieldId) => craftItems.get(id)?.customFields[fieldId])
      .find((value) => value !== undefined);
  const lockStatus = state['craft.statuses'].find(({ name }) => name === 'In Development')?.id;
  const isLocked = (id: string): boolean =>
    valueOf(id, 'dev_lock') === 'View only' && craftItems.get(id)?.statusId === lockStatus;
  const verdict = (ready: readonly string[]): Verdict => {
    const seen = new Map<string, number>();
    for (const { craftItemId } of workItems) seen.set(craftItemId, (seen.get(craftItemId) ?? 0) + 1);
    return {
      duplicates: [...seen].filter(([, count]) => count > 1).map(([id]) => id),
      missing: ready.filter((id) => !seen.has(id)),
      unlocked: ready.filter((id) => !isLocked(id)),
    };
  };
  return { workItems, valueOf, verdict };
}
