/** A Craft item and a pipeline for tests of the rules, changed as a test needs them. */
import type { CraftItem } from '../../../src/domain/craftItem.js';
import type { FieldRule, LockRule, PipelineSettings, ProgressRule } from '../../../src/domain/settings.js';

export function itemWith(changes: Partial<CraftItem> = {}, properties: Record<string, unknown> = {}): CraftItem {
  return {
    id: '2305843010635321210',
    shortId: 'CRK-1',
    type: 'Feature',
    title: 'Dark mode',
    description: 'All screens.',
    webUrl: null,
    status: { id: '2305843009928936743', name: 'Ready for Development' },
    parentId: null,
    updateTime: '2026-11-21T10:00:00.000Z',
    customFields: [],
    properties,
    ...changes,
  };
}

export const progress: ProgressRule = {
  field: 'dev_status',
  linkField: 'dev_link',
  keyField: 'dev_key',
  stateField: 'dev_state',
  statuses: { Backlog: 'To do', Done: 'Done', Cancelled: 'Dropped' },
  unmapped: 'keep',
  doneWhen: ['Done'],
  droppedWhen: ['Dropped'],
  onDropped: 'flag',
};

export const lock: LockRule = {
  status: 'In Development',
  field: 'dev_lock',
  value: 'View only',
  released: '',
  releasedStatus: null,
  onDrift: 'flag',
};

export function pipelineWith(
  fields: Readonly<Record<string, FieldRule>> = {},
  changes: Partial<PipelineSettings> = {},
): PipelineSettings {
  return {
    name: 'mobile',
    source: { workspace: '2305843010635321000' },
    ready: { status: 'Ready for Development', types: null, where: [] },
    devTool: 'km',
    target: {},
    sweepEveryMs: 3_600_000,
    driftEveryMs: 3_600_000,
    maxNewPerSweep: 1000,
    fields: {
      title: { template: '{shortId} {title}' },
      description: { from: 'description', values: null, required: false },
      ...fields,
    },
    progress,
    lock,
    onDevItemDeleted: 'flag',
    settleForMs: 0,
    feedback: 'none',
    alsoHandedOver: false,
    ...changes,
  };
}
