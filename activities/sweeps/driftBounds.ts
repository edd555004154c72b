/**
 * How much of Craft.io's listing a drift sweep has to read (design 3, Drift; decision 31). Pure.
 *
 *  O1. Where a listing can be narrowed by time, only what was updated since the last complete sweep is read. The time
 *      is Craft.io's own: the newest update that the sweep saw, less what the sweep took, since a page may be read
 *      before an item on it is updated, and less an overlap for updates that become visible late. A sweep that begins
 *      later than that overlap and sees nothing newer settles it: then that update need not be read again either.
 *  O2. Everything is compared at least once a day, after a change of the settings that decide what is compared, and
 *      where an item shows no time, or one that is still to come. Then items that left the listing are looked for, too.
 *  O3. Where the followed items are fewer than the pages of the listing, each of them is read singly instead: so the
 *      cost does not grow with items that are done.
 */
import type { CraftItem } from '../../domain/craftItem.js';
import type { CraftSettings, PipelineSettings } from '../../domain/settings.js';

const OVERLAP_MS = 10 * 60_000;
const WHOLE_EVERY_MS = 24 * 3_600_000;
/** Of the requested size (O3). */
const PAGE = 100;

/** What the complete sweeps of a pipeline leave for the next one. */
export interface DriftCursor {
  /** Every update before this time was compared; null: not known. */
  readonly from: string | null;
  /** The newest update seen, by Craft.io's clock, and when the sweep that saw it first had ended, by the ledger's. */
  readonly newest: string | null;
  readonly seenBy: string | null;
  /** When everything was compared last, by the ledger's clock. */
  readonly wholeAt: string;
  readonly settings: string;
  /** Pages of the last whole listing; null: none was read. */
  readonly pages: number | null;
}

export type DriftPlan =
  { readonly read: 'changed'; readonly from: string } | { readonly read: 'listing' } | { readonly read: 'singly' };

/** What one sweep has seen. */
export interface SeenItems {
  /** The newest time of change, in milliseconds. */
  newestMs: number | null;
  /** An item had none. */
  timeless: boolean;
  /** How many entries the listing showed. */
  entries: number;
}

export function noteSeen(seen: SeenItems, { updateTime }: CraftItem): void {
  const ms = Date.parse(updateTime ?? '');
  if (Number.isNaN(ms)) seen.timeless = true;
  else seen.newestMs = Math.max(ms, seen.newestMs ?? ms);
}

export function driftSettings(pipeline: PipelineSettings, craft: CraftSettings): string {
  const { source, fields, lock, progress, feedback } = pipeline;
  return JSON.stringify([source, fields, lock, progress, feedback, craft.baseUrl, craft.dialect]);
}

export function planOf(
  known: DriftCursor | null,
  of: { readonly now: Date; readonly settings: string; readonly followed: number; readonly knowsUpdates: boolean },
): DriftPlan {
  const cursor = known?.settings === of.settings ? known : null;
  const isWholeDue = cursor === null || of.now.getTime() - Date.parse(cursor.wholeAt) >= WHOLE_EVERY_MS;
  if (of.knowsUpdates && !isWholeDue && cursor.from !== null) return { read: 'changed', from: cursor.from };
  return of.followed < (cursor?.pages ?? 0) ? { read: 'singly' } : { read: 'listing' };
}

export interface EndedSweep {
  readonly plan: DriftPlan;
  readonly seen: SeenItems;
  readonly tookMs: number;
  /** By the ledger's clock. */
  readonly beganAt: Date;
  readonly settings: string;
}

export function cursorAfter(known: DriftCursor | null, sweep: EndedSweep): DriftCursor {
  const { plan, seen, beganAt, settings } = sweep;
  const before = known?.settings === settings ? known : null;
  const isWhole = plan.read !== 'changed' || before === null;
  return {
    ...updatesAfter(before, sweep),
    wholeAt: isWhole ? beganAt.toISOString() : before.wholeAt,
    settings,
    pages: plan.read === 'listing' ? Math.ceil(seen.entries / PAGE) : (before?.pages ?? null),
  };
}

type Updates = Pick<DriftCursor, 'from' | 'newest' | 'seenBy'>;
const NOT_KNOWN: Updates = { from: null, newest: null, seenBy: null };

/** O1. */
function updatesAfter(before: DriftCursor | null, { seen, tookMs, beganAt }: EndedSweep): Updates {
  const endedMs = beganAt.getTime() + tookMs;
  // A time that is still to come would hide every change until then.
  if (seen.timeless || (seen.newestMs ?? 0) > endedMs + OVERLAP_MS) return NOT_KNOWN;
  const knownMs = msOf(before?.newest);
  const newestMs = Math.max(knownMs, seen.newestMs ?? 0);
  if (newestMs === 0) return NOT_KNOWN;
  const isSettled = newestMs === knownMs && beganAt.getTime() - msOf(before?.seenBy) >= OVERLAP_MS;
  const fromMs = isSettled ? newestMs + 1 : newestMs - tookMs - OVERLAP_MS;
  return {
    from: iso(Math.max(fromMs, msOf(before?.from))),
    newest: iso(newestMs),
    seenBy: newestMs === knownMs ? (before?.seenBy ?? null) : iso(endedMs),
  };
}

function msOf(time: string | null | undefined): number {
  return time == null ? 0 : Date.parse(time);
}

function iso(ms: number): string {
  return new Date(Math.max(0, ms)).toISOString();
}

/** What an earlier release, or nobody, stored reads as none. */
export function readCursor(stored: string | null): DriftCursor | null {
  if (stored === null || stored === '') return null;
  return JSON.parse(stored) as DriftCursor;
}
