/**
 * Reads a whole listing of Craftnote by token pagination: entries come ascending by id, and `startAfter` is the id of
 * the last one to skip (sources: Craftnote).
 *
 *  Q1. An entry that exists during the whole read is in it. Its id lies after the token of exactly one page and not
 *      after that page's last id, and the entry existed when that page was answered. Unlike with offsets, other entries
 *      that are created or deleted move none between pages; an id never changes.
 *  Q2. An entry that is created while pages are read may be missing: its id may lie before the token already.
 *  Q3. An entry is shown as it was when its page was answered, not later.
 *
 * A page that makes no progress ends the read as not whole: a server without tokens repeats its first page.
 */
import type { z } from 'zod';
import type { ReadCall } from '../port/calls.js';
import type { MalformedDevItem } from '../port/devTool.js';
import { PAGE_COUNT, problemIn } from './requests.js';

export type ReadPage = (startAfter: string | null) => Promise<readonly unknown[]>;

/** An entry that is not as documented, with the raw entry. */
export interface MalformedEntry extends MalformedDevItem {
  readonly entry: unknown;
}

export interface Listing<T> {
  readonly items: readonly T[];
  readonly malformed: readonly MalformedEntry[];
  /** How many of `items` are from the first page. */
  readonly firstPageCount: number;
  /** False: the pages did not end. */
  readonly whole: boolean;
}

/**
 * When the listing is over. As documented, a page with fewer entries than requested is the last one. A server that
 * filters entries out of a page would show a short one earlier, so where everything must be seen, only an empty page
 * ends the read.
 */
export type End = 'short-page' | 'empty-page';

/** The id of an entry that has none. */
const NO_ID = '?';

export async function readListing<T extends { readonly id: string }>(
  page: ReadPage,
  schema: z.ZodType<T>,
  end: End,
  call: ReadCall,
): Promise<Listing<T>> {
  const items = new Map<string, T>();
  const malformed: MalformedEntry[] = [];
  let firstPageCount = 0;
  let startAfter: string | null = null;
  const done = (whole: boolean) => ({ items: [...items.values()], malformed, firstPageCount, whole });
  for (;;) {
    const entries = await page(startAfter);
    for (const entry of entries) {
      const read = schema.safeParse(entry);
      if (read.success) items.set(read.data.id, read.data);
      else malformed.push({ id: idOf(entry) ?? NO_ID, problem: problemIn(read.error), entry });
    }
    if (startAfter === null) firstPageCount = items.size;
    if (entries.length === 0 || (end === 'short-page' && entries.length < PAGE_COUNT)) return done(true);
    const last = entries.reduce<string | null>((found, entry) => idOf(entry) ?? found, null);
    if (last === null || last === startAfter) return done(false);
    startAfter = last;
    call.heartbeat?.();
  }
}

function idOf(entry: unknown): string | null {
  const id: unknown = typeof entry === 'object' && entry !== null ? Reflect.get(entry, 'id') : null;
  return typeof id === 'string' && id !== '' ? id : null;
}

export function withoutEntries(malformed: readonly MalformedEntry[]): readonly MalformedDevItem[] {
  return malformed.map(({ id, problem }) => ({ id, problem }));
}
