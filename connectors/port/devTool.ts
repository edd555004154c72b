/**
 * The ports to the outside systems: what every connector promises.
 *
 * Promises that hold for every method (the conformance suite tests them):
 *  P1. One call of a method makes no retries of its own; Temporal owns retries.
 *  P2. Each HTTP request first asks `call.budget` and is made once it is granted.
 *  P3. Failures are `ToolError`s; their messages name the connection and the place, never a key, title or text.
 *  P4. A write that may have reached the server and was not clearly refused fails as `ambiguous`,
 *      with `details.notSent` false; one that certainly was not sent is `unavailable` with `notSent: true`.
 *  P5. A write first gets its budget, then calls `call.authorise()` (which takes the lease), and is not sent once the
 *      deadline that this returned has `passed()`, asked when the request is about to be written. Look-ups that a write
 *      needs are made before. What `authorise` throws passes through unchanged, and nothing is sent.
 *  P6. Reads never change anything.
 */
import type {
  CraftItem,
  CraftRestoration,
  CraftSource,
  CraftWrite,
  MalformedCraftItem,
} from '../../domain/craftItem.js';
import type { DevItem, DevItemDraft } from '../../domain/devItem.js';
import type { HandedOver } from '../../domain/link.js';
import type { IntakeSettings, PipelineSettings, ReadyRule } from '../../domain/settings.js';
import type { CraftFeedback } from './craftFeedback.js';
import type { Comments, Feedback, Hierarchy, Labels, RequiredFields, Webhooks } from './capabilities.js';

/** In order of precedence (design 5). */
export const CALL_CLASSES = ['manual', 'hand-over', 'progress', 'sweep'] as const;
export type CallClass = (typeof CALL_CLASSES)[number];

/** Grants calls to one connection. Throws `ToolError('rate-limited', …, { retryAt })` when the wait is too long to sleep. */
export interface CallBudget {
  /** Resolves when the call may go out. */
  ask(callClass: CallClass, signal?: AbortSignal): Promise<void>;
  /**
   * Nothing goes out before `retryAt`, for everybody: the tool said 429, or `because` the month's calls are spent. What
   * waits for that is told so (`details.monthSpent`).
   */
  pushBack(retryAt: Date, because?: 'month-spent'): void;
}

/** The right to send one write, ending at a moment of this process's monotonic clock (design 3). */
export interface SendDeadline {
  passed(): boolean;
}

export interface ReadCall {
  readonly callClass: CallClass;
  readonly signal?: AbortSignal;
  /** Called between the requests of a long read. */
  readonly heartbeat?: () => void;
}

export interface WriteCall extends ReadCall {
  /**
   * Takes the right to send one write, called once for each HTTP write after its budget was granted and right before it
   * is sent: waiting for budget must not use the lease up.
   */
  readonly authorise: () => Promise<SendDeadline>;
}

/** One thing that `check` found; `wrong` makes it exit 1. */
export interface Finding {
  readonly level: 'ok' | 'warning' | 'wrong';
  /** Path in the configuration, e.g. `pipelines.mobile.target.spaceId`. */
  readonly where: string;
  /** One sentence; names the bad value and the nearest existing one. */
  readonly message: string;
}

export type MarkerSearch =
  /** All dev items with exactly this marker, oldest first. */
  | { readonly answer: 'found'; readonly items: readonly DevItem[] }
  /** Everything created since `createdSince` was seen, and none carries the marker. */
  | { readonly answer: 'absent' }
  | { readonly answer: 'unknown'; readonly why: string };

export interface CreateResult {
  readonly item: DevItem;
  /** False: the answer does not show the marker that was sent; the item is `bad-answer`. */
  readonly showsMarker: boolean;
  /** What the target asks for besides the item and could not be done, in words for the log. */
  readonly warnings?: readonly string[];
}

/** An item that exists and is not in the documented shape: it waits with a reason, the others go on. */
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
}

/** What one read of a feed saw. */
export interface FeedRead {
  /** Items updated at or after `since`, any order, each at most once; null `since`: all. */
  readonly items: readonly DevItem[];
  /** True when every change since `since`, or else after `settledTo`, is in `items`. A cursor moves only then. */
  readonly complete: boolean;
  /** True when `items` are all items of the scope: their ids are then an inventory for free. */
  readonly everything: boolean;
  /** The ids of all items of the scope, wherever the read saw them all, though `items` are only those that changed. */
  readonly ids?: readonly string[];
  /** The newest `updatedAt` seen, the next cursor; null where nothing was seen. */
  readonly newest: string | null;
  /** The tool's own time, not later than when it began to answer, where its answers tell. */
  readonly toolTime?: string | null;
  /** Items in the feed that cannot be read: wake them without a snapshot, so that each says so itself. */
  readonly malformed?: readonly MalformedDevItem[];
}

/** What a dev item would be created with, in the tool's own markup. */
export interface DescribedItem {
  readonly title: string;
  /** Everything that goes into the description, the marker with it where it stands there. */
  readonly text: string;
  /** What a person should know, e.g. `the description is cut after 30,000 characters`. */
  readonly notes: readonly string[];
}

export interface DevToolConnector {
  /** The name in `devTools`. */
  readonly name: string;
  readonly type: string;

  /** The texts that `createItem` would send; pure, no call is made. */
  describe(draft: DevItemDraft): DescribedItem;

  /** Creates one dev item with one write. Look-ups of names (a status, labels) are made before the write. */
  createItem(draft: DevItemDraft, call: WriteCall): Promise<CreateResult>;

  /** Looks for a marker among everything created since `createdSince` (ISO time, one minute of slack included). */
  findByMarker(
    search: { readonly target: unknown; readonly marker: string; readonly createdSince: string },
    call: ReadCall,
  ): Promise<MarkerSearch>;

  /** Reads items by id, wherever they were moved to. */
  readItems(ids: readonly string[], call: ReadCall): Promise<DevItemsById>;

  /** Reads one item and says whether it carries the marker; null when it does not exist. */
  readMarked(id: string, marker: string, call: ReadCall): Promise<CreateResult | null>;

  /** What changed in a scope at or after an ISO time; null reads everything. */
  readFeed(
    scope: string,
    since: string | null,
    call: ReadCall,
    /**
     * Every change up to and including this time was handed on for good: where reaching back to `since` takes more than
     * the first request, the read may end here. A connector whose feed is paged by time need not look at it.
     */
    settledTo?: string | null,
  ): Promise<FeedRead>;

  /** The ids of all items of a scope: deletions are in no feed. */
  listIds(scope: string, call: ReadCall): Promise<readonly string[]>;

  /** The scope that a target creates in; a name in the target is looked up. */
  scopeOf(target: unknown, call: ReadCall): Promise<string>;

  /** Whether the connection still sees the scope: a 404 of an item is believed only then (design 3, Gone). */
  seesScope(scope: string, call: ReadCall): Promise<boolean>;

  /** Probes key, scopes, statuses and fields named by these pipelines. Never throws for what it can say as a finding. */
  check(pipelines: readonly PipelineSettings[], call: ReadCall): Promise<readonly Finding[]>;

  readonly comments?: Comments;
  readonly requiredFields?: RequiredFields;
  readonly hierarchy?: Hierarchy;
  readonly labels?: Labels;
  readonly feedback?: Feedback;
  readonly webhooks?: Webhooks;
}

export interface CraftPage {
  readonly items: readonly CraftItem[];
  readonly malformed: readonly MalformedCraftItem[];
}

export interface CraftConnector {
  /** Pages of the items that the server side of the rule matches; the caller applies the whole rule again. */
  listReady(source: CraftSource, rule: ReadyRule, call: ReadCall): AsyncIterable<CraftPage>;

  /** Pages of everything in the source. */
  listAll(source: CraftSource, call: ReadCall): AsyncIterable<CraftPage>;

  /**
   * One item by id; null when Craft.io says it does not exist.
   * Throws `unexpected-response` naming the property when the item's shape is not the documented one.
   */
  readItem(source: CraftSource, id: string, call: ReadCall): Promise<CraftItem | null>;

  /** One item by id or short id; null when there is none. */
  findItem(source: CraftSource, idOrShortId: string, call: ReadCall): Promise<CraftItem | null>;

  /**
   * One PUT. The first write of a connection is read back, and vanished custom fields are restored (design 6).
   * `not-found` when the item is gone; `invalid` names the field where Craft.io does.
   */
  writeItem(source: CraftSource, id: string, write: CraftWrite, call: WriteCall): Promise<void>;

  /**
   * How a write gives the handed-over values at these paths back, the item being as it is now; no call is made.
   * What no write can set, or only by a guess, is in `left` and must not be in the write.
   */
  toRestore(item: CraftItem, handedOver: HandedOver, paths: readonly string[]): CraftRestoration;

  /** The custom fields of the source: id and name. */
  customFields(source: CraftSource, call: ReadCall): Promise<readonly { readonly id: string; readonly name: string }[]>;

  readonly feedback: CraftFeedback;

  check(
    pipelines: readonly PipelineSettings[],
    call: ReadCall,
    intakes?: readonly IntakeSettings[],
  ): Promise<readonly Finding[]>;
}

/** What a connector must remember of its connection over restarts, e.g. that a PUT replaces all custom fields. */
export interface ConnectionMemory {
  recall(key: string): Promise<string | null>;
  remember(key: string, value: string): Promise<void>;
}
