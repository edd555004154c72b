/** The verbs of operators: the main loop obeys them one after the other (design 3, Verbs). */
import { ApplicationFailure } from '@temporalio/workflow';
import type { StepResult } from '../../domain/itemState.js';
import type { VerbResult } from '../../domain/messages.js';
import { itemSteps, ledgerSteps, withSummary } from '../activityOptions.js';
import { applicationFailureOf } from '../activityTrouble.js';
import { isPatched } from '../patches.js';
import { showAtRest, statusObject } from './display.js';
import { refresh, takeOver } from './perform.js';
import { release } from './release.js';
import { hasNews, type Command, type Run } from './run.js';
import { goOn, lookAtCraftItem, lookAtDevItem } from './steps.js';

type Outcome = VerbResult['outcome'];

/** At most this many steps are taken for one verb before the main loop takes over. */
const STEPS_OF_A_VERB = 5;
/** How often an order is given. */
const ORDERS_AT_MOST = 5;

/** Obeys the oldest command. */
export async function obeyNext(run: Run): Promise<void> {
  const command = run.commands.shift();
  if (command === undefined) return;
  run.wait = null;
  run.pushed = false;
  const { item } = run;
  if (command.isAwaited === true) run.item = { ...item, byHand: true };
  try {
    await refresh(run);
    const outcome = await obey(run, command);
    command.result = { outcome, status: statusObject(run) };
  } catch (error) {
    command.failure = failureOf(error);
    await refresh(run);
  } finally {
    run.item = item;
  }
}

/** What an operator is told; the run goes on. A cancelled run is left to the main loop. */
function failureOf(error: unknown): ApplicationFailure {
  const message = error instanceof Error ? error.message : String(error);
  return applicationFailureOf(error) ?? ApplicationFailure.nonRetryable(message, 'unexpected');
}

async function obey(run: Run, { order }: Command): Promise<Outcome> {
  switch (order.verb) {
    case 'pause':
      if (run.pendingRelease !== null) run.pendingRelease = { ...run.pendingRelease, inPause: false };
      await given(run, (seenAt) =>
        ledgerSteps.pauseItem(run.item, { reason: 'operator', why: order.input.reason ?? null, seenAt }),
      );
      return 'waiting';
    case 'resume':
      await given(run, (seenAt) => ledgerSteps.resumeItem(run.item, seenAt));
      run.news.devItem = {};
      run.news.craftItem = true;
      run.woken = true;
      return 'unchanged';
    case 'resync':
      return resync(run, order.input.acceptDrift === true);
    case 'release':
      await release(run, {
        why: order.input.reason ?? 'released by an operator',
        inPause: run.state?.phase === 'paused' && isPatched('release-in-pause'),
      });
      return run.state?.phase === 'released' ? 'released' : 'waiting';
    case 'relink':
      return relink(run, order.input.devItemId);
    case 'recreate':
      takeOver(run, await ledgerSteps.recreateItem(run.item, run.state?.generation ?? 1));
      run.suspectGone = false;
      run.pendingRelease = null;
      await advance(run);
      return cameTo(run, 'recreated');
  }
}

/**
 * Gives an order with the row by which it is given, and again where that was changed before it was carried out: an
 * attempt that goes on later than the order after it finds another row, and does nothing.
 */
async function given(run: Run, obeyed: (seenAt: string | undefined) => Promise<StepResult>): Promise<void> {
  for (let time = 1; time <= ORDERS_AT_MOST; time += 1) {
    const result = await obeyed(run.state?.updatedAt);
    takeOver(run, result);
    if (result.outdated !== true) return;
  }
  throw ApplicationFailure.nonRetryable('the row changes faster than the order can be obeyed: try again', 'unexpected');
}

function isWaiting(run: Run): boolean {
  return isHeldUp(run) || hasNews(run);
}

function isHeldUp(run: Run): boolean {
  const phase = run.state?.phase;
  return run.wait !== null || run.suspectGone || phase === 'blocked' || phase === 'paused' || phase === 'orphaned';
}

/**
 * How the steps up to the lock ended: they do not reach what was asked for if the Craft item is gone. News that came
 * meanwhile does not matter: a webhook of the verb's own create may be faster than the steps.
 */
function cameTo(run: Run, meant: 'relinked' | 'recreated'): Outcome {
  if (isHeldUp(run)) return 'waiting';
  if (run.state?.phase === 'not-ready') return 'unchanged';
  if (run.state?.phase === 'released') return 'released';
  return run.state?.next === 'follow' ? meant : 'waiting';
}

/** Takes the steps up to the lock, as far as they can be taken now. */
async function advance(run: Run): Promise<void> {
  for (let step = 0; step < STEPS_OF_A_VERB; step += 1) {
    const { state } = run;
    if (state === null || run.wait !== null || run.suspectGone) return;
    if (state.next !== 'check' && state.next !== 'create' && state.next !== 'lock') return;
    const before = state.updatedAt;
    await goOn(run, state);
    if (run.state?.phase === 'blocked' || run.state?.updatedAt === before) return;
  }
}

async function resync(run: Run, acceptDrift: boolean): Promise<Outcome> {
  if (run.state?.phase === 'not-ready') {
    const begun = await ledgerSteps.beginItem(run.item, { newRun: true });
    if (begun.status === 'known') run.state = begun.state;
  }
  const before = run.state;
  if (before === null || before.phase === 'released') return 'unchanged';
  if (before.phase === 'paused') return 'waiting';
  if (acceptDrift) run.acceptDrift = true;
  await advance(run);
  if (run.state?.next === 'follow' || run.state?.phase === 'orphaned' || run.state?.phase === 'done') {
    run.news.devItem = null;
    await lookAtDevItem(run);
    if (run.wait === null && !run.suspectGone && run.state?.next === 'follow') {
      await lookAtCraftItem(run);
    }
  }
  if (isWaiting(run)) return 'waiting';
  return run.pushed || run.state?.phase !== before.phase ? 'pushed' : 'unchanged';
}

async function relink(run: Run, devItemId: string): Promise<Outcome> {
  const summary = withSummary('Relink');
  showAtRest(run);
  await given(run, (seenAt) => itemSteps.relinkItem.executeWithOptions(summary, [run.item, devItemId, seenAt]));
  run.pendingRelease = null;
  run.news.devItem = null;
  run.suspectGone = false;
  await advance(run);
  return cameTo(run, 'relinked');
}
