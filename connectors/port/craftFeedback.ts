/**
 * What the Craft.io connector does with feedback portals, besides reading them as a source. The promises P1 to P6 of
 * `calls.ts` hold.
 */
import type { FeedbackDraft, SubmittedFeedback } from '../../domain/feedback.js';
import type { ReadCall, WriteCall } from './calls.js';

export interface PortalEntry {
  readonly id: string;
  readonly name: string;
}

export type RefSearch =
  | { readonly answer: 'found'; readonly feedback: SubmittedFeedback }
  /** Every feedback item of the portal was seen, and none ends with the reference. */
  | { readonly answer: 'absent' }
  | { readonly answer: 'unknown'; readonly why: string };

/** Feedback that an item is linked to. */
export interface LinkedFeedback {
  readonly id: string;
  readonly title: string;
  /** Craft.io's own text. */
  readonly description: string;
  /** Who it came from: an address where Craft.io gives one. */
  readonly person: string | null;
  readonly webUrl: string | null;
}

export interface CraftFeedback {
  /** The portals of the account; throws `invalid` where `accountId` is not configured. */
  portals(call: ReadCall): Promise<readonly PortalEntry[]>;
  categories(portal: string, call: ReadCall): Promise<readonly PortalEntry[]>;
  /**
   * Submits plain feedback with one POST whose description has `ref` as its last line. The category is looked up first;
   * one that does not exist is `invalid`, naming the nearest. An answer that cannot be read is `ambiguous`.
   */
  submit(portal: string, draft: FeedbackDraft & { readonly ref: string }, call: WriteCall): Promise<SubmittedFeedback>;
  /** Looks for the feedback whose description ends with `ref`, over all pages. */
  findRef(portal: string, ref: string, call: ReadCall): Promise<RefSearch>;
  /** One feedback item; null where Craft.io says that it does not exist. */
  read(id: string, call: ReadCall): Promise<LinkedFeedback | null>;
}
