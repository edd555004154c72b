/** Feedback that craftsync submits to a Craft.io portal, and how a submission is found again if its answer was lost. */
import type { Reason } from './phases.js';

/** The origin of what `feedback submit` submits, in place of a dev tool's name. */
export const CLI_ORIGIN = 'cli';

/** One submission: `reference` is the dev item's id, or the key of `feedback submit`. */
export interface SubmissionRef {
  readonly portal: string;
  /** The dev tool's name, or `CLI_ORIGIN`. */
  readonly origin: string;
  readonly reference: string;
}

/** What is submitted, by Craft.io's property names; the category by name or id. */
export interface FeedbackDraft {
  readonly title: string;
  readonly description: string;
  readonly category: string | null;
  readonly submitter: string | null;
}

/** Craft.io's answer, a general reference (sources: Craft.io API). */
export interface SubmittedFeedback {
  readonly id: string;
  readonly link: string | null;
}

/** `waiting`: still to be submitted; `submitted`: its dev item has still to be told; `done`. */
export type SubmissionPhase = 'waiting' | 'submitted' | 'done';

/** A row of `feedback_submission` without its texts. */
export interface Submission extends SubmissionRef {
  readonly intake: string | null;
  /** The text after `Ref: `. */
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

/** A key is shown in the portal and looked for there, so it holds no character that a rendered text would change. */
const REF_KEY = /^[\p{L}\p{N}._:-]{1,100}$/u;

export function isRefKey(key: string): boolean {
  return REF_KEY.test(key);
}

/** The text after `Ref: `: with the dev item's key if that is plain, else with its id. */
export function refOf(origin: string, key: string | null, reference: string): string {
  return `${origin}/${key !== null && isRefKey(key) ? key : reference}`;
}

/** The last line of the description of everything that craftsync submits. */
export function refLine(ref: string): string {
  return `Ref: ${ref}`;
}
