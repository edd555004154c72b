/**
 * Walks through lists of issues so that none can slip between two pages.
 *
 * Redmine pages by offset: when an issue is deleted while pages are read (or changed, in an order by time), all that
 * follow shift, and one of them falls between two pages. So no offset is used:
 *  B1. By id: the next page begins after the last id seen (`issue_id=>=`). New issues come at the end.
 *  B2. By update time: the next page begins at the last time seen. Times have seconds, and `>=T` also gives what is
 *      later than T − 1 s (Redmine compares `> T − 1 s`; databases may keep parts of a second that the API does not
 *      show). Where one page is full of a single second, that second is read by id with the one after it, and the walk
 *      goes on after it.
 *  B3. What changes while it is read comes again, later: the newer state replaces the older one.
 */
import type { ReadCall } from '../port/calls.js';
import type { MalformedDevItem } from '../port/devTool.js';
import { listIssues, PAGE, problemIn, type Redmine } from './requests.js';
import { Issue } from './schema.js';

/** An issue that is not as documented, with its text, which may hold a marker. */
export interface MalformedIssue extends MalformedDevItem {
  /** The whole entry as text. */
  readonly text: string;
}

export interface Entries {
  readonly issues: readonly Issue[];
  readonly malformed: readonly MalformedIssue[];
}

export interface Walk extends Entries {
  /** False: the pages did not end. */
  readonly whole: boolean;
}

type Filters = Readonly<Record<string, string>>;

/** The id of an entry that has none. */
const NO_ID = '?';

export function readEntry(entry: unknown): { readonly issue: Issue } | { readonly malformed: MalformedIssue } {
  const read = Issue.safeParse(entry);
  if (read.success) return { issue: read.data };
  const id: unknown = typeof entry === 'object' && entry !== null ? Reflect.get(entry, 'id') : null;
  const named = typeof id === 'number' || typeof id === 'string' ? String(id) : NO_ID;
  return { malformed: { id: named, problem: problemIn(read.error), text: JSON.stringify(entry) } };
}

class Seen {
  private readonly issues = new Map<number, Issue>();
  private readonly malformed = new Map<string, MalformedIssue>();

  get size(): number {
    return this.issues.size + this.malformed.size;
  }

  /** The issues of a page in its order. */
  add(entries: readonly unknown[]): readonly Issue[] {
    const page: Issue[] = [];
    for (const entry of entries) {
      const read = readEntry(entry);
      if ('malformed' in read) this.malformed.set(read.malformed.id, read.malformed);
      else {
        page.push(read.issue);
        this.issues.set(read.issue.id, read.issue); // B3
        this.malformed.delete(String(read.issue.id));
      }
    }
    return page;
  }

  walk(whole: boolean): Walk {
    return { issues: [...this.issues.values()], malformed: [...this.malformed.values()], whole };
  }
}

/** B1: every issue that the filters let through, in the order of ids. */
export async function walkById(redmine: Redmine, filters: Filters, call: ReadCall): Promise<Walk> {
  const seen = new Seen();
  return seen.walk(await walkIds(redmine, filters, seen, call));
}

async function walkIds(redmine: Redmine, filters: Filters, seen: Seen, call: ReadCall): Promise<boolean> {
  let from = 1;
  for (;;) {
    const entries = await listIssues(redmine, { ...filters, issue_id: `>=${from}`, sort: 'id:asc' }, call);
    const last = lastId(entries);
    seen.add(entries);
    if (entries.length < PAGE) return true;
    if (last < from) return false;
    from = last + 1;
    call.heartbeat?.();
  }
}

/** The highest id of a page; malformed entries count where they have one. */
function lastId(entries: readonly unknown[]): number {
  const ids = entries.map((entry) =>
    typeof entry === 'object' && entry !== null ? Number(Reflect.get(entry, 'id')) : 0,
  );
  return Math.max(0, ...ids.filter((id) => Number.isSafeInteger(id)));
}

/** B2: every issue updated at or after a time, and perhaps some of the second before. */
export async function walkByUpdate(redmine: Redmine, filters: Filters, sinceMs: number, call: ReadCall): Promise<Walk> {
  const seen = new Seen();
  let atMs = Math.floor(sinceMs / SECOND_MS) * SECOND_MS;
  for (;;) {
    const from = { updated_on: `>=${timeOf(atMs)}`, sort: 'updated_on:asc,id:asc' };
    const entries = await listIssues(redmine, { ...filters, ...from }, call);
    const page = seen.add(entries);
    if (entries.length < PAGE) return seen.walk(true);
    call.heartbeat?.();
    const last = Math.max(...page.map((issue) => Date.parse(issue.updated_on)));
    if (last > atMs) {
      atMs = last;
      continue;
    }
    if (page.length === 0) return seen.walk(false);
    const second = { ...filters, updated_on: `><${timeOf(atMs)}|${timeOf(atMs + SECOND_MS)}` };
    if (!(await walkIds(redmine, second, seen, call))) return seen.walk(false);
    // The second after it was read as well; the next request begins right after that.
    atMs += 2 * SECOND_MS;
  }
}

const SECOND_MS = 1_000;

/** As Redmine takes times: to the second, UTC. */
export function timeOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
