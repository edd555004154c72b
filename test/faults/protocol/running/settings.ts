/** The configuration of a run, and what a person may change in it. */
import type { PipelineSettings, Settings } from '../../../../domain/settings.js';
import { WORKSPACE } from '../outside/craft.js';
import { closedWords, SCOPE } from '../outside/devTool.js';
import type { ConfigChange, Plan } from '../plan/events.js';

export const PIPELINE = 'mobile';
export const READY = 'Ready';
export const LOCK_FIELD = 'dev_lock';
export const LOCKED = 'View only';
export const PROGRESS_FIELD = 'dev_status';
export const LIMITS = { timeoutMs: 30_000, lateWriteMs: 60_000, readAfterWriteMs: 10_000 } as const;

const CONNECTION = {
  baseUrl: 'http://127.0.0.1:9',
  rateLimit: { perMinute: null, burst: 1, perMonth: null },
  timeoutMs: LIMITS.timeoutMs,
  proxy: null,
  caFile: null,
} as const;
const CLOSED = closedWords();

const known = new WeakMap<Plan, Map<string, Settings>>();

export function settingsOf(plan: Plan, changes: ReadonlySet<ConfigChange>): Settings {
  const ofPlan = known.get(plan) ?? new Map<string, Settings>();
  known.set(plan, ofPlan);
  const key = [...changes].join();
  const settings = ofPlan.get(key) ?? build(plan, changes);
  ofPlan.set(key, settings);
  return settings;
}

function build(plan: Plan, changes: ReadonlySet<ConfigChange>): Settings {
  const pipeline = pipelineOf(plan, changes);
  return {
    craft: { ...CONNECTION, name: 'craft', dialect: 'guide', accountId: null, freshForMs: 60_000 },
    devTools: {
      km: {
        ...CONNECTION,
        name: 'km',
        type: 'kitemaker',
        itemUrl: null,
        progressEveryMs: 300_000,
        inventoryEveryMs: 3_600_000,
        readAfterWriteMs: LIMITS.readAfterWriteMs,
        lateWriteMs: LIMITS.lateWriteMs,
        own: {},
      },
    },
    pipelines: changes.has('remove-pipeline') ? {} : { [PIPELINE]: pipeline },
    intakes: {},
    alertsWebhook: null,
    keepLogMs: 30 * 86_400_000,
  };
}

function pipelineOf(plan: Plan, changes: ReadonlySet<ConfigChange>): PipelineSettings {
  return {
    name: PIPELINE,
    source: { workspace: WORKSPACE },
    ready: { status: READY, types: null, where: [] },
    devTool: 'km',
    target: { spaceId: changes.has('other-target') ? 'space-2' : SCOPE },
    sweepEveryMs: 3_600_000,
    driftEveryMs: 3_600_000,
    maxNewPerSweep: 1_000,
    fields: { title: { template: changes.has('other-title') ? '{shortId}: {title}' : '{title}' } },
    progress: {
      field: PROGRESS_FIELD,
      linkField: 'dev_link',
      keyField: 'dev_key',
      stateField: changes.has('drop-state-field') ? null : 'dev_state',
      statuses: {},
      unmapped: 'keep',
      doneWhen: CLOSED,
      droppedWhen: [],
      onDropped: 'flag',
    },
    lock: {
      status: 'In Development',
      field: LOCK_FIELD,
      value: LOCKED,
      released: '',
      releasedStatus: null,
      onDrift: plan.onDrift,
    },
    onDevItemDeleted: plan.onDevItemDeleted,
    settleForMs: 600_000,
    feedback: 'none',
    alsoHandedOver: false,
    timeZone: 'UTC',
  };
}
