/**
 * A connector that talks to a test's server, with budget, memory and clock that the test controls; closed after each
 * test.
 */
import { afterEach } from 'vitest';
import { createCraftConnector } from '../../../connectors/craft/index.js';
import { createHttpClient, type HttpClient } from '../../../connectors/http/client.js';
import type { OpenHttp } from '../../../connectors/http/request.js';
import type { ReadCall, WriteCall } from '../../../connectors/port/calls.js';
import type { ConnectionMemory } from '../../../connectors/port/connectionMemory.js';
import type { CraftConnector, CraftPage } from '../../../connectors/port/craft.js';
import type { CraftSettings } from '../../../domain/settings.js';
import { craftServer, type CraftServer, type CraftServerOptions, KEY } from './craftServer.js';
import type { ItemJson } from '../../fixtures/craftBodies.js';
import { freeBudget } from '../../fixtures/calls.js';

export const read: ReadCall = { callClass: 'sweep' };
export const write: WriteCall = { callClass: 'hand-over', authorise: () => Promise.resolve({ passed: () => false }) };

export interface SetUp {
  readonly server: CraftServer;
  readonly craft: CraftConnector;
  readonly memory: ConnectionMemory & { readonly stored: Map<string, string> };
  readonly clock: { ms: number };
  /** Another process on the same connection. */
  again(): CraftConnector;
  close(): Promise<void>;
}

const opened: SetUp[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

export async function open(options: CraftServerOptions, settings: Partial<CraftSettings> = {}): Promise<SetUp> {
  const made = await setUp(options, settings);
  opened.push(made);
  return made;
}

async function setUp(options: CraftServerOptions, settings: Partial<CraftSettings> = {}): Promise<SetUp> {
  const server = await craftServer(options);
  const clients: HttpClient[] = [];
  const openHttp: OpenHttp = (speech) => {
    const client = createHttpClient({
      connection: 'craft',
      baseUrl: server.url,
      authHeaders: () => speech.authHeaders(KEY),
      timeoutMs: 2_000,
      proxy: null,
      caFile: null,
      budget: freeBudget,
      ...(speech.describeError !== undefined && { describeError: speech.describeError }),
    });
    clients.push(client);
    return client;
  };
  const memory = processMemory();
  const clock = { ms: 1_000_000 };
  const again = () =>
    createCraftConnector({ settings: settingsOf(options, server, settings), openHttp, memory, now: () => clock.ms });
  return {
    server,
    craft: again(),
    memory,
    clock,
    again,
    async close() {
      for (const client of clients) await client.close();
      await server.close();
    },
  };
}

function settingsOf(options: CraftServerOptions, server: CraftServer, more: Partial<CraftSettings>): CraftSettings {
  return {
    name: 'craft',
    baseUrl: server.url,
    rateLimit: { perMinute: null, burst: 1, perMonth: null },
    timeoutMs: 2_000,
    proxy: null,
    caFile: null,
    dialect: options.dialect,
    accountId: null,
    freshForMs: 60_000,
    ...more,
  };
}

function processMemory(): SetUp['memory'] {
  const stored = new Map<string, string>();
  return {
    stored,
    recall: (key) => Promise.resolve(stored.get(key) ?? null),
    remember: (key, value) => {
      stored.set(key, value);
      return Promise.resolve();
    },
  };
}

export const READY = { id: '2305843009928936001', name: 'Ready for Development' };
export const DEVELOPING = { id: '2305843009928936002', name: 'In Development' };

/** The nth item; ids are numeric strings above 2^53. */
export function item(n: number, more: Partial<ItemJson> = {}): ItemJson {
  return {
    id: idOf(n),
    shortId: `CRK-${n}`,
    type: 'Feature',
    title: `Title ${n}`,
    description: null,
    status: READY,
    parent: null,
    webUrl: `https://app.example/${n}`,
    updateTime: '2026-11-21T10:00:00.000Z',
    effort: 3,
    customFields: [],
    ...more,
  };
}

export function idOf(n: number): string {
  return String(2305843010000000000n + BigInt(n));
}

export async function collect(pages: AsyncIterable<CraftPage>): Promise<{ ids: string[]; pages: CraftPage[] }> {
  const all: CraftPage[] = [];
  for await (const page of pages) all.push(page);
  return { ids: all.flatMap((page) => page.items.map((one) => one.id)), pages: all };
}
