/**
 * The main loop's steps (design 3): what the row says comes next is done; where nothing is due the run rests until it is
 * woken. No timer of an item that is followed calls a tool.
 */
import { condition } from '@temporalio/workflow';
import type { ItemState } from '../../domain/itemState.js';
import { itemSteps, ledgerSteps, withSummary } from '../activityOptions.js';
import { lookLater, perform, refresh, takeOver } from './perform.js';
import { release } from './release.js';
import { hasNews, type Run } from './run.js';

/** One step, or one rest. */
export async function takeStep(run: Run, state: ItemState): Promise<void> {
  if (state.phase === 'paused') return paused(run, state);
  if (run.wait !== null) return sitOut(run);
  if (run.releaseWhenKnown !== null && state.phase !== 'blocked') return release(run, run.releaseWhenKnown);
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

/** Does what the row asks for, whether or not it is blocked. */
export async function goOn(run: Run, state: ItemState): Promise<void> {
  run.woken = false;
  const name = state.shortId ?? state.craftItemId;
  switch (state.next) {
    case 'check':
      run.craftItemNews = false;
      await perform(run, () =>
        itemSteps.checkReadiness.executeWithOptions(withSummary(`Is ${name} ready?`), [run.item]),
      );
      return;
    case 'create':
      await perform(run, () =>
        itemSteps.createDevItem.executeWithOptions(withSummary(`Create ${name} in ${state.devTool}`), [run.item]),
      );
      return;
    case 'lock':
      await perform(run, () =>
        itemSteps.lockCraftItem.executeWithOptions(withSummary(`Make ${name} view-only`), [run.item]),
      );
      return;
    case 'follow':
      return hasNews(run) ? follow(run) : rest(run, null);
    case 'rest':
    case 'end':
      return rest(run, null);
  }
}

async function follow(run: Run): Promise<void> {
  if (run.devItemNews !== null) return lookAtDevItem(run);
  return lookAtCraftItem(run);
}

/** Compares for drift; what could not be done yet is kept. */
export async function lookAtCraftItem(run: Run): Promise<void> {
  run.craftItemNews = false;
  const { acceptDrift } = run;
  const performed = await perform(run, () => checkDrift(run, acceptDrift));
  if (performed === 'interrupted' || run.wait !== null) run.craftItemNews = true;
  else run.acceptDrift = false;
}

function checkDrift(run: Run, acceptDrift: boolean): ReturnType<typeof itemSteps.checkDrift> {
  const summary = withSummary(`Compare with Craft.io: ${run.state?.shortId ?? run.item.craftItemId}`);
  return itemSteps.checkDrift.executeWithOptions(summary, [run.item, { acceptDrift }]);
}

/** Pushes what the dev item is like now; news that could not be dealt with yet is kept. */
export async function lookAtDevItem(run: Run): Promise<void> {
  const news = run.devItemNews;
  run.devItemNews = null;
  if (run.state?.phase === 'orphaned' || run.state?.phase === 'done') run.craftItemNews = false;
  const args = news?.snapshot === undefined ? ([run.item] as const) : ([run.item, news.snapshot] as const);
  const summary = withSummary(`Progress of ${run.state?.devItem?.key ?? run.state?.devItem?.id ?? 'the dev item'}`);
  const performed = await perform(run, () => itemSteps.pushProgress.executeWithOptions(summary, [...args]));
  if (performed === 'set-aside') lookLater(run);
  if ((performed === 'interrupted' || run.wait !== null) && run.devItemNews === null) run.devItemNews = news ?? {};
}

/** Looked at again on a wake and every `sweepEvery`. */
async function blocked(run: Run, state: ItemState): Promise<void> {
  if (!run.woken) {
    await rest(run, state.timing.sweepEveryMs);
    if (run.commands.length > 0 || run.state?.phase !== 'blocked') return;
  }
  run.woken = false;
  if (run.releaseWhenKnown !== null) return release(run, run.releaseWhenKnown);
  if (run.state?.next === 'follow' && !hasNews(run)) run.devItemNews = {};
  await goOn(run, run.state ?? state);
}

/** Rests, unless it is to be released although it is paused; what fails for good is tried again with every `sweepEvery`. */
async function paused(run: Run, state: ItemState): Promise<void> {
  if (run.releaseWhenKnown === null || !run.releaseInPause) return rest(run, null);
  if (run.wait !== null) return sitOut(run);
  await release(run, run.releaseWhenKnown);
  if (run.state?.phase === 'paused' && run.wait === null) await rest(run, state.timing.sweepEveryMs);
}

/** Closed in the tool and pushed: done unless it is reopened within `settleFor`. */
async function settling(run: Run, state: ItemState): Promise<void> {
  if (hasNews(run)) return follow(run);
  const remaining = state.settleInMs ?? 0;
  if (remaining > 0) return rest(run, remaining);
  takeOver(run, await ledgerSteps.finishItem(run.item));
}

/** Rests until a verb or a wake comes or the time is over; then reads the row and the settings again. */
async function rest(run: Run, ms: number | null): Promise<void> {
  await reportState(run);
  const isWoken = (): boolean => run.commands.length > 0 || isWelcome(run);
  if (ms === null) await condition(isWoken);
  else await condition(isWoken, Math.max(1, ms), { summary: `Rest: ${run.state?.phase ?? 'unknown'}` });
  await refresh(run);
}

/** A paused item keeps its news until it is resumed; a blocked one may keep news that it cannot use yet. */
function isWelcome(run: Run): boolean {
  const phase = run.state?.phase;
  if (phase === 'paused') return false;
  return phase === 'blocked' ? run.woken : hasNews(run);
}

/** Sits a wait out that an activity asked for; any verb ends it. */
async function sitOut(run: Run): Promise<void> {
  const { wait } = run;
  if (wait === null) return;
  await reportState(run);
  await condition(() => run.commands.length > 0, wait.ms, { summary: `Wait: ${wait.reason ?? 'for its time'}` });
  run.wait = null;
}

/** Writes the state in words where no other write was due. */
export async function reportState(run: Run): Promise<void> {
  if (run.state?.stateDue !== true || run.commands.length > 0) return;
  const { wait } = run;
  await perform(run, () =>
    itemSteps.reportState.executeWithOptions(withSummary('Say in Craft.io how it stands'), [run.item]),
  );
  // The words of a wait are written while it goes on; words that could not be written are tried with the next change.
  run.wait = wait;
  if (run.state?.stateDue === true) run.state = { ...run.state, stateDue: false };
}

/** The second read of a dev item that was not found, `readAfterWrite` after the first (design 3, Gone). */
async function lookAgain(run: Run, state: ItemState): Promise<void> {
  const noted = await perform(run, () =>
    itemSteps.suspectGone.executeWithOptions(withSummary('Not found by id'), [run.item]),
  );
  if (noted !== 'performed' || run.wait !== null) return;
  const distance = state.timing.readAfterWriteMs;
  const sinceLink = state.linkedAt === null ? distance : Date.parse(state.linkedAt) + 2 * distance - Date.now();
  const waitMs = Math.min(3 * distance, Math.max(distance, sinceLink));
  const interrupted = await condition(() => run.commands.length > 0, Math.max(1, waitMs), {
    summary: 'Before the second read',
  });
  if (interrupted) return;
  run.suspectGone = false;
  run.devItemNews = null;
  const performed = await perform(run, () =>
    itemSteps.confirmGone.executeWithOptions(withSummary('Is the dev item gone?'), [run.item]),
  );
  if (performed === 'interrupted' || run.wait !== null) run.suspectGone = true;
}
