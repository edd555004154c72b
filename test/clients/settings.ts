/** Settings for tests of the commands, as `config/` would have parsed them. */
import type { CraftSource } from '../../src/domain/craftItem.js';
import type { PipelineSettings, Settings } from '../../src/domain/settings.js';

const CONNECTION = {
  baseUrl: 'http://127.0.0.1:9',
  rateLimit: { perMinute: null, burst: 1, perMonth: null },
  timeoutMs: 1_000,
  proxy: null,
  caFile: null,
};

export function pipelineOf(
  name: string,
  own: {
    source?: CraftSource;
    devTool?: string;
    target?: unknown;
    statuses?: Record<string, string>;
    sweepEveryMs?: number;
  } = {},
): PipelineSettings {
  return {
    name,
    source: own.source ?? { workspace: '1' },
    ready: { status: 'Ready', types: null, where: [] },
    devTool: own.devTool ?? 'km',
    target: own.target ?? { spaceId: 'a', statusId: 's' },
    sweepEveryMs: own.sweepEveryMs ?? 3_600_000,
    driftEveryMs: 3_600_000,
    maxNewPerSweep: 1_000,
    fields: { title: { template: '{title}' } },
    progress: {
      field: 'dev_status',
      linkField: null,
      keyField: 'dev_key',
      stateField: null,
      statuses: own.statuses ?? { Done: 'Done' },
      unmapped: 'keep',
      doneWhen: ['Done'],
      droppedWhen: [],
      onDropped: 'flag',
    },
    lock: null,
    onDevItemDeleted: 'flag',
    settleForMs: 1_000,
    feedback: 'none',
    alsoHandedOver: false,
  };
}

export function settingsOf(pipelines: readonly PipelineSettings[]): Settings {
  const tools = [...new Set(['km', 'unused', ...pipelines.map(({ devTool }) => devTool)])];
  return {
    craft: { ...CONNECTION, name: 'craft', dialect: 'guide', accountId: null, freshForMs: 60_000 },
    devTools: Object.fromEntries(
      tools.map((name) => [
        name,
        {
          ...CONNECTION,
          name,
          type: 'kitemaker',
          itemUrl: null,
          progressEveryMs: 300_000,
          inventoryEveryMs: 86_400_000,
          readAfterWriteMs: 10_000,
          lateWriteMs: 60_000,
          own: {},
        },
      ]),
    ),
    pipelines: Object.fromEntries(pipelines.map((pipeline) => [pipeline.name, pipeline])),
    alertsWebhook: null,
    keepLogMs: 86_400_000,
  };
}
