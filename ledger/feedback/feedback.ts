/** The ledger's interface for feedback: submissions to portals, and feedback that is passed on with items. */
import type { FeedbackDraft, Submission, SubmissionRef, SubmittedFeedback } from '../../domain/feedback.js';
import type { ItemRef } from '../../domain/ids.js';
import type { Reason } from '../../domain/phases.js';
import type { Lease } from '../links/links.js';

export interface NewSubmission extends SubmissionRef, FeedbackDraft {
  readonly intake: string | null;
  readonly ref: string;
  readonly devItemKey: string | null;
  readonly devItemUrl: string | null;
  readonly devScope: string | null;
}

export interface SubmissionLease {
  readonly token: string;
  readonly deadline: Lease['deadline'];
  /** The row as it was when the lease was taken. */
  readonly before: Submission;
}

export interface Submissions {
  /** Inserts new submissions; updates texts and settings of those that were never sent. */
  collect(submissions: readonly NewSubmission[]): Promise<void>;
  get(submission: SubmissionRef): Promise<Submission | null>;
  /** The texts to submit; null once they were submitted. */
  draft(submission: SubmissionRef): Promise<FeedbackDraft | null>;
  /** Those of one intake that are not done, sorted by reference, from the first one after `after`. */
  open(intake: string, after: string | null, limit: number): Promise<readonly Submission[]>;
  /** How many of these references are done. */
  countDone(portal: string, origin: string, references: readonly string[]): Promise<number>;
  /** All that are not done, from every intake and from `feedback submit`. */
  listOpen(): Promise<readonly Submission[]>;
  takeLease(submission: SubmissionRef, aheadMs: number): Promise<SubmissionLease>;
  /** False when the token is no longer the newest, or something was already sent. */
  noteSent(submission: SubmissionRef, token: string): Promise<boolean>;
  clearSent(submission: SubmissionRef, token: string): Promise<void>;
  /** Keeps the reference and deletes the texts; false when the token is no longer the newest. */
  storeSubmitted(submission: SubmissionRef, token: string, feedback: SubmittedFeedback): Promise<boolean>;
  noteCommentSent(submission: SubmissionRef, token: string): Promise<boolean>;
  finish(submission: SubmissionRef): Promise<void>;
  /** Null clears it. */
  noteTrouble(
    submission: SubmissionRef,
    trouble: { readonly reason: Reason | null; readonly until: string | null; readonly why: string } | null,
  ): Promise<void>;
}

/** A piece of feedback that is, or was, passed on with an item. */
export interface PassedOn {
  readonly feedbackId: string;
  readonly sentAt: string | null;
  /** Until when an unanswered attempt may still be applied. */
  readonly openUntil: string | null;
  /** How it ended; null until then. */
  readonly outcome: string | null;
}

export interface ItemFeedback {
  list(item: ItemRef, generation: number): Promise<readonly PassedOn[]>;
  noteSent(item: ItemRef, generation: number, feedbackId: string, openMs: number): Promise<void>;
  clearSent(item: ItemRef, generation: number, feedbackId: string): Promise<void>;
  noteOutcome(item: ItemRef, generation: number, feedbackId: string, outcome: string): Promise<void>;
  /** Craft item id → ids of the feedback that is dealt with, for a pipeline's items in their current generation. */
  settled(pipeline: string): Promise<ReadonlyMap<string, ReadonlySet<string>>>;
}
