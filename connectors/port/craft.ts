/** What Craft.io does, in the small parts that its callers ask for. The promises P1 to P6 of `calls.ts` hold. */
import type {
  CraftItem,
  CraftRestoration,
  CraftSource,
  CraftWrite,
  MalformedCraftItem,
} from '../../domain/craftItem.js';
import type { HandedOver } from '../../domain/link.js';
import type { IntakeSettings, PipelineSettings, ReadyRule } from '../../domain/settings.js';
import type { ReadCall, WriteCall } from './calls.js';
import type { CraftFeedback } from './craftFeedback.js';
import type { Finding } from './finding.js';

export interface CraftPage {
  readonly items: readonly CraftItem[];
  readonly malformed: readonly MalformedCraftItem[];
  /** Ids that the listing shows and `Narrowed` left out; absent where it cannot tell. */
  readonly leftOut?: readonly string[];
}

/** What a listing may leave out, where that saves calls. */
export interface Narrowed {
  /** ISO time by Craft.io's clock: what was updated before it. Null, or where `knowsUpdates` is false: nothing. */
  readonly updatedFrom: string | null;
  /** Other items than these. */
  readonly only: ReadonlySet<string>;
}

export interface CraftListing {
  /**
   * Pages of the items that the server side of the rule matches; the caller applies the whole rule again. Items of
   * `except` may be left out where each costs a call of its own.
   */
  listReady(
    source: CraftSource,
    rule: ReadyRule,
    call: ReadCall,
    except?: ReadonlySet<string>,
  ): AsyncIterable<CraftPage>;

  /** Pages of everything in the source, or of what `narrowed` asks for at least. */
  listAll(source: CraftSource, call: ReadCall, narrowed?: Narrowed): AsyncIterable<CraftPage>;

  /** Whether a listing of the source can be narrowed to what was updated since a time. */
  knowsUpdates(source: CraftSource): boolean;

  /** Pages of the ids of everything that the listing itself shows: nothing is read singly. */
  listIds(source: CraftSource, call: ReadCall): AsyncIterable<readonly string[]>;
}

export interface CraftReader {
  /**
   * One item by id; null when Craft.io says it does not exist.
   * Throws `unexpected-response` naming the property when the item's shape is not the documented one.
   */
  readItem(source: CraftSource, id: string, call: ReadCall): Promise<CraftItem | null>;

  /** One item by id or short id; null when there is none. */
  findItem(source: CraftSource, idOrShortId: string, call: ReadCall): Promise<CraftItem | null>;
}

/**
 * The item as it was read within `freshFor`, where nothing was written to it since; null: not known. Asked only where
 * the write depends on what the item holds, instead of one more read.
 */
export type ReadLately = () => Promise<CraftItem | null>;

export interface CraftWriter {
  /**
   * One PUT. The first write of a connection is read back, and vanished custom fields are restored (design 6).
   * `not-found` when the item is gone; `invalid` names the field where Craft.io does.
   */
  writeItem(
    source: CraftSource,
    id: string,
    write: CraftWrite,
    call: WriteCall,
    readLately?: ReadLately,
  ): Promise<void>;

  /**
   * The write that gives the handed-over values at these paths back to the item as it is now; no call is made.
   * What no write can set, or only by a guess, is in `left` and must not be in the write.
   */
  toRestore(item: CraftItem, handedOver: HandedOver, paths: readonly string[]): CraftRestoration;
}

export interface CraftConnector extends CraftListing, CraftReader, CraftWriter {
  /** The custom fields of the source: id and name. */
  customFields(source: CraftSource, call: ReadCall): Promise<readonly { readonly id: string; readonly name: string }[]>;

  readonly feedback: CraftFeedback;

  check(
    pipelines: readonly PipelineSettings[],
    call: ReadCall,
    intakes?: readonly IntakeSettings[],
  ): Promise<readonly Finding[]>;
}
