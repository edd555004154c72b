/**
 * What every dev tool does: create items and find them again, read them, tell what changed. What only some tools can do
 * is in `capabilities.ts`. The promises P1 to P6 of `calls.ts` hold for each method.
 */
import type { DevItem, DevItemDraft } from '../../domain/devItem.js';
import type { PipelineSettings } from '../../domain/settings.js';
import type { ReadCall, WriteCall } from './calls.js';
import type { Comments, Feedback, Hierarchy, Labels, RequiredFields, Webhooks } from './capabilities.js';
import type { Finding } from './finding.js';

export type MarkerSearch =
  /** All dev items with exactly this marker, oldest first. */
  | { readonly answer: 'found'; readonly items: readonly DevItem[] }
  /** Everything created since `createdSince` was seen, and none carries the marker. */
  | { readonly answer: 'absent' }
  | { readonly answer: 'unknown'; readonly why: string };

/** A dev item and a marker on it. */
export interface MarkedItem {
  readonly marker: string;
  readonly item: DevItem;
}

export type MarkerListing =
  /** All that were created since, oldest first. */
  | { readonly answer: 'listed'; readonly marked: readonly MarkedItem[] }
  | { readonly answer: 'unknown'; readonly why: string };

export interface CreateResult {
  readonly item: DevItem;
  /** False: the answer does not show the marker that was sent; the item is `bad-answer`. */
  readonly showsMarker: boolean;
  /** Requests of the target besides the item that could not be fulfilled, in words for the log. */
  readonly warnings?: readonly string[];
}

/** An item that exists but is not in the documented shape: it waits with a reason, and the others go on. */
export interface MalformedDevItem {
  readonly id: string;
  /** Names the property, never its value. */
  readonly problem: string;
}

export interface DevItemsById {
  readonly found: readonly DevItem[];
  /** Ids that the tool says do not exist. */
  readonly missing: readonly string[];
  /** Neither found nor missing; where a single id was asked for, `unexpected-response` is thrown instead. */
  readonly malformed?: readonly MalformedDevItem[];
  /**
   * Ids that the key may not read, although it may read others; where a single id was asked for, `forbidden` of that id
   * (`isRefusedById`) is thrown instead.
   */
  readonly refused?: readonly string[];
}

/** What one read of a feed saw. */
export interface FeedRead {
  /** Items updated at or after `since`, any order, each at most once; null `since`: all. */
  readonly items: readonly DevItem[];
  /**
   * True if no change since `since` is missing from `items` or, where the tool cannot show that much, none after
   * `settledTo`. A cursor moves only then.
   */
  readonly complete: boolean;
  /** True when `items` are all items of the scope; their ids then serve as an inventory. */
  readonly everything: boolean;
  /** The ids of all items of the scope, where the read saw them all although `items` holds only those that changed. */
  readonly ids?: readonly string[];
  /** The newest `updatedAt` seen, the next cursor; null where nothing was seen. */
  readonly newest: string | null;
  /** The tool's own time, no later than when it began to answer, where its answers show it. */
  readonly toolTime?: string | null;
  /** Items in the feed that cannot be read: their runs are woken without a snapshot, so that each reports it itself. */
  readonly malformed?: readonly MalformedDevItem[];
}

/** What a dev item would be created with, in the tool's own markup. */
export interface DescribedItem {
  readonly title: string;
  /** Everything that goes into the description, including the marker where that is its place. */
  readonly text: string;
  /** What a person should know, e.g. `the description is cut after 30,000 characters`. */
  readonly notes: readonly string[];
}

/** Creates dev items, each at most once. */
export interface DevItemCreator {
  /** The texts that `createItem` would send; pure, no call is made. */
  describe(draft: DevItemDraft): DescribedItem;

  /** Creates one dev item with one write. Look-ups of names (a status, labels) are made before the write. */
  createItem(draft: DevItemDraft, call: WriteCall): Promise<CreateResult>;

  /**
   * Looks for a marker among everything created since `createdSince` (ISO time by this process's clock, one minute of
   * slack included; the connector knows how far the tool's clock is from it).
   */
  findByMarker(
    search: { readonly target: unknown; readonly marker: string; readonly createdSince: string },
    call: ReadCall,
  ): Promise<MarkerSearch>;

  /**
   * Every dev item with a marker that begins with `start`, where `findByMarker` would look for it. `createdSince` null:
   * however old it is; where no such item is in the target itself, other places need not be looked at then.
   */
  listMarked(
    search: { readonly target: unknown; readonly start: string; readonly createdSince: string | null },
    call: ReadCall,
  ): Promise<MarkerListing>;
}

/** Reads dev items by id. */
export interface DevItemReader {
  /** Reads items by id, wherever they were moved to. */
  readItems(ids: readonly string[], call: ReadCall): Promise<DevItemsById>;

  /** Reads one item and says whether it carries the marker; null when it does not exist. */
  readMarked(id: string, marker: string, call: ReadCall): Promise<CreateResult | null>;
}

/** Tells what changed in a scope (a space, a project, a list), and what is in it. */
export interface DevItemFeeds {
  /** What changed in a scope at or after an ISO time; null reads everything. */
  readFeed(
    scope: string,
    since: string | null,
    call: ReadCall,
    /**
     * Every change up to and including this time has been delivered for good. Where reaching back to `since` takes more
     * than the first request, the read may end here. A connector whose feed is paged by time need not look at it.
     */
    settledTo?: string | null,
  ): Promise<FeedRead>;

  /** The ids of all items of a scope: deletions are in no feed. */
  listIds(scope: string, call: ReadCall): Promise<readonly string[]>;

  /** The scope that a target creates in; a name in the target is looked up. */
  scopeOf(target: unknown, call: ReadCall): Promise<string>;

  /** Whether the connection still sees the scope: a 404 of an item is believed only then (design 3, Gone). */
  seesScope(scope: string, call: ReadCall): Promise<boolean>;
}

export interface DevToolConnector extends DevItemCreator, DevItemReader, DevItemFeeds {
  /** The name in `devTools`. */
  readonly name: string;
  readonly type: string;

  /**
   * Probes key, scopes, statuses and fields named by these pipelines. Never throws for what it can say as a finding.
   */
  check(pipelines: readonly PipelineSettings[], call: ReadCall): Promise<readonly Finding[]>;

  readonly comments?: Comments;
  readonly requiredFields?: RequiredFields;
  readonly hierarchy?: Hierarchy;
  readonly labels?: Labels;
  readonly feedback?: Feedback;
  readonly webhooks?: Webhooks;
}
