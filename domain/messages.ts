/**
 * Signals, updates, queries and workflow inputs, by the Temporal names that others script against (design 7, Messages).
 * Each message takes one optional JSON object. Fields may be added, never renamed.
 */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { DevItemSnapshot } from './devItem.js';
import type { SubmissionPhase, SubmittedFeedback } from './feedback.js';
import type { ItemRef } from './ids.js';
import type { Wait } from './itemState.js';
import type { ItemStatus } from './link.js';
import type { Reason } from './phases.js';

export interface ReasonInput {
  readonly reason?: string;
}
export interface ResyncInput extends ReasonInput {
  /** Accept the Craft item's present values as handed over. */
  readonly acceptDrift?: boolean;
}
export interface RelinkInput extends ReasonInput {
  readonly devItemId: string;
}
export interface CraftItemChangedInput {
  readonly updatedAt?: string;
}
export interface DevItemChangedInput {
  /** Absent: the dev item is read. */
  readonly snapshot?: DevItemSnapshot;
}

export const VERB_OUTCOMES = ['unchanged', 'pushed', 'released', 'relinked', 'recreated', 'waiting'] as const;
export interface VerbResult {
  readonly outcome: (typeof VERB_OUTCOMES)[number];
  readonly status: ItemStatus;
}

export const resyncSignal = defineSignal<[ResyncInput?]>('resync');
export const pauseSignal = defineSignal<[ReasonInput?]>('pause');
export const resumeSignal = defineSignal<[ReasonInput?]>('resume');
export const craftItemChangedSignal = defineSignal<[CraftItemChangedInput?]>('craftItemChanged');
export const devItemChangedSignal = defineSignal<[DevItemChangedInput?]>('devItemChanged');

export const resyncNowUpdate = defineUpdate<VerbResult, [ResyncInput?]>('resyncNow');
export const releaseUpdate = defineUpdate<VerbResult, [ReasonInput?]>('release');
export const recreateUpdate = defineUpdate<VerbResult, [ReasonInput?]>('recreate');
export const relinkUpdate = defineUpdate<VerbResult, [RelinkInput]>('relink');

export const statusQuery = defineQuery<ItemStatus>('status');

/** How far a sweep has come: new items started, feeds read. */
export interface SweepProgress {
  readonly done: number;
  readonly total: number;
}
export const sweepProgressQuery = defineQuery<SweepProgress>('progress');

export const ITEM_SYNC_WORKFLOW = 'itemSync';
export const READY_SWEEP_WORKFLOW = 'readySweep';
export const PROGRESS_SWEEP_WORKFLOW = 'progressSweep';
export const DRIFT_SWEEP_WORKFLOW = 'driftSweep';
export const INTAKE_SWEEP_WORKFLOW = 'intakeSweep';

export type ItemSyncInput = ItemRef;

/** A sweep that a person started is not stretched, and its calls are made by hand (decision 34). */
export interface ByHandInput {
  readonly byHand?: true;
}
/** How a sweep that did not begin is stretched, in words; absent if it began. */
export interface MayBeStretched {
  readonly stretched?: string;
}

export interface ReadySweepInput extends ByHandInput {
  readonly pipeline: string;
  /** `sweep --all`: start the new items even if they are more than `maxNewPerSweep`. */
  readonly all?: boolean;
}
/** `found` is the sum of the other counts (design 7, Commands). */
export interface ReadySweepResult extends MayBeStretched {
  readonly found: number;
  readonly started: number;
  readonly known: number;
  readonly failed: number;
  /** Why new items were not started, in words; absent if they were. */
  readonly heldBack?: string;
  /** What is wrong with the first malformed entries of the listing; they count as failed. */
  readonly problems?: readonly string[];
}

export interface ProgressSweepInput extends ByHandInput {
  readonly devTool: string;
}
export interface ProgressSweepResult extends MayBeStretched {
  readonly read: number;
  readonly changed: number;
  readonly signalled: number;
}

export interface DriftSweepInput {
  readonly pipeline: string;
}
export interface DriftSweepResult extends MayBeStretched {
  readonly compared: number;
  readonly differing: number;
  readonly signalled: number;
}

export interface IntakeSweepInput {
  readonly intake: string;
}
/** Counts of labelled items: `skipped` came from this portal itself; `known` are done; `started` includes lost ones. */
export interface IntakeSweepResult extends MayBeStretched {
  readonly found: number;
  readonly started: number;
  readonly running: number;
  readonly known: number;
  readonly skipped: number;
  readonly failed: number;
}

/** What the intake sweep collected. */
export interface Collected {
  readonly found: number;
  readonly skipped: number;
  readonly done: number;
}

export interface OpenSubmission {
  readonly portal: string;
  readonly devTool: string;
  readonly devItemId: string;
  readonly key: string | null;
}

export interface FeedbackIntakeInput {
  readonly intake: string;
  readonly portal: string;
  readonly devTool: string;
  readonly devItemId: string;
}

/** The state of a submission, without title and description: it is recorded in histories. */
export interface SubmissionState {
  readonly phase: SubmissionPhase;
  readonly blockedBy: Reason | null;
  readonly blockedUntil: string | null;
  readonly lastError: string | null;
  readonly devItemKey: string | null;
  readonly devItemUrl: string | null;
  readonly feedback: SubmittedFeedback | null;
  /** After this time a blocked submission is looked at again. */
  readonly everyMs: number;
}

export interface SubmitResult {
  readonly state: SubmissionState;
  readonly wait?: Wait;
}
