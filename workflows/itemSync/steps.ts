/**
 * The main loop's steps (design 3): a run does what its row says comes next, and rests until it is woken if nothing is
 * due. While an item is followed, no timer calls a tool.
 */
import { condition } from '@temporalio/workflow';
import type { ItemState } from '../../domain/itemState.js';
import { itemSteps, ledgerSteps, withSummary, type UsualStep } from '../activityOptions.js';
import { attempt } from './attempts.js';
import { showAtRest } from './display.js';
import { lookLater, perform, performOrdinary, refresh, takeOver } from './perform.js';
import { release } from './release.js';
import { hasNews, type Run } from './run.js';

/**
 * One step, or one rest. Verbs have been obeyed before (index.ts); then, in this order of precedence:
 *  1. A pause: only a release that was ordered while the item was paused is done meanwhile.
 *  2. A wait that an activity asked for: it is sat out, and only a verb ends it early.
 *  3. A pending release. For a blocked item it waits until the item has rested (5): a release that fails blocks the
 *     item again, and would otherwise be retried in a tight loop.
 *  4. The second read of a dev item that was not found.
 *  5. What the phase asks for: a blocked item rests, a settling one becomes done after its time, the dev items of
 *     orphaned and done ones are read; in every other phase the row's next step is taken.
 */
export function takeStep(run: Run, state: ItemState): Promise<unknown> {
  if (state.phase === 'paused') return paused(run, state);
  if (run.wait !== null) return sitOut(run);
  if (run.pendingRelease !== null && state.phase !== 'blocked') return release(run, run.pendingRelease);
  if (run.suspectGone) return lookAgain(run, state);
  switch (state.phase) {
    case 'blocked':
      return blocked(run, state);
    case 'settling':
      return settling(run, state);
    case 'orphaned':
      return hasNews(run) ? lookAtDevItem(run) : rest(run, null);
    case 'done':
      return lookAtDevItem(run);
    case 'checking':
    case 'creating':
    case 'locking':
    case 'following':
    case 'released':
    case 'not-ready':
      return goOn(run, state);
  }
}

/** Takes the row's next step, whether or not the item is blocked. */
export function goOn(run: Run, state: ItemState): Promise<unknown> {
  run.woken = false;
  const name = state.shortId ?? state.craftItemId;
  switch (state.next) {
    case 'check':
      run.news.craftItem = false;
      return take(run, 'checkReadiness', `Is ${name} ready?`);
    case 'create':
      return take(run, 'createDevItem', `Create ${name} in ${state.devTool}`);
    case 'lock':
      return take(run, 'lockCraftItem', `Make ${name} view-only`);
    case 'follow':
      return hasNews(run) ? follow(run) : rest(run, null);
    case 'rest':
    case 'end':
      return rest(run, null);
  }
}

function take(run: Run, step: UsualStep, summary: string): Promise<unknown> {
  return perform(run, () => attempt(run, step, summary));
}

function follow(run: Run): Promise<void> {
  return run.news.devItem === null ? lookAtCraftItem(run) : lookAtDevItem(run);
}

/** Compares for drift; the news is kept if that could not be done yet. */
export async function lookAtCraftItem(run: Run): Promise<void> {
  run.news.craftItem = false;
  const { acceptDrift } = run;
  const performed = await performOrdinary(run, () => checkDrift(run, acceptDrift));
  if (performed === 'interrupted' || run.wait !== null) run.news.craftItem = true;
  else run.acceptDrift = false;
}

function checkDrift(run: Run, acceptDrift: boolean): ReturnType<typeof itemSteps.checkDrift> {
  const summary = withSummary(`Compare with Craft.io: ${run.state?.shortId ?? run.item.craftItemId}`);
  return itemSteps.checkDrift.executeWithOptions(summary, [run.item, { acceptDrift }]);
}

/** Pushes the dev item's present progress; the news is kept if that could not be done yet. */
export async function lookAtDevItem(run: Run): Promise<void> {
  const { devItem: news } = run.news;
  run.news.devItem = null;
  if (run.state?.phase === 'orphaned' || run.state?.phase === 'done') run.news.craftItem = false;
  const summary = `Progress of ${run.state?.devItem?.key ?? run.state?.devItem?.id ?? 'the dev item'}`;
  const performed = await perform(run, () => attempt(run, 'pushProgress', summary, news?.snapshot));
  if (performed === 'set-aside') lookLater(run);
  if ((performed === 'interrupted' || run.wait !== null) && run.news.devItem === null) run.news.devItem = news ?? {};
}

/** A blocked item is looked at again when it is woken and, where no sweep would see what ends it, after a time. */
async function blocked(run: Run, state: ItemState): Promise<void> {
  if (!run.woken) {
    await rest(run, blockedLookMs(run, state));
    if (run.commands.length > 0 || run.crowding.isCrowded || run.state?.phase !== 'blocked') return;
  }
  run.woken = false;
  if (run.pendingRelease !== null) return release(run, run.pendingRelease);
  if (run.state?.next === 'follow' && !hasNews(run)) run.news.devItem = {};
  await goOn(run, run.state ?? state);
}

/** A release that blocked the item is tried again by nobody else. */
function blockedLookMs({ pendingRelease }: Run, { timing }: ItemState): number | null {
  const { lookAgainMs, sweepEveryMs } = timing;
  return lookAgainMs === undefined || pendingRelease !== null ? sweepEveryMs : lookAgainMs;
}

/** Rests, unless the release was ordered of the paused item; a release that fails is tried again every `sweepEvery`. */
async function paused(run: Run, state: ItemState): Promise<void> {
  if (run.pendingRelease?.inPause !== true) return rest(run, null);
  if (run.wait !== null) return sitOut(run);
  await release(run, run.pendingRelease);
  if (run.state?.phase === 'paused' && run.wait === null) await rest(run, state.timing.sweepEveryMs);
}

/** The dev item is closed and that was pushed: the item is done unless it is reopened within `settleFor`. */
async function settling(run: Run, state: ItemState): Promise<void> {
  if (hasNews(run)) return follow(run);
  const remaining = state.settleInMs ?? 0;
  if (remaining > 0) return rest(run, remaining);
  takeOver(run, await ledgerSteps.finishItem(run.item));
}

/**
 * Rests until a verb, a wake or the end of the time; then reads the row and the settings again. A crowded run leaves
 * that to the next one.
 */
async function rest(run: Run, ms: number | null): Promise<void> {
  if (isStateDue(run)) await reportState(run);
  showAtRest(run);
  const isWoken = (): boolean => isCalled(run) || isWelcome(run);
  if (ms === null) await condition(isWoken);
  else await condition(isWoken, Math.max(1, ms), { summary: `Rest: ${run.state?.phase ?? 'unknown'}` });
  if (!run.crowding.isCrowded) await refresh(run);
}

/** A verb has come, or the run is to continue as new. */
function isCalled(run: Run): boolean {
  return run.commands.length > 0 || run.crowding.isCrowded;
}

/** A paused item keeps its news until it is resumed; a blocked one may have kept news that it cannot use yet. */
function isWelcome(run: Run): boolean {
  const phase = run.state?.phase;
  if (phase === 'paused') return false;
  return phase === 'blocked' ? run.woken : hasNews(run);
}

/** Sits out a wait that an activity asked for; any verb ends it. What is left of it goes on in the next run. */
async function sitOut(run: Run): Promise<void> {
  const { wait } = run;
  if (wait === null) return;
  if (isStateDue(run)) await reportState(run);
  showAtRest(run);
  const startedMs = Date.now();
  await condition(() => isCalled(run), wait.ms, { summary: `Wait: ${wait.reason ?? 'for its time'}` });
  const leftMs = startedMs + wait.ms - Date.now();
  run.wait = run.crowding.isCrowded && leftMs > 0 ? { ...wait, ms: leftMs } : null;
}

/** The words for `stateField` are to be written, and no other write has carried them. */
export function isStateDue({ state, commands }: Run): boolean {
  return state?.stateDue === true && commands.length === 0;
}

/** Writes the words for `stateField`. */
export async function reportState(run: Run): Promise<void> {
  const { wait } = run;
  await take(run, 'reportState', 'Say in Craft.io how it stands');
  // The wait goes on after its words were written. Words that could not be written are tried with the next change.
  run.wait = wait;
  if (run.state?.stateDue === true) run.state = { ...run.state, stateDue: false };
}

/** Reads a dev item that was not found a second time, `readAfterWrite` after the first (design 3, Gone). */
async function lookAgain(run: Run, state: ItemState): Promise<void> {
  const noted = await performOrdinary(run, () =>
    itemSteps.suspectGone.executeWithOptions(withSummary('Not found by id'), [run.item]),
  );
  if (noted !== 'performed' || run.wait !== null) return;
  const distance = state.timing.readAfterWriteMs;
  const sinceLink = state.linkedAt === null ? distance : Date.parse(state.linkedAt) + 2 * distance - Date.now();
  const waitMs = Math.min(3 * distance, Math.max(distance, sinceLink));
  showAtRest(run);
  const interrupted = await condition(() => isCalled(run), Math.max(1, waitMs), {
    summary: 'Before the second read',
  });
  if (interrupted) return;
  run.suspectGone = false;
  run.news.devItem = null;
  const performed = await performOrdinary(run, () =>
    itemSteps.confirmGone.executeWithOptions(withSummary('Is the dev item gone?'), [run.item]),
  );
  if (performed === 'interrupted' || run.wait !== null) run.suspectGone = true;
}
