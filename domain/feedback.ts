/** Feedback that craftsync submits to a Craft.io portal, and how a submission whose answer was lost is found again. */
import type { Reason } from './phases.js';

/** The origin of what `feedback submit` submits, in the place of a dev tool's name. */
export const CLI_ORIGIN = 'cli';

/** One submission: `reference` is the dev item's id, or the key of `feedback submit`. */
export interface SubmissionRef {
  readonly portal: string;
  /** The dev tool's name, or `CLI_ORIGIN`. */
  readonly origin: string;
  readonly reference: string;
}

/** What is submitted, in Craft.io's properties; a category by name or id. */
export interface FeedbackDraft {
  readonly title: string;
  readonly description: string;
  readonly category: string | null;
  readonly submitter: string | null;
}

/** The general reference that Craft.io answers with. */
export interface SubmittedFeedback {
  readonly id: string;
  readonly link: string | null;
}

/** `waiting` to be submitted; `submitted`, and its dev item is still to be told; `done`. */
export type SubmissionPhase = 'waiting' | 'submitted' | 'done';

/** A row of `feedback_submission` without its texts. */
export interface Submission extends SubmissionRef {
  readonly intake: string | null;
  /** What stands after `Ref: `. */
  readonly ref: string;
  readonly devItemKey: string | null;
  readonly devItemUrl: string | null;
  readonly devScope: string | null;
  readonly phase: SubmissionPhase;
  readonly blockedBy: Reason | null;
  readonly blockedUntil: string | null;
  readonly lastError: string | null;
  readonly claimToken: string | null;
  readonly sendBefore: string | null;
  readonly sentAt: string | null;
  readonly commentSentAt: string | null;
  readonly feedback: SubmittedFeedback | null;
  readonly updatedAt: string;
}

/** A key is shown in the portal and looked for there: it holds nothing that a text would change. */
const REF_KEY = /^[\p{L}\p{N}._:-]{1,100}$/u;

export function isRefKey(key: string): boolean {
  return REF_KEY.test(key);
}

/** What stands after `Ref: `: by the dev item's key where it has a plain one, else by its id. */
export function refOf(origin: string, key: string | null, reference: string): string {
  return `${origin}/${key !== null && isRefKey(key) ? key : reference}`;
}

/** The last line of the description of everything that craftsync submits. */
export function refLine(ref: string): string {
  return `Ref: ${ref}`;
}
