/** Sweeps and submissions in the middle of their work, stretched, held back, failed, and continued as new. */
import { ApplicationFailure } from '@temporalio/common';
import type { WorkflowHandle } from '@temporalio/client';
import { hasEnded, held, historyWhen, isIdle, type Played, type PlayedRun } from './played.js';
import type { Situation } from './stage.js';

type Steps = PlayedRun['steps'];

const gives = (result: unknown) => () => Promise.resolve(result);
const WORDS = 'stretched: every 60 minutes became about 3.2 hours';
const READY = { pipeline: 'mobile' };
const INTAKE = { intake: 'from-support' };
const FEEDBACK = { ...INTAKE, portal: 'p-1', devTool: 'km', devItemId: 'dev-1' };

const STEPS: Steps = {
  beginSweep: gives(null),
  noteSweep: gives(undefined),
  reviveLost: gives(0),
  collectReady: gives({ found: 2, known: 0, unseen: 2, failed: 0, maxNew: 1_000, devTool: 'km' }),
  nextUnknown: gives([]),
  markStarted: gives(undefined),
  awaitRoom: gives(0),
  handOnInbox: gives(1),
  handOnPending: gives(1),
  listScopes: gives(['a', 'b']),
  readFeed: gives({ read: 2, changed: 1, signalled: 1, inventoryDue: true }),
  takeInventory: gives(1),
  compareListing: gives({ compared: 3, differing: 1, signalled: 1 }),
  collectFeedback: gives({ found: 2, skipped: 0, done: 0 }),
  nextSubmissions: gives([]),
};

const SUBMISSION = {
  phase: 'waiting',
  blockedBy: null,
  blockedUntil: null,
  lastError: null,
  devItemKey: 'MOB-1',
  devItemUrl: null,
  feedback: null,
  everyMs: 3_600_000,
};
const SUBMISSION_BLOCKED = { ...SUBMISSION, blockedBy: 'refused', lastError: 'for a test' };
const SUBMISSION_WAIT = { ms: 3_600_000, until: '2026-11-21T11:00:00.000Z', reason: 'rate-limit', why: 'the limit' };

const isAt =
  (event: string, times = 1) =>
  (types: readonly string[]): boolean =>
    types.filter((type) => type === event).length >= times && isIdle(types);

interface SweepSituation extends Omit<PlayedRun, 'steps'> {
  readonly steps?: Steps;
  readonly when: (types: readonly string[]) => boolean;
  readonly act?: (handle: WorkflowHandle) => Promise<unknown>;
}

const SITUATIONS: Readonly<Record<string, SweepSituation>> = {
  'readySweep-collecting': sweepAt('readySweep', READY, { collectReady: held }, isAt('activityTaskScheduled', 2)),
  'readySweep-waiting-for-room': sweepAt(
    'readySweep',
    { ...READY, byHand: true },
    { nextUnknown: gives([{ craftItemId: 'a', shortId: 'F-1' }]), awaitRoom: held },
    isAt('activityTaskScheduled', 3),
  ),
  'readySweep-held-back': sweepAt('readySweep', READY, {
    collectReady: gives({ found: 9, known: 0, unseen: 9, failed: 1, maxNew: 1, devTool: 'km', problems: ['no id'] }),
  }),
  'readySweep-stretched': sweepAt('readySweep', READY, { beginSweep: gives(WORDS) }),
  'progressSweep-reading': sweepAt(
    'progressSweep',
    { devTool: 'km' },
    { readFeed: held },
    isAt('activityTaskScheduled', 4),
  ),
  'progressSweep-with-an-inventory': sweepAt('progressSweep', { devTool: 'km' }, {}),
  'progressSweep-stretched': sweepAt('progressSweep', { devTool: 'km' }, { beginSweep: gives(WORDS) }),
  'progressSweep-one-scope-failed': sweepAt(
    'progressSweep',
    { devTool: 'km' },
    {
      readFeed: failsFor('a', { ofTheConnection: false }),
    },
  ),
  'progressSweep-connection-failed': sweepAt(
    'progressSweep',
    { devTool: 'km' },
    {
      readFeed: failsFor('a', { ofTheConnection: true }),
    },
  ),
  'driftSweep-comparing': sweepAt('driftSweep', READY, { compareListing: held }, isAt('activityTaskScheduled')),
  'driftSweep-stretched': sweepAt('driftSweep', READY, { beginSweep: gives(WORDS) }),
  'intakeSweep-collecting': sweepAt('intakeSweep', INTAKE, { collectFeedback: held }, isAt('activityTaskScheduled')),
  'intakeSweep-stretched': sweepAt('intakeSweep', INTAKE, { beginSweep: gives(WORDS) }),
  'feedbackIntake-submitting': sweepAt(
    'feedbackIntake',
    FEEDBACK,
    { submitFeedback: held },
    isAt('activityTaskScheduled'),
  ),
  'feedbackIntake-waiting': sweepAt(
    'feedbackIntake',
    FEEDBACK,
    { submitFeedback: gives({ state: SUBMISSION, wait: SUBMISSION_WAIT }) },
    isAt('timerStarted'),
  ),
  'feedbackIntake-blocked': sweepAt(
    'feedbackIntake',
    FEEDBACK,
    {
      submitFeedback: () => Promise.reject(ApplicationFailure.nonRetryable('it is refused', 'forbidden')),
      setFeedbackAside: gives(SUBMISSION_BLOCKED),
    },
    isAt('timerStarted', 2),
    (handle) => historyWhen(handle, isAt('timerStarted')).then(() => handle.signal('resync')),
  ),
};

function sweepAt(
  workflow: string,
  input: object,
  steps: Steps,
  when: SweepSituation['when'] = hasEnded,
  act?: SweepSituation['act'],
): SweepSituation {
  return { workflow, args: [input], steps, when, ...(act !== undefined && { act }) };
}

function failsFor(failing: string, facts: object): (ref: { scope: string }) => Promise<unknown> {
  const failure = ApplicationFailure.create({
    message: 'it failed',
    type: 'unavailable',
    nonRetryable: true,
    details: [facts],
  });
  return ({ scope }) =>
    scope === failing
      ? Promise.reject(failure)
      : Promise.resolve({ read: 0, changed: 0, signalled: 0, inventoryDue: false });
}

export const SWEEP_SITUATIONS: readonly Situation[] = Object.entries(SITUATIONS).map(([file, situation]) => ({
  file,
  record: async (stage) => record(await stage.played(), situation),
}));

async function record(played: Played, { when, act, steps, ...run }: SweepSituation): Promise<string> {
  return played.run({ ...run, steps: { ...STEPS, ...steps } }, async (handle) => {
    await act?.(handle);
    return historyWhen(handle, when);
  });
}

/** Runs of a server that suggests a fresh run early. `pages`: what the sweep is given, one after the other. */
const ITEM = { craftItemId: 'a', shortId: 'F-1' };
const SUBMITTED = { portal: 'p-1', devTool: 'km', key: 'MOB-1' };

interface Continuing {
  readonly run: PlayedRun;
  /** Until it continues. */
  readonly act?: (handle: WorkflowHandle) => Promise<unknown>;
}

const CONTINUING: Readonly<Record<string, () => Continuing>> = {
  readySweep: () => ({
    run: {
      workflow: 'readySweep',
      args: [READY],
      steps: { ...STEPS, nextUnknown: pages((n) => ({ ...ITEM, craftItemId: `c-${n}` })) },
    },
  }),
  intakeSweep: () => ({
    run: {
      workflow: 'intakeSweep',
      args: [INTAKE],
      steps: { ...STEPS, nextSubmissions: pages((n) => ({ ...SUBMITTED, devItemId: `d-${n}` })) },
    },
  }),
  feedbackIntake: () => ({
    run: {
      workflow: 'feedbackIntake',
      args: [FEEDBACK],
      steps: { ...STEPS, submitFeedback: gives({ state: SUBMISSION_BLOCKED }) },
    },
    act: untilContinued('resync'),
  }),
};

/** Pages of one, so that few events are enough; the third page is empty for whoever goes on. */
function pages(one: (n: number) => object): () => Promise<readonly object[]> {
  let given = 0;
  return () => {
    given += 1;
    return Promise.resolve(given % 12 === 0 ? [] : [one(given)]);
  };
}

function untilContinued(signal: string): (handle: WorkflowHandle) => Promise<unknown> {
  return async (handle) => {
    const { runId } = await handle.describe();
    for (let sent = 0; sent < 60 && (await handle.describe()).runId === runId; sent += 1) {
      await handle.signal(signal);
      await handle.query('__temporal_workflow_metadata').catch(() => undefined);
    }
  };
}

/** Each in two files: the run that ended, and the one that goes on in its place. */
export const CONTINUED_SITUATIONS: readonly Situation[] = Object.entries(CONTINUING).flatMap(([name, make]) =>
  (['continues-as-new', 'continued'] as const).map((which) => ({
    file: `${name}-${which}`,
    record: async (stage) => recordContinued(await stage.suggesting(), make(), which),
  })),
);

async function recordContinued(
  played: Played,
  { run, act }: Continuing,
  which: 'continues-as-new' | 'continued',
): Promise<string> {
  return played.run(run, async (handle) => {
    await act?.(handle);
    const first = played.handle(handle.workflowId, handle.firstExecutionRunId);
    const text = await historyWhen(first, hasEnded);
    if (which === 'continues-as-new') return text;
    const last = played.handle(handle.workflowId);
    return historyWhen(last, (types) => hasEnded(types) || isAt('timerStarted')(types));
  });
}
