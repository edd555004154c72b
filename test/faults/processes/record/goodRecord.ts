/** A small record in which everything went well: the judges' tests change one thing of it each. */
import { followedLink } from '../../../fixtures/links.js';
import type { CraftSide, Deed, DevSide, RunRecord, SaidLine, SeenCall, SeenWorkflow } from './record.js';

export const ITEM = '17';
export const MARKER = `craftsync:mobile/${ITEM}/1`;
const START_MS = 1_800_000_000_000;
export const FIELDS = { progress: 'f1', lock: 'f2', state: 'f3' };

/** `at`: milliseconds after the start. */
export function call(at: number, changes: Partial<SeenCall> = {}): SeenCall {
  return {
    seq: at,
    atMs: START_MS + at,
    from: 'worker',
    side: 'tool',
    kind: 'tool-list',
    method: 'GET',
    path: '/recent/workitems',
    body: null,
    craftItemId: null,
    marker: null,
    fault: null,
    forwardedMs: START_MS + at + 1,
    status: 200,
    madeId: null,
    appliedMs: START_MS + at + 2,
    told: 200,
    endedMs: START_MS + at + 3,
    ...changes,
  };
}

export function create(at: number, changes: Partial<SeenCall> = {}): SeenCall {
  const of = { kind: 'create', method: 'POST', path: '/workitem', craftItemId: ITEM, marker: MARKER } as const;
  return call(at, { ...of, madeId: 'w1', ...changes });
}

/** `values`: by the ids of custom fields. */
export function put(at: number, values: Readonly<Record<string, string>>, changes: Partial<SeenCall> = {}): SeenCall {
  const customFieldValues = Object.entries(values).map(([fieldId, value]) => ({ fieldId, value }));
  const of = { side: 'craft', kind: 'put', method: 'PUT', path: `/items/${ITEM}`, craftItemId: ITEM } as const;
  return call(at, { ...of, body: { customFieldValues }, ...changes });
}

export function deed(at: number, changes: Partial<Deed>): Deed {
  const times = { atMs: START_MS + at, untilMs: START_MS + at };
  return { ...times, who: 'developer', what: 'move w1', kind: null, ok: true, ...changes };
}

export function workflow(changes: Partial<SeenWorkflow> = {}): SeenWorkflow {
  return {
    workflowId: `item-sync:mobile:${ITEM}`,
    runId: 'r1',
    type: 'itemSync',
    status: 'RUNNING',
    startedMs: START_MS,
    closedMs: null,
    failedTasks: [],
    events: [],
    ...changes,
  };
}

export const IN_CRAFT: CraftSide = {
  id: ITEM,
  status: 'In Development',
  isReady: false,
  lock: 'View only',
  progress: 'In development',
  key: 'MOB-1',
};
export const IN_TOOL: DevSide = { id: 'w1', key: 'MOB-1', marker: MARKER, status: 'In Progress' };
export const SAID: SaidLine = { process: 'worker 1', line: '{"msg":"the worker is ready"}', atMs: START_MS };

/** Created, locked, and moved once by a developer. */
export function goodRecord(changes: Partial<RunRecord> = {}): RunRecord {
  return {
    plan: { seed: 1, items: 1, workers: 1, perMinute: null, moveEveryMs: 800, injections: [] },
    startedMs: START_MS,
    liftedMs: START_MS + 10_000,
    endedMs: START_MS + 20_000,
    struck: [],
    mappings: [{ 'To do': 'To do', 'In Progress': 'In development', Done: 'Done' }],
    wanted: [ITEM],
    calls: [
      create(100),
      put(200, { [FIELDS.lock]: 'View only', [FIELDS.progress]: 'To do' }),
      put(900, { [FIELDS.progress]: 'In development' }),
    ],
    deeds: [deed(600, { devItemId: 'w1', status: 'In Progress' })],
    craft: [IN_CRAFT],
    dev: [IN_TOOL],
    rows: [followedLink({ craftItemId: ITEM, blockedBy: null, blockedUntil: null })],
    log: [
      {
        at: new Date(START_MS + 150).toISOString(),
        pipeline: 'mobile',
        craftItemId: ITEM,
        step: 'createDevItem',
        outcome: 'created',
        attempt: 1,
        detail: null,
        workflowId: null,
        runId: null,
      },
    ],
    workflows: [workflow()],
    said: [SAID],
    ended: [],
    fields: FIELDS,
    pauses: {},
    secrets: ['a-key-that-nobody-may-see'],
    ...changes,
  };
}
