/**
 * What only some dev tools can do: optional objects of `DevToolConnector`, never optional methods. The promises P1 to
 * P6 of `calls.ts` hold here too, and the conformance suite tests each docstring for every tool with the capability.
 */
import type { DevItemRef } from '../../domain/devItem.js';
import type { ReadCall, WriteCall } from './calls.js';

export type CommentMarkerSearch = 'found' | 'absent' | 'unknown';

/** Capability: comments on dev items. Each is a create and carries its marker (design 3). */
export interface Comments {
  /**
   * Posts one comment: `text` is Markdown that may quote Craft.io, so the connector neutralises it; the comment ends
   * with exactly `marker`.
   */
  post(
    devItem: { id: string; scope: string | null },
    comment: { readonly text: string; readonly marker: string },
    call: WriteCall,
  ): Promise<void>;
  /** Whether a comment containing `commentMarker` exists; `unknown` where the tool cannot list all comments. */
  find(
    devItem: { id: string; scope: string | null },
    commentMarker: string,
    call: ReadCall,
  ): Promise<CommentMarkerSearch>;
}

/** One thing that must have a value. */
export interface RequiredField {
  readonly name: string;
  readonly why: string;
  /** Other names that `fields` may use for it. */
  readonly otherNames?: readonly string[];
}

/** Capability: what the tool requires of a new item. */
export interface RequiredFields {
  /**
   * Everything that must have a value, by the names on the left of `fields`; `why` in words: "required by the tracker
   * Bug".
   */
  list(target: unknown, call: ReadCall): Promise<readonly RequiredField[]>;
}

/** Capability: a dev item can be created under another (design 4, Hierarchy). */
export interface Hierarchy {
  /**
   * Whether an item of `target` can be created under `parent`. Asked before the create: where accepted, the create
   * carries the parent as `draft.parent`; else `why` goes to the log and the parent's link into the description.
   */
  accepts(
    target: unknown,
    parent: DevItemRef,
    call: ReadCall,
  ): Promise<{ readonly accepted: true } | { readonly accepted: false; readonly why: string }>;
}

/** A dev item that `labels` found, with the texts that an intake submits. */
export interface LabelledItem extends DevItemRef {
  readonly title: string;
  /** Markdown. */
  readonly description: string;
}

/** Capability: labels on dev items; an `intake` finds its items by them. */
export interface Labels {
  /**
   * Every item that carries the label (by name or id), in all scopes that the key sees, archived ones included. A label
   * that exists nowhere is `invalid`, naming the nearest: a typo must not look like a label without items.
   */
  items(label: string, call: ReadCall): Promise<readonly LabelledItem[]>;
}

/**
 * Capability: customers' feedback as entries of their own, linked with a dev item. Each is a create and carries its
 * marker.
 */
export interface Feedback {
  /** `text` is Craft.io's own; the contents end with exactly `marker`. */
  submit(
    devItem: DevItemRef,
    feedback: {
      readonly title: string;
      readonly text: string;
      readonly person: string | null;
      readonly marker: string;
    },
    call: WriteCall,
  ): Promise<void>;
  /** Whether feedback with this marker exists; `unknown` where the tool cannot list all feedback. */
  find(devItem: DevItemRef, marker: string, call: ReadCall): Promise<'found' | 'absent' | 'unknown'>;
}

/** One POST that reached the listener. */
export interface WebhookDelivery {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** As it came over the wire: signatures are over these bytes. */
  readonly body: Uint8Array;
  readonly receivedAt: Date;
}

export type WebhookVerdict =
  | {
      readonly verdict: 'accepted';
      /** The same for each repetition of one delivery: the tool's id of it, or a hash of the body where it has none. */
      readonly deliveryId: string;
      /**
       * Dev items to look at. Empty: nothing that is followed changed. Null: something changed, and the feeds tell
       * what.
       */
      readonly devItemIds: readonly string[] | null;
    }
  | {
      readonly verdict: 'refused';
      readonly because: 'signature' | 'time' | 'malformed';
      /** In words, for the log; never the secret, a signature or the body. */
      readonly why: string;
    };

/** The tool's API for its webhooks: `apply` registers, `detach` removes. */
export interface WebhookRegistration {
  /**
   * Makes the tool post to `url` with the secret; what is registered already for this URL is kept or corrected. Returns
   * what was changed, in words.
   */
  register(webhook: { readonly url: string; readonly secret: string }, call: WriteCall): Promise<readonly string[]>;
  /** Removes what is registered for this URL. Returns what was changed, in words. */
  remove(url: string, call: WriteCall): Promise<readonly string[]>;
}

/** Capability: the tool calls when something changed. A webhook is only a hint to read again (design 4, Inbox). */
export interface Webhooks {
  /** Pure, in constant time where secrets are compared; never throws. */
  verify(delivery: WebhookDelivery, secret: string): WebhookVerdict;
  readonly registration: WebhookRegistration | null;
}
