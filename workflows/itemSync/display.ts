/** What an operator sees of a run in the Temporal UI: search attributes, current details, query `status` (design 7). */
import { setCurrentDetails } from '@temporalio/workflow';
import type { SearchAttributeUpdatePair } from '@temporalio/common';
import { READ_ONLY_SOURCE } from '../../domain/craftItem.js';
import { itemSyncWorkflowId } from '../../domain/ids.js';
import type { ItemState } from '../../domain/itemState.js';
import type { ItemStatus } from '../../domain/link.js';
import { REASON_TEXTS } from '../../domain/reasons.js';
import { SEARCH_ATTRIBUTES } from '../../domain/searchAttributes.js';
import { asText, linkTo } from '../../domain/rules/asText.js';
import { clockTime } from '../../domain/rules/stateWords.js';
import { isPatched } from '../patches.js';
import { upsertChanged } from '../temporalUi.js';
import type { Run } from './run.js';

/** False in what runs of older releases have recorded. One patch for two changes, since each costs two events a run. */
export function isLean(): boolean {
  return isPatched('first-attempt-in-task');
}

/** Current details cost nothing: they are read from the run. */
export function show(run: Run): void {
  const { state } = run;
  if (state === null) return;
  setCurrentDetails(detailsOf(state, run));
  if (!isLean()) upsertChanged(attributesOf(state));
}

/**
 * To be called wherever the item rests, waits or is left to an ordinary activity: each upsert is two writes of the
 * server, and nobody could look for a phase that lasts milliseconds.
 */
export function showAtRest(run: Pick<Run, 'state'>): void {
  if (run.state !== null && isLean()) upsertChanged(attributesOf(run.state));
}

function attributesOf(state: ItemState): SearchAttributeUpdatePair[] {
  return [
    { key: SEARCH_ATTRIBUTES.pipeline, value: state.pipeline },
    { key: SEARCH_ATTRIBUTES.item, value: state.shortId ?? state.craftItemId },
    { key: SEARCH_ATTRIBUTES.phase, value: state.phase },
    { key: SEARCH_ATTRIBUTES.blockedBy, value: state.blockedBy },
    { key: SEARCH_ATTRIBUTES.devTool, value: state.devTool },
    { key: SEARCH_ATTRIBUTES.devItem, value: state.devItem?.key ?? state.devItem?.id ?? null },
    { key: SEARCH_ATTRIBUTES.drift, value: state.drift },
  ];
}

/** Markdown, well below Temporal's 20,000 bytes. It contains no title and no description. */
export function detailsOf(state: ItemState, run: Pick<Run, 'wait'>): string {
  const dev = state.devItem;
  const lines = [
    `**${state.phase}**${state.blockedBy === null ? '' : ` (${state.blockedBy})`}`,
    '',
    `- Craft.io: ${linkTo(state.shortId ?? state.craftItemId, state.craftUrl)}`,
    `- ${state.devTool}: ${dev === null ? 'no dev item yet' : linkTo(dev.key ?? dev.id, dev.url)}`,
    state.writesBack === false
      ? `- Progress: ${asText(state.progress ?? 'none')}`
      : `- Progress last pushed: ${asText(state.progress ?? 'none')}`,
    `- Next look: ${nextLook(state, run)}`,
  ];
  if (state.writesBack === false) lines.push(`- This is ${READ_ONLY_SOURCE}.`);
  if (state.drift) lines.push(`- Drift: ${state.driftFields.map(asText).join(', ')}`);
  if (state.duplicate) lines.push(`- Duplicates: ${state.duplicateDevItems.map(asText).join(', ')}`);
  if (state.lastError !== null) lines.push(`- Last error: ${asText(state.lastError)}`);
  const advice = state.blockedBy === null ? null : REASON_TEXTS[state.blockedBy].advice;
  if (advice !== null) lines.push(`- What to do: ${advice}`);
  return lines.join('\n');
}

function nextLook(state: ItemState, run: Pick<Run, 'wait'>): string {
  if (run.wait !== null) return `about ${clockTime(run.wait.until)}: ${asText(run.wait.why)}`;
  switch (state.phase) {
    case 'blocked':
      return blockedLook(state);
    case 'following':
      return 'when the dev item changes';
    case 'settling':
      return 'when it is reopened, or when settling ends';
    case 'paused':
      return 'when an operator says so';
    case 'orphaned':
      return 'when an operator says so, or when the dev tool reports the item again';
    case 'checking':
    case 'creating':
    case 'locking':
      return 'now';
    case 'done':
    case 'released':
    case 'not-ready':
      return 'none';
  }
}

function blockedLook({ timing }: ItemState): string {
  const { lookAgainMs = timing.sweepEveryMs } = timing;
  const changed = 'when a sweep sees a change, or on a wake';
  return lookAgainMs === null ? changed : `${changed}; at the latest after ${durationWords(lookAgainMs)}`;
}

function durationWords(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  if (minutes % 60 !== 0) return minutes === 1 ? 'a minute' : `${minutes} minutes`;
  return minutes === 60 ? 'an hour' : `${minutes / 60} hours`;
}

/** The object of `status --json`. A run that has not read its row yet says `checking`. */
export function statusObject(run: Run): ItemStatus {
  const { state, item } = run;
  if (state === null) return unread(run);
  return {
    pipeline: state.pipeline,
    craftItemId: item.craftItemId,
    shortId: state.shortId,
    phase: state.phase,
    blockedBy: state.blockedBy,
    blockedUntil: state.blockedUntil,
    devTool: state.devTool,
    devItem: state.devItem,
    progress: state.progress,
    drift: state.drift,
    duplicate: state.duplicate,
    lastError: state.lastError,
    workflowId: state.workflowId,
    updatedAt: state.updatedAt,
  };
}

function unread({ item }: Run): ItemStatus {
  return {
    pipeline: item.pipeline,
    craftItemId: item.craftItemId,
    shortId: null,
    phase: 'checking',
    blockedBy: null,
    blockedUntil: null,
    devTool: '',
    devItem: null,
    progress: null,
    drift: false,
    duplicate: false,
    lastError: null,
    workflowId: itemSyncWorkflowId(item),
    updatedAt: new Date(0).toISOString(),
  };
}
