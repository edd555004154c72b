/** The ledger's interface for feedback: submissions to portals, and feedback that went along with items. Rules L1 to L4 hold. */
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
  /** Inserts what is not known; of what was never sent the texts and settings are renewed. */
  collect(submissions: readonly NewSubmission[]): Promise<void>;
  get(submission: SubmissionRef): Promise<Submission | null>;
  /** What is to be submitted; null once it was. */
  draft(submission: SubmissionRef): Promise<FeedbackDraft | null>;
  /** Not done yet, of one intake, by reference after `after`. */
  open(intake: string, after: string | null, limit: number): Promise<readonly Submission[]>;
  /** How many of these are done. */
  countDone(portal: string, origin: string, references: readonly string[]): Promise<number>;
  /** Those that are not done, of all intakes and of `feedback submit`. */
  listOpen(): Promise<readonly Submission[]>;
  takeLease(submission: SubmissionRef, aheadMs: number): Promise<SubmissionLease>;
  /** False where the token is no longer the newest, or something was sent already. */
  noteSent(submission: SubmissionRef, token: string): Promise<boolean>;
  clearSent(submission: SubmissionRef, token: string): Promise<void>;
  /** Keeps the reference, deletes the texts; false where the token is no longer the newest. */
  storeSubmitted(submission: SubmissionRef, token: string, feedback: SubmittedFeedback): Promise<boolean>;
  noteCommentSent(submission: SubmissionRef, token: string): Promise<boolean>;
  finish(submission: SubmissionRef): Promise<void>;
  /** Null takes the trouble away. */
  noteTrouble(
    submission: SubmissionRef,
    trouble: { readonly reason: Reason | null; readonly until: string | null; readonly why: string } | null,
  ): Promise<void>;
}

/** One feedback that goes, or went, along with an item. */
export interface PassedOn {
  readonly feedbackId: string;
  readonly sentAt: string | null;
  /** Until when an unanswered attempt may still be applied. */
  readonly openUntil: string | null;
  /** How it ended; null while it has not. */
  readonly outcome: string | null;
}

export interface ItemFeedback {
  list(item: ItemRef, generation: number): Promise<readonly PassedOn[]>;
  noteSent(item: ItemRef, generation: number, feedbackId: string, openMs: number): Promise<void>;
  clearSent(item: ItemRef, generation: number, feedbackId: string): Promise<void>;
  noteOutcome(item: ItemRef, generation: number, feedbackId: string, outcome: string): Promise<void>;
  /** Of the items of a pipeline, in their present generation: Craft item id → ids of the feedback that is dealt with. */
  settled(pipeline: string): Promise<ReadonlyMap<string, ReadonlySet<string>>>;
}
