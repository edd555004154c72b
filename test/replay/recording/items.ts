/**
 * Items at each of their rests, and at each step that takes time: recorded with played steps, since it takes odd faults
 * to bring a real one there. `lives.ts` has real ones.
 */
import { heartbeat } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { WorkflowHandle } from '@temporalio/client';
import type { ItemState, Wait } from '../../../domain/itemState.js';
import { REASONS, type Reason } from '../../../domain/phases.js';
import {
  PAUSED,
  RELEASED,
  write,
  type ItemRun,
  type ItemRuns,
  type Played,
  type Row,
} from '../../workflows/itemRun.js';
import { hasEnded, held, historyWhen, isIdle } from './played.js';
import type { Situation } from './stage.js';

type Changes = Partial<ItemState>;

const CHECK: Changes = { phase: 'checking', next: 'check', devItem: null, linkedAt: null };
const CREATE: Changes = { ...CHECK, phase: 'creating', next: 'create' };
const LOCK: Changes = { phase: 'locking', next: 'lock' };
const FOLLOW: Changes = { phase: 'following', blockedBy: null, next: 'follow' };
const DONE: Changes = { phase: 'done', next: 'end' };
const ORPHANED: Changes = { phase: 'orphaned', next: 'rest' };
const blocked = (blockedBy: Reason): Changes => ({
  phase: 'blocked',
  blockedBy,
  next: 'check',
  lastError: 'for a test',
});

/** A step that writes this into the row. */
const writes = (changes: Changes) => (row: Row) => {
  write(row, changes);
  return Promise.resolve({});
};
const waitFor = (reason: Reason, ms: number): Wait => ({
  ms,
  until: '2026-11-21T11:00:00.000Z',
  reason,
  why: 'the limit',
});

/** Wakes the item, or gives it an order, and waits until it rests again. */
type Act = (run: ItemRun) => Promise<unknown>;

interface ItemSituation {
  readonly first: Changes;
  readonly played?: Played;
  /** In their order; the history is taken after the last. */
  readonly acts?: readonly Act[];
  /** The run is to have ended. */
  readonly ends?: true;
}

const signal =
  (name: string, input: object = {}): Act =>
  ({ handle }) =>
    handle.signal(name, input);
const news = signal('devItemChanged');
/** Until the step has begun as often. */
const begun =
  (name: string, times = 1): Act =>
  async ({ row }) => {
    await until(() => row.ran.filter((ran) => ran === name).length >= times, `${name} begins`);
  };
const rests: Act = async ({ handle }) => {
  await handle.query('status');
};
const answered =
  (name: string, input: object = {}): Act =>
  ({ handle }) =>
    handle.executeUpdate(name, { args: [input] });
const accepted =
  (name: string, input: object = {}): Act =>
  ({ handle }) =>
    handle.startUpdate(name, { args: [input], waitForStage: 'ACCEPTED' });

async function until(holds: () => boolean, what: string): Promise<void> {
  const giveUpAt = performance.now() + 60_000;
  while (!holds()) {
    if (performance.now() > giveUpAt) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** One run that is blocked for each reason, one after the other; what concerns a sweep alone is left out. */
function blockedForEach(): ItemSituation {
  const [first = 'unexpected', ...reasons] = REASONS.filter((reason) => reason !== 'mass-creation');
  const left = [...reasons];
  const checkReadiness = (row: Row) => {
    write(row, blocked(left.shift() ?? first));
    return Promise.resolve({});
  };
  const wakes = reasons.flatMap((_, at): Act[] => [signal('craftItemChanged'), begun('checkReadiness', at + 1), rests]);
  return { first: blocked(first), played: { checkReadiness }, acts: [rests, ...wakes] };
}

function pausedForEach(): ItemSituation {
  const orders = (['pipeline-removed', 'mass-deletion', 'connection'] as const).flatMap((blockedBy): Act[] => [
    ({ row, handle }) => {
      write(row, { ...PAUSED, blockedBy });
      return handle.signal('resync');
    },
    rests,
  ]);
  return {
    first: FOLLOW,
    played: { pauseItem: writes(PAUSED), resumeItem: writes(FOLLOW) },
    acts: [
      rests,
      signal('pause'),
      begun('pauseItem'),
      rests,
      ...orders,
      signal('resume'),
      begun('checkDrift'),
      signal('pause'),
      begun('pauseItem', 2),
      rests,
    ],
  };
}

async function untilCancelled(): Promise<never> {
  const ends = setInterval(() => heartbeat(), 100);
  try {
    return await held();
  } finally {
    clearInterval(ends);
  }
}

const SITUATIONS: Readonly<Record<string, ItemSituation>> = {
  'checking-under-way': { first: CHECK, played: { checkReadiness: held }, acts: [begun('checkReadiness')] },
  'creating-under-way': { first: CREATE, played: { createDevItem: held }, acts: [begun('createDevItem')] },
  'locking-under-way': { first: LOCK, played: { lockCraftItem: held }, acts: [begun('lockCraftItem')] },
  'pushing-under-way': { first: FOLLOW, played: { pushProgress: held }, acts: [begun('pushProgress')] },
  'comparing-under-way': { first: FOLLOW, played: { checkDrift: held }, acts: [begun('checkDrift')] },
  'blocked-for-each-reason': blockedForEach(),
  'paused-for-each-reason': pausedForEach(),
  'follows-and-rests': { first: FOLLOW, acts: [begun('checkDrift'), rests, news, begun('pushProgress', 2), rests] },
  'becomes-not-ready': {
    first: CHECK,
    played: { checkReadiness: writes({ phase: 'not-ready', next: 'end' }) },
    ends: true,
  },
  settling: {
    first: FOLLOW,
    played: { pushProgress: writes({ phase: 'settling', settleInMs: 3_600_000 }) },
    acts: [begun('checkDrift'), rests],
  },
  'settled-and-done': {
    first: { ...FOLLOW, phase: 'settling', settleInMs: 0 },
    played: { finishItem: writes(DONE) },
    ends: true,
  },
  'orphaned-and-rests': {
    first: FOLLOW,
    played: {
      pushProgress: () => Promise.resolve({ suspectGone: true }),
      suspectGone: () => Promise.resolve({}),
      confirmGone: writes(ORPHANED),
    },
    acts: [begun('confirmGone'), rests],
  },
  'waits-for-the-limit': {
    first: FOLLOW,
    played: { pushProgress: () => Promise.resolve({ wait: waitFor('rate-limit', 3_600_000) }) },
    acts: [begun('pushProgress'), rests],
  },
  'waits-for-the-month': {
    first: FOLLOW,
    played: { pushProgress: () => Promise.resolve({ wait: waitFor('month-spent', 3_600_000) }) },
    acts: [begun('pushProgress'), rests, signal('pause'), begun('pauseItem'), rests],
  },
  'waited-and-went-on': {
    first: FOLLOW,
    played: { checkDrift: (row) => Promise.resolve(row.ran.length < 3 ? { wait: waitFor('tool-down', 500) } : {}) },
    acts: [begun('checkDrift', 2), rests],
  },
  'step-failed-for-good': {
    first: FOLLOW,
    played: {
      checkDrift: () => Promise.reject(ApplicationFailure.nonRetryable('it is refused', 'forbidden')),
      setAside: writes({ ...blocked('unexpected'), next: 'follow' }),
    },
    acts: [begun('setAside'), rests],
  },
  'verb-ended-a-step': {
    first: FOLLOW,
    played: { checkDrift: untilCancelled, pauseItem: writes(PAUSED) },
    acts: [begun('checkDrift'), signal('pause'), begun('pauseItem'), rests],
  },
  'step-failed-for-a-verb': {
    first: FOLLOW,
    played: {
      checkDrift: () =>
        untilCancelled().catch(() => Promise.reject(ApplicationFailure.nonRetryable('it broke off', 'unavailable'))),
      pauseItem: writes(PAUSED),
    },
    acts: [begun('checkDrift'), signal('pause'), begun('pauseItem'), rests],
  },
  'row-was-put-back': {
    first: FOLLOW,
    played: { pushProgress: writes({ ...blocked('bad-answer'), devItem: null }) },
    acts: [begun('pushProgress'), rests],
  },
  'drifted-with-duplicates': {
    first: FOLLOW,
    played: {
      checkDrift: writes({ drift: true, driftFields: ['effort'], duplicate: true, duplicateDevItems: ['dev-2'] }),
    },
    acts: [begun('checkDrift'), rests],
  },
  'state-was-due': {
    first: { ...blocked('refused'), stateDue: true },
    played: { reportState: writes({ stateDue: false }) },
    acts: [begun('reportState'), rests],
  },
  'released-in-pause': {
    first: PAUSED,
    played: {
      releaseCraftItem: (row) => {
        if (row.ran.length < 2) return Promise.resolve({ wait: waitFor('rate-limit', 500) });
        write(row, RELEASED);
        return Promise.resolve({});
      },
    },
    acts: [rests, answered('release', { reason: 'for a test' })],
    ends: true,
  },
  'released-when-done': {
    first: DONE,
    played: {
      pushProgress: untilCancelled,
      releaseCraftItem: (row) => {
        if (row.ran.filter((ran) => ran === 'releaseCraftItem').length < 2)
          return Promise.resolve({ wait: waitFor('rate-limit', 500) });
        write(row, RELEASED);
        return Promise.resolve({});
      },
    },
    acts: [begun('pushProgress'), answered('release')],
    ends: true,
  },
  'verbs-answered': {
    first: ORPHANED,
    played: {
      recreateItem: writes({ ...CREATE, generation: 2 }),
      createDevItem: writes(LOCK),
      lockCraftItem: writes(FOLLOW),
      relinkItem: writes(FOLLOW),
    },
    acts: [
      rests,
      answered('recreate'),
      answered('relink', { devItemId: 'dev-3' }),
      answered('resyncNow', { acceptDrift: true }),
      rests,
    ],
  },
  'resync-in-flight': {
    first: FOLLOW,
    played: { checkDrift: held },
    acts: [accepted('resyncNow'), begun('checkDrift')],
  },
  'release-in-flight': {
    first: PAUSED,
    played: { releaseCraftItem: held },
    acts: [rests, accepted('release'), begun('releaseCraftItem')],
  },
  'relink-in-flight': {
    first: PAUSED,
    played: { relinkItem: held },
    acts: [rests, accepted('relink', { devItemId: 'dev-3' }), begun('relinkItem')],
  },
  'recreate-in-flight': {
    first: ORPHANED,
    played: { recreateItem: writes({ ...CREATE, generation: 2 }), createDevItem: held },
    acts: [rests, accepted('recreate'), begun('createDevItem')],
  },
};

export const ITEM_SITUATIONS: readonly Situation[] = Object.entries(SITUATIONS).map(([name, situation]) => ({
  file: `itemSync-${name}`,
  record: (stage) => stage.items().then((items) => recordItem(items, situation)),
}));

async function recordItem(items: ItemRuns, { first, played = {}, acts = [], ends }: ItemSituation): Promise<string> {
  return items.run(first, played, async (run) => {
    for (const act of acts) await act(run);
    if (ends === true) await run.handle.result();
    return settled(run.handle, ends === true);
  });
}

/** Nothing more comes by itself: all that was sent is in the history, and the last workflow task has ended. */
function settled(handle: WorkflowHandle, ends: boolean): Promise<string> {
  return historyWhen(handle, ends ? hasEnded : isIdle);
}

/** A paused item that hears news until its run is long, in two files: the run that ended, and the one in its place. */
export const CONTINUED_ITEMS: readonly Situation[] = (['continues-as-new', 'continued'] as const).map((which) => ({
  file: `itemSync-${which}`,
  record: async (stage) => (await stage.suggestingItems()).run(PAUSED, {}, (run) => recordContinued(run, which)),
}));

async function recordContinued(
  { handle, firstRun }: ItemRun,
  which: 'continues-as-new' | 'continued',
): Promise<string> {
  const { runId } = await handle.describe();
  while ((await handle.describe()).runId === runId) {
    await handle.signal('devItemChanged', {});
    await handle.query('status');
  }
  return which === 'continues-as-new' ? historyWhen(firstRun, hasEnded) : historyWhen(handle, isIdle);
}
