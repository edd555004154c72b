import { describe, expect, it } from 'vitest';
import { followedLink } from '../../../fixtures/links.js';
import {
  call,
  create,
  deed,
  FIELDS,
  goodRecord,
  IN_CRAFT,
  IN_TOOL,
  ITEM,
  MARKER,
  put,
  SAID,
  workflow,
} from '../record/goodRecord.js';
import { judge, JUDGES } from './index.js';
import type { FaultKind } from '../plan/faults.js';
import { LEDGER_COPIED, type RunRecord } from '../record/record.js';

const good = goodRecord();
const row = good.rows[0] ?? followedLink();
const LOCK = { [FIELDS.lock]: 'View only' };
const locked = put(200, { ...LOCK, [FIELDS.progress]: 'To do' });
const waiting = (changes: Partial<typeof row>): Partial<RunRecord> => ({
  rows: [{ ...row, phase: 'creating', devItemId: null, blockedUntil: '2026-01-01T00:00:00.000Z', ...changes }],
  dev: [],
  calls: [],
  craft: [{ ...IN_CRAFT, lock: null, isReady: true }],
});
const order = (at: number, what: string, changes: object = {}) =>
  deed(at, { who: 'operator', what, craftItemId: ITEM, ...changes });
const OTHER = '18';
/** A create that a fault of the wire met. */
const metBy = (fault: FaultKind, craftItemId = ITEM): Partial<RunRecord> => ({
  struck: [fault],
  calls: [create(100, { craftItemId, fault, told: 'reset', madeId: null, appliedMs: null, status: null })],
});
const many = (count: number, everyMs: number) => Array.from({ length: count }, (_, nth) => call(2_000 + nth * everyMs));

/** What is wrong, in which record, and who must say so. */
const WRONG: readonly (readonly [string, Partial<RunRecord>, string])[] = [
  ['the tool holds two', { dev: [IN_TOOL, { ...IN_TOOL, id: 'w2' }] }, 'I1 created twice'],
  [
    'the tool carried out two, and one was deleted',
    { calls: [create(100), call(200), create(5_000, { madeId: 'w2' }), locked] },
    'I1 created twice',
  ],
  [
    'a create without an answer is sent again',
    {
      calls: [
        create(100, { told: 'reset', madeId: null, appliedMs: null, status: null }),
        create(4_000),
        { ...locked, atMs: locked.atMs + 5_000, appliedMs: locked.atMs + 5_001 },
      ],
    },
    'I1 repeated unasked',
  ],
  ['a ready item has no row', { rows: [], dev: [], calls: [], craft: [{ ...IN_CRAFT, isReady: true }] }, 'I2 lost'],
  ['an item waits, and does not say why', waiting({ blockedBy: null, lastError: null }), 'I2 lost'],
  ['an item waits for what this run does not justify', waiting({ blockedBy: 'month-spent' }), 'I2 lost'],
  [
    'an item waits for what has met another item alone',
    { ...waiting({ blockedBy: 'tool-down' }), ...metBy('reset-after', OTHER) },
    'I2 lost',
  ],
  [
    'an item waits without a reason, and a fault has met another item alone',
    { ...waiting({ blockedBy: null, lastError: 'it is tried again' }), ...metBy('reset-after', OTHER) },
    'I2 lost',
  ],
  ['an item is released by nobody', { rows: [{ ...row, phase: 'released' }] }, 'I2 lost'],
  ['an item is orphaned, and its dev item is there', { rows: [{ ...row, phase: 'orphaned' }] }, 'I2 lost'],
  ['an item is paused by nobody', { rows: [{ ...row, phase: 'paused', blockedBy: 'operator' }] }, 'I2 lost'],
  ['an item is not ready, and nobody un-readied it', { rows: [{ ...row, phase: 'not-ready' }] }, 'I2 lost'],
  ['a dev item is linked to nothing', { rows: [{ ...row, devItemId: 'other' }] }, 'I2 unlinked'],
  ['a followed item can be edited in Craft.io', { craft: [{ ...IN_CRAFT, lock: null }] }, 'I2 not locked'],
  ['a lock comes before the create', { calls: [put(50, LOCK), ...good.calls] }, 'I2 locked too early'],
  ['a lock comes before the link', { log: [] }, 'I2 locked too early'],
  [
    'an older state comes after a newer one',
    { calls: [...good.calls, put(1_500, { [FIELDS.progress]: 'To do' })] },
    'I3 went back',
  ],
  [
    'a state is shown that never was',
    { calls: [...good.calls, put(1_500, { [FIELDS.progress]: 'Done' })] },
    'I3 went back',
  ],
  ['the last state is not shown', { craft: [{ ...IN_CRAFT, progress: 'To do' }] }, 'I4 shows wrong'],
  [
    'a paused item is written',
    { deeds: [...good.deeds, order(1_000, `pause ${ITEM}: done, paused`)], calls: [...good.calls, put(3_000, LOCK)] },
    'hands off after pause',
  ],
  [
    'a released item is written',
    {
      deeds: [...good.deeds, order(1_000, `release ${ITEM}: released, released`)],
      calls: [...good.calls, put(3_000, LOCK)],
    },
    'hands off after release',
  ],
  [
    'a command that reads writes',
    { calls: [...good.calls, put(3_000, {}, { from: 'command', craftItemId: null })] },
    'I8 a reading command writes',
  ],
  [
    'a forged webhook is believed',
    { deeds: [...good.deeds, deed(3_000, { who: 'run', what: 'a forged webhook was believed', ok: false })] },
    'forged webhook',
  ],
  [
    'a window holds more calls than the limit',
    { plan: { ...good.plan, perMinute: 60 }, calls: [...good.calls, ...many(61, 980)] },
    'I5 over the limit',
  ],
  ['calls have no end', { calls: [...good.calls, ...many(700, 10)] }, 'I5 too many calls'],
  [
    'the same write is repeated again and again',
    {
      calls: [
        ...good.calls,
        ...Array.from({ length: 9 }, (_, nth) => put(2_000 + nth, { [FIELDS.progress]: 'In development' })),
      ],
    },
    'I5 repeated without end',
  ],
  [
    "an item's run has failed",
    { workflows: [workflow(), workflow({ runId: 'r0', status: 'FAILED' })] },
    'Temporal: a run ended wrongly',
  ],
  [
    'a run is terminated by nobody',
    { workflows: [workflow(), workflow({ runId: 'r0', status: 'TERMINATED' })] },
    'Temporal: a run ended wrongly',
  ],
  [
    'a run cannot be replayed',
    { workflows: [workflow({ failedTasks: [{ atMs: 1, cause: '24', message: 'Nondeterminism error' }] })] },
    'Temporal: a workflow task fails',
  ],
  [
    'a task fails again and again',
    {
      workflows: [
        workflow({ failedTasks: Array.from({ length: 4 }, () => ({ atMs: 1, cause: '23', message: 'no' })) }),
      ],
    },
    'Temporal: a workflow task fails',
  ],
  ['a live row has no run', { workflows: [] }, 'Temporal: a live row without its run'],
  [
    'a worker ends by itself',
    { ended: [{ process: 'worker 1', how: 'exit code 1', wanted: false }] },
    'a process ended by itself',
  ],
  ['an error is uncaught', { said: [{ ...SAID, line: 'Uncaught Error: no' }] }, 'a process ended by itself'],
  [
    'a key stands in the ledger',
    { rows: [{ ...row, lastError: 'key a-key-that-nobody-may-see' }] },
    'I7 a secret is shown',
  ],
];

describe('faults/processes/judges/judges', () => {
  it('find nothing in a run that went well', () => {
    expect(judge(good)).toEqual([]);
  });

  it.each(WRONG)('say so where %s', (_what, changes, check) => {
    expect(judge(goodRecord(changes)).map((finding) => finding.check)).toContain(check);
  });

  it('can each fail', () => {
    const found = WRONG.map(([, changes]) => JUDGES.map((one) => one(goodRecord(changes)).length > 0));
    expect(JUDGES.filter((_, at) => !found.some((fails) => fails[at])).map(({ name }) => name)).toEqual([]);
  });

  it.each<readonly [string, Partial<RunRecord>]>([
    ['waits for what a fault of the run explains', { ...waiting({ blockedBy: 'tool-down' }), ...metBy('reset-after') }],
    [
      "waits for a connection that another item's call has closed",
      { ...waiting({ blockedBy: 'connection' }), ...metBy('status-401', OTHER) },
    ],
    [
      'is paused by an operator',
      {
        rows: [{ ...row, phase: 'paused', blockedBy: 'operator' }],
        deeds: [...good.deeds, order(1_000, `pause ${ITEM}: done, paused`)],
      },
    ],
    [
      'was moved back by the developers',
      {
        calls: [...good.calls, put(1_500, { [FIELDS.progress]: 'To do' })],
        deeds: [...good.deeds, deed(1_200, { devItemId: 'w1', status: 'To do' })],
        dev: [{ ...IN_TOOL, status: 'To do' }],
        craft: [{ ...IN_CRAFT, progress: 'To do' }],
      },
    ],
    [
      'says that it is paused',
      {
        deeds: [...good.deeds, order(1_000, `pause ${ITEM}: done, paused`)],
        calls: [...good.calls, put(3_000, { [FIELDS.state]: 'Paused: by an operator' })],
      },
    ],
    [
      'was released before the ledger was put back, where the row shows that its lock is gone',
      {
        rows: [{ ...row, drift: true }],
        craft: [{ ...IN_CRAFT, lock: null }],
        struck: ['ledger-restored', 'release'],
        calls: [...good.calls, put(5_000, { [FIELDS.progress]: 'In development' })],
        deeds: [
          ...good.deeds,
          deed(1_000, { who: 'run', what: LEDGER_COPIED }),
          order(2_000, `release ${ITEM}: released, released`, { kind: 'release' }),
          deed(4_000, { who: 'fault', what: 'put back', kind: 'ledger-restored' }),
        ],
      },
    ],
  ])('find nothing wrong with an item that %s', (_what, changes) => {
    expect(judge(goodRecord(changes))).toEqual([]);
  });

  it('take a create for looked for only where the tool was asked in between', () => {
    const lost = create(100, { told: 'reset', madeId: null, appliedMs: null, status: null });
    const again = { ...locked, atMs: locked.atMs + 6_000, appliedMs: locked.atMs + 6_001 };
    const log = good.log.map((line) => ({ ...line, at: new Date(good.startedMs + 5_700).toISOString() }));
    const deeds = [deed(7_000, { devItemId: 'w1', status: 'In Progress' })];
    const rest = [put(8_000, { [FIELDS.progress]: 'In development' })];
    const checked = goodRecord({ calls: [lost, call(5_200), create(5_600), again, ...rest], log, deeds });
    expect(checked.calls.map(({ marker }) => marker)).toContain(MARKER);
    expect(judge(checked)).toEqual([]);
  });
});
