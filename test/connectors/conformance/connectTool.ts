/** Connectors as the suite uses them: built by the registry, over the real HTTP client. */
import { createHttpClient, type HttpClient } from '../../../connectors/http/client.js';
import type { DevToolConnector } from '../../../connectors/port/devTool.js';
import { createDevTool } from '../../../connectors/registry.js';
import type { DevToolSettings, PipelineSettings } from '../../../domain/settings.js';
import type { ConnectOptions } from './subject.js';
import { freeBudget } from '../../fixtures/calls.js';

/** What differs between tools. */
export interface Tool {
  readonly type: string;
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly itemUrl: string | null;
  readonly own: Readonly<Record<string, unknown>>;
}

/** The name in `devTools`, in every tool's suite. */
const NAME = 'tool';

/** The client is added to `clients`, whose owner closes them. */
export function connectTool(clients: HttpClient[], tool: Tool, options: ConnectOptions): DevToolConnector {
  const baseUrl = new URL(tool.baseUrl);
  if (options.port !== undefined) baseUrl.port = String(options.port);
  const settings: DevToolSettings = {
    name: NAME,
    type: tool.type,
    baseUrl: baseUrl.href.replace(/\/$/, ''),
    rateLimit: { perMinute: null, burst: 1, perMonth: null },
    timeoutMs: 5_000,
    proxy: null,
    caFile: null,
    itemUrl: tool.itemUrl,
    progressEveryMs: 1,
    inventoryEveryMs: 1,
    readAfterWriteMs: 1,
    lateWriteMs: 1,
    own: tool.own,
  };
  return createDevTool(settings, (speech) => {
    const client = createHttpClient({
      connection: settings.name,
      baseUrl: speech.baseUrl ?? settings.baseUrl,
      authHeaders: () => speech.authHeaders(options.apiKey ?? tool.apiKey),
      timeoutMs: settings.timeoutMs,
      proxy: null,
      caFile: null,
      budget: options.budget ?? freeBudget,
      ...(speech.describeError !== undefined && { describeError: speech.describeError }),
      ...(speech.monthSpent !== undefined && { monthSpent: speech.monthSpent }),
    });
    clients.push(client);
    return client;
  });
}

export function pipelineTo(target: unknown, statuses: readonly string[]): PipelineSettings {
  return {
    name: 'mobile',
    source: { workspace: '1' },
    ready: { status: 'Ready', types: null, where: [] },
    devTool: NAME,
    target,
    sweepEveryMs: 1,
    driftEveryMs: 1,
    maxNewPerSweep: 1,
    fields: { title: { template: '{title}' }, description: { from: 'description', values: null, required: true } },
    progress: {
      field: 'dev_status',
      linkField: null,
      keyField: null,
      stateField: null,
      statuses: Object.fromEntries(statuses.map((name) => [name, name])),
      unmapped: 'keep',
      doneWhen: [],
      droppedWhen: [],
      onDropped: 'flag',
    },
    lock: null,
    onDevItemDeleted: 'flag',
    settleForMs: 1,
    feedback: 'none',
    alsoHandedOver: false,
    timeZone: 'UTC',
  };
}
