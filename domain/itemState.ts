/**
 * What a step of `itemSync` returns to the workflow: the item's state, and the step that its row asks for next.
 * The row decides every step (design 3, step 0), so a run may end anywhere and the next one goes on.
 * It must never contain a title or a description: it is recorded in histories.
 */
import { itemSyncWorkflowId } from './ids.js';
import type { ItemLink, ItemStatus, ShownLink } from './link.js';
import { isAtRest, isFinal, type Phase, type Reason } from './phases.js';
import { mapProgress } from './rules/progress.js';
import type { ProgressRule } from './settings.js';

/** `check` → `create` → `lock` → `follow`; `rest`: until a verb or a wake; `end`: the run completes. */
export type NextStep = 'check' | 'create' | 'lock' | 'follow' | 'rest' | 'end';

/** Settings that the workflow needs, read again with each state (design 2). */
export interface ItemTiming {
  readonly sweepEveryMs: number;
  readonly settleForMs: number;
  readonly readAfterWriteMs: number;
  /** Until a blocked item looks again by itself; null: when it is woken. Absent in old histories: `sweepEveryMs`. */
  readonly lookAgainMs?: number | null;
}

export interface ItemState extends ItemStatus {
  readonly next: NextStep;
  readonly generation: number;
  readonly craftUrl: string | null;
  /** True if the words for `stateField` differ from those last written. */
  readonly stateDue: boolean;
  readonly linkedAt: string | null;
  /** Milliseconds until a closed item counts as done, by the database's clock; null if it is not settling. */
  readonly settleInMs: number | null;
  /** Ids of further dev items with the same marker. */
  readonly duplicateDevItems: readonly string[];
  readonly driftFields: readonly string[];
  /** False: Craft.io documents no write for the source, so nothing is locked or written. Absent in old histories. */
  readonly writesBack?: boolean;
  readonly timing: ItemTiming;
}

/** A step cannot go on before a moment. */
export interface Wait {
  readonly ms: number;
  /** ISO time, for display. */
  readonly until: string;
  readonly reason: Reason | null;
  /** A clause, e.g. `the limit of km is reached`. */
  readonly why: string;
}

export interface StepResult {
  readonly state: ItemState;
  readonly wait?: Wait;
  /** True if something was written to Craft.io. */
  readonly pushed?: boolean;
  /** The dev item was not found by id: it is looked for once more before it counts as gone. */
  readonly suspectGone?: boolean;
  /** Why a first attempt within the workflow task leaves the step to an ordinary activity; nothing was sent. */
  readonly handedOn?: string;
  /** An order was not carried out, because the row is not the one any more by which it was given. */
  readonly outdated?: true;
}

/** The step that a row asks for, although its phase may say that the item waits. */
export function stepOf(link: ItemLink): Exclude<NextStep, 'rest' | 'end'> {
  if (link.devItemId !== null) return link.lockedAt === null ? 'lock' : 'follow';
  if (link.sentAt !== null || link.phase === 'creating' || link.generation > 1) return 'create';
  return 'check';
}

export function nextStep(link: ItemLink): NextStep {
  if (isFinal(link.phase)) return 'end';
  if (isAtRest(link.phase)) return 'rest';
  return stepOf(link);
}

/** A dev item that a run, or a row, knows of; `id` null: none. */
export interface KnownDevItem {
  readonly generation: number;
  readonly id: string | null;
  /** The tool that holds it; absent in runs of older releases. */
  readonly devTool?: string;
}

export function knownDevItemOf(state: ItemState): KnownDevItem {
  return { generation: state.generation, id: state.devItem?.id ?? null, devTool: state.devTool };
}

/** Whether `now` lacks what was known before: only a ledger that was put back forgets a dev item or a generation. */
export function lacks(now: KnownDevItem, before: KnownDevItem): boolean {
  if (now.generation !== before.generation) return now.generation < before.generation;
  return before.id !== null && now.id !== before.id;
}

/** The phase that a step shows while it runs. */
export const PHASE_OF_STEP = {
  check: 'checking',
  create: 'creating',
  lock: 'locking',
  follow: 'following',
} as const satisfies Record<Exclude<NextStep, 'rest' | 'end'>, Phase>;

/** The object of `status --json` and of the query `status` (design 7). `progress`: see `progressOf`. */
export function statusOf(link: ShownLink, progress: string | null): ItemStatus {
  return {
    pipeline: link.pipeline,
    craftItemId: link.craftItemId,
    shortId: link.craftShortId,
    phase: link.phase,
    blockedBy: link.blockedBy,
    blockedUntil: link.blockedUntil,
    devTool: link.devTool,
    devItem: link.devItemId === null ? null : { id: link.devItemId, key: link.devItemKey, url: link.devItemUrl },
    progress,
    drift: link.drift,
    duplicate: link.duplicate,
    lastError: link.lastError,
    workflowId: itemSyncWorkflowId(link),
    updatedAt: link.updatedAt,
  };
}

/** The mapped progress last pushed; if nothing is written back, the mapped status of the dev item. */
export function progressOf(
  link: Pick<ItemLink, 'lastProgress' | 'devStatus'>,
  rule: ProgressRule | null,
): string | null {
  if (rule === null) return null;
  if (rule.field !== null) return link.lastProgress?.[rule.field] ?? null;
  const mapped = link.devStatus === null ? null : mapProgress(link.devStatus, rule);
  return mapped?.status === 'mapped' ? mapped.value : null;
}
