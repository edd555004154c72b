/** Settings for tests of the commands, as `config/` would have parsed them. */
import type { CraftSource } from '../../src/domain/craftItem.js';
import type { ItemLink } from '../../src/domain/link.js';
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

/** A followed item; `own` changes it. */
export function linkOf(own: Partial<ItemLink> = {}): ItemLink {
  return {
    pipeline: 'mobile',
    craftItemId: '2305843010635321210',
    craftShortId: 'MOB-1',
    devTool: 'km',
    devItemId: 'w1',
    devItemKey: 'KM-1',
    devItemUrl: null,
    devScope: 'a',
    devStatus: 'Backlog',
    generation: 1,
    phase: 'following',
    blockedBy: null,
    blockedUntil: null,
    lastError: null,
    drift: false,
    duplicate: false,
    claimToken: null,
    claimedAt: null,
    sendBefore: null,
    sentAt: '2026-01-01T00:00:00.000Z',
    linkedAt: '2026-01-01T00:00:01.000Z',
    lockedAt: '2026-01-01T00:00:02.000Z',
    handedOver: null,
    fingerprint: null,
    lastProgress: { dev_status: 'Backlog', dev_key: 'KM-1' },
    devUpdatedAt: '2026-01-01T00:00:01.000Z',
    dismissedDevItems: [],
    wokenAt: null,
    updatedAt: '2026-01-01T00:00:02.000Z',
    craftUrl: null,
    driftFields: [],
    duplicateDevItems: [],
    unanswered: null,
    uncertainCreates: 0,
    pausedFrom: null,
    settlingSince: null,
    ...own,
  };
}
