/**
 * Reads all projects page by page.
 *
 * The order of pages is not documented, and projects may be added, deleted and moved between pages while these are
 * read:
 *  K1. A single page that holds everything shows one moment and is enough.
 *  K2. Several pages add up when `total` stayed the same, no project came twice, and as many came as `total` says. A
 *      project that jumps from an unread page to one already read pushes another over the edge, which then comes twice;
 *      this goes unnoticed only where one that was read is deleted and another is added at the same time. A project
 *      missed that way was changed during the read. That is good enough for a feed whose cursor does not pass the
 *      beginning of the read (K4), and for an inventory, whose absentees are read singly.
 *  K3. For the answer `absent`, and where pages do not add up, two passes in a row must show the same ids.
 *  K4. Whatever changes after the first page was answered has a time no earlier than any on that page, so the newest
 *      time of the first page is the newest that a cursor may take. Only CraftDesk's own clock is used.
 * Whether lists show archived projects is not documented; a hidden one is found by id.
 */
import type { ReadCall } from '../port/calls.js';
import { type Entry, idOf, readEntry } from './items.js';
import type { ItemNaming } from './mapping.js';
import { listProjects, PAGE_COUNT, type Craftdesk } from './requests.js';

export interface Reading {
  readonly entries: readonly Entry[];
  /** False: the passes did not agree, and `entries` are what any of them showed. */
  readonly whole: boolean;
  /** K4; null where no time was seen. */
  readonly newest: string | null;
  /** `total` counts more than was shown. */
  readonly hidesSome: boolean;
  /** CraftDesk's own time of a first page; null where it does not say. */
  readonly serverTimeMs: number | null;
}

interface Pass {
  readonly entries: ReadonlyMap<string, Entry>;
  readonly pages: number;
  /** The `total` of each page, null where it gave none. */
  readonly totals: ReadonlySet<number | null>;
  readonly repeats: number;
  /** The last page was reached. */
  readonly ended: boolean;
  readonly newestOfFirstPage: string | null;
  readonly serverTimeMs: number | null;
}

/** One read makes at most this many passes over pages that never agree; the next read begins anew. */
const MOST_PASSES = 4;

/** Everything that the key sees. `agreed`: several pages need two passes in a row with the same ids (K3). */
export async function readAllProjects(
  cd: Craftdesk,
  naming: ItemNaming,
  proof: 'adds-up' | 'agreed',
  call: ReadCall,
): Promise<Reading> {
  const seen = new Map<string, Entry>();
  let before: Pass | null = null;
  for (let n = 1; n <= MOST_PASSES; n += 1) {
    const pass = await readPass(cd, naming, call);
    for (const [id, entry] of pass.entries) seen.set(id, entry);
    const isProven = addsUp(pass) && (pass.pages === 1 || proof === 'adds-up');
    if (isProven || (before !== null && agree(before, pass))) {
      const hidesSome = Math.max(...[...pass.totals].map(Number)) > pass.entries.size;
      const { entries, newestOfFirstPage: newest, serverTimeMs } = pass;
      return { entries: [...entries.values()], whole: true, newest, hidesSome, serverTimeMs };
    }
    before = pass;
    call.heartbeat?.();
  }
  const serverTimeMs = before?.serverTimeMs ?? null;
  return { entries: [...seen.values()], whole: false, newest: null, hidesSome: false, serverTimeMs };
}

/** K1 and K2; without a total only a single page adds up. */
function addsUp(pass: Pass): boolean {
  if (!pass.ended || pass.repeats > 0 || pass.totals.size !== 1) return false;
  const [total = null] = pass.totals;
  return total === null ? pass.pages === 1 : total === pass.entries.size;
}

function agree(a: Pass, b: Pass): boolean {
  return (
    a.ended && b.ended && a.entries.size === b.entries.size && [...a.entries.keys()].every((id) => b.entries.has(id))
  );
}

/**
 * A page that only repeats others ends the pass as unfinished, so that a server without pages cannot keep it going for
 * ever.
 */
async function readPass(cd: Craftdesk, naming: ItemNaming, call: ReadCall): Promise<Pass> {
  const entries = new Map<string, Entry>();
  const totals = new Set<number | null>();
  let repeats = 0;
  let newestOfFirstPage: string | null = null;
  let serverTimeMs: number | null = null;
  for (let pages = 1; ; pages += 1) {
    if (pages > 1) call.heartbeat?.();
    const page = await listProjects(cd, pages, call);
    totals.add(page.total);
    serverTimeMs ??= page.serverTimeMs;
    let fresh = 0;
    for (const [index, given] of page.entries.entries()) {
      const entry = readEntry(given, naming);
      const id = idOf(entry) ?? `?${pages}.${index}`;
      if (entries.has(id)) repeats += 1;
      else fresh += 1;
      entries.set(id, entry);
    }
    if (pages === 1) newestOfFirstPage = newestOf([...entries.values()]);
    const isLast = page.lastPage === null ? page.entries.length < PAGE_COUNT : pages >= page.lastPage;
    const isRepeated = fresh === 0 && page.entries.length > 0;
    const ended = isLast && !isRepeated;
    if (isLast || fresh === 0) return { entries, pages, totals, repeats, ended, newestOfFirstPage, serverTimeMs };
  }
}

function newestOf(entries: readonly Entry[]): string | null {
  const times = entries.flatMap((entry) => (entry.read === 'project' ? (entry.item.updatedAt ?? []) : []));
  return times.reduce<string | null>((a, b) => (a !== null && Date.parse(a) >= Date.parse(b) ? a : b), null);
}
