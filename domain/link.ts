/** A row of `item_link`, and the part of it that is shown (design 7, Tables). */
import type { DevItemSnapshot } from './devItem.js';
import type { CraftFieldInput } from './craftItem.js';
import type { ItemRef } from './ids.js';
import type { Phase, Reason } from './phases.js';

/** What the hand-over read from Craft.io and wrote there: drift is a difference from it (design 3, step 3). */
export interface HandedOver {
  /** Path as in `fields` (`title`, `customFields.team`) → the value that Craft.io had. */
  readonly values: Readonly<Record<string, string | null>>;
  readonly lockField: string | null;
  readonly lockStatus: string | null;
  /**
   * What a write would set at those paths (a property, a custom field), as Craft.io's own JSON, for values that are not
   * text: a number, a list, `{ id, name }`. For `onDrift: revert`. Absent if there are none, and in rows of older
   * releases.
   */
  readonly raw?: Readonly<Record<string, unknown>>;
  /** How often differences were accepted with a comment (`onDrift: forward`); absent: never. */
  readonly forwards?: number;
}

/** A write to Craft.io whose answer was lost: what it contained, and until when it may still be applied. */
export interface UnansweredWrite {
  readonly customFields: Readonly<Record<string, CraftFieldInput>>;
  readonly status: string | null;
  /** More than one was sent: even if the values are there, another write may still be applied. */
  readonly several?: boolean;
  /** ISO time, by the database's clock. */
  readonly until: string;
}

/** A row of `item_link`, with its internal companion `item_detail`. Times are ISO strings. */
export interface ItemLink extends ItemRef {
  readonly craftShortId: string | null;
  readonly devTool: string;
  readonly devItemId: string | null;
  readonly devItemKey: string | null;
  readonly devItemUrl: string | null;
  readonly devScope: string | null;
  /** The tool's own word, as last read. */
  readonly devStatus: string | null;
  readonly generation: number;
  readonly phase: Phase;
  readonly blockedBy: Reason | null;
  readonly blockedUntil: string | null;
  readonly lastError: string | null;
  readonly drift: boolean;
  readonly duplicate: boolean;
  readonly claimToken: string | null;
  readonly claimedAt: string | null;
  readonly sendBefore: string | null;
  readonly sentAt: string | null;
  readonly linkedAt: string | null;
  readonly lockedAt: string | null;
  readonly handedOver: HandedOver | null;
  readonly fingerprint: string | null;
  /** Everything last pushed to Craft.io, the mapped progress included, by configured field name. */
  readonly lastProgress: Readonly<Record<string, string>> | null;
  /** The dev item's `updatedAt` of the newest state that was pushed. */
  readonly devUpdatedAt: string | null;
  readonly dismissedDevItems: readonly string[];
  readonly wokenAt: string | null;
  readonly updatedAt: string;

  // item_detail: internal
  readonly craftUrl: string | null;
  readonly driftFields: readonly string[];
  readonly duplicateDevItems: readonly string[];
  readonly unanswered: UnansweredWrite | null;
  /** Creates in a row that ended without a certain answer. */
  readonly uncertainCreates: number;
  /** Searches in a row for a lost create that could not say whether it was applied. */
  readonly unknownSearches: number;
  /** The phase to go back to on `resume`. */
  readonly pausedFrom: Phase | null;
  /** ISO time at which the dev item was found to be closed and that was pushed. */
  readonly settlingSince: string | null;
  /** The Craft item's parent, as last read before the create. */
  readonly parentCraftItemId: string | null;
  /** The pipeline's target at the create, as its connector parsed it; null before the create and after a `relink`. */
  readonly sentTarget: unknown;
  /** ISO time at which a write for this item was refused with 403; null once one has been accepted. */
  readonly writeRefusedAt: string | null;
  /**
   * The facts about the dev item that the run was told last, as one word; null once they were pushed, and a day later,
   * so that nothing stays untold for ever.
   */
  readonly told: string | null;
  /** How often the state of a dev item was pushed: what was pushed since the row was read shows in it. */
  readonly pushes: number;
  /** Fingerprint of the Craft item and the settings that the last check before the hand-over saw. */
  readonly checked: string | null;
  /** ISO time of the first read by id that did not find the dev item; null while it is found (design 3, Gone). */
  readonly missingSince: string | null;
  /** The same for the Craft item. */
  readonly craftMissingSince: string | null;
}

/** `sentAt` of a create that is known by its dev item alone. */
export const SENT_AT_UNKNOWN = '2000-01-01T00:00:00.000Z';

/** The object of `status --json` and of the query `status` (design 7). */
export interface ItemStatus {
  readonly pipeline: string;
  readonly craftItemId: string;
  readonly shortId: string | null;
  readonly phase: Phase;
  readonly blockedBy: Reason | null;
  readonly blockedUntil: string | null;
  readonly devTool: string;
  readonly devItem: { readonly id: string; readonly key: string | null; readonly url: string | null } | null;
  /** The mapped progress last pushed to Craft.io. */
  readonly progress: string | null;
  readonly drift: boolean;
  readonly duplicate: boolean;
  readonly lastError: string | null;
  readonly workflowId: string;
  readonly updatedAt: string;
}

/** What `statusOf` and `progressOf` go by. */
export type ShownLink = Pick<
  ItemLink,
  | 'pipeline'
  | 'craftItemId'
  | 'craftShortId'
  | 'phase'
  | 'blockedBy'
  | 'blockedUntil'
  | 'devTool'
  | 'devItemId'
  | 'devItemKey'
  | 'devItemUrl'
  | 'devStatus'
  | 'lastProgress'
  | 'drift'
  | 'duplicate'
  | 'lastError'
  | 'updatedAt'
>;

/** A linked row's dev item as the ledger knows it, so that a changed mapping needs no call to the tool. */
export function knownSnapshot(link: ItemLink): DevItemSnapshot {
  return {
    id: link.devItemId ?? '',
    key: link.devItemKey,
    url: link.devItemUrl,
    status: link.devStatus ?? '',
    updatedAt: link.devUpdatedAt,
    ...(link.devScope !== null && { scope: link.devScope }),
    fromLedger: true,
  };
}
