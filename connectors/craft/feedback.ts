/**
 * Feedback portals: what is in them, submitting plain feedback, and finding a submission again (sources: Craft.io API).
 *
 *  R1. The last line of a submission is the reference. A line of the text that looks like one is made harmless, so that
 *      no text can pass for a submission.
 *  R2. `absent` is answered only after the whole portal was seen: one page, or two passes over the pages that agree.
 */
import { closest } from 'fastest-levenshtein';
import type { FeedbackDraft, SubmittedFeedback } from '../../domain/feedback.js';
import { ToolError } from '../../domain/errors.js';
import { named } from '../../domain/rules/names.js';
import type { CraftFeedback, LinkedFeedback, PortalEntry, RefSearch } from '../port/craftFeedback.js';
import { readOf, type ReadCall, type WriteCall } from '../port/calls.js';
import { neutralise } from '../text/neutralise.js';
import type { CraftContext } from './context.js';
import { readPages } from './paging.js';
import {
  type Craft,
  failure,
  getFeedbackItem,
  listCategories,
  listFeedback,
  listFeedbackPortals,
  PAGE_SIZE,
  postPlainFeedback,
} from './requests.js';
import { FeedbackItem, ListedFeedback, problemOf } from './schema.js';

export function createFeedback({ craft, settings }: Pick<CraftContext, 'craft' | 'settings'>): CraftFeedback {
  return {
    async portals(call) {
      if (settings.accountId === null) {
        throw failure(craft, 'invalid', 'listing the portals of an account needs craft.accountId', true);
      }
      const portals = await listFeedbackPortals(craft, settings.accountId, call);
      return portals.map(({ id, name }) => ({ id, name: name ?? id }));
    },
    categories: (portal, call) => listCategories(craft, portal, call),
    submit: (portal, draft, call) => submit(craft, portal, draft, call),
    findRef: (portal, ref, call) => findRef(craft, portal, ref, call),
    read: (id, call) => read(craft, id, call),
  };
}

async function submit(
  craft: Craft,
  portal: string,
  draft: FeedbackDraft & { readonly ref: string },
  call: WriteCall,
): Promise<SubmittedFeedback> {
  const categoryId = draft.category === null ? null : await categoryOf(craft, portal, draft.category, call);
  const body = withoutRefs(neutralise(draft.description)).trimEnd();
  const submitted = await postPlainFeedback(
    craft,
    portal,
    {
      title: neutralise(draft.title),
      description: body === '' ? draft.ref : `${body}\n\n${draft.ref}`,
      ...(categoryId !== null && { categoryId }),
      ...(draft.submitter !== null && { submitter: draft.submitter }),
    },
    call,
  );
  return { id: submitted.id, link: submitted.link ?? null };
}

async function categoryOf(craft: Craft, portal: string, nameOrId: string, call: ReadCall): Promise<string> {
  const categories = await listCategories(craft, portal, readOf(call));
  const found = findCategory(categories, nameOrId);
  if (found !== null) return found.id;
  const why = missingCategory(categories, portal, nameOrId);
  throw failure(craft, 'invalid', `the feedback was not sent: ${why}`, true);
}

/** An id wins over a name. */
export function findCategory(categories: readonly PortalEntry[], nameOrId: string): PortalEntry | null {
  return categories.find(({ id }) => id === nameOrId) ?? named(categories, nameOrId) ?? null;
}

export function missingCategory(categories: readonly PortalEntry[], portal: string, nameOrId: string): string {
  const names = categories.map(({ name }) => name);
  const near = names.length === 0 ? '; it has none' : `; the nearest is "${closest(nameOrId, names)}"`;
  return `feedback portal ${portal} has no category "${nameOrId}"${near}`;
}

const WORD_JOINER = '\u2060';

/** R1. */
function withoutRefs(text: string): string {
  return text.replace(/\bRef(?=:)/gi, (word) => word + WORD_JOINER);
}

interface Pass {
  readonly found: SubmittedFeedback | null;
  readonly why: string | null;
  readonly ids: ReadonlySet<string>;
  readonly pages: number;
}

/** At most this many passes over the pages until two agree. */
const PASSES = 3;

async function findRef(craft: Craft, portal: string, ref: string, call: ReadCall): Promise<RefSearch> {
  let before: Pass | null = null;
  for (let count = 0; count < PASSES; count += 1) {
    const pass: Pass = await lookThrough(craft, portal, ref, call);
    if (pass.found !== null) return { answer: 'found', feedback: pass.found };
    if (pass.why !== null) return { answer: 'unknown', why: pass.why };
    if (pass.pages <= 1 || (before !== null && isSame(before.ids, pass.ids))) return { answer: 'absent' };
    before = pass;
  }
  return { answer: 'unknown', why: 'feedback comes and goes while its pages are read' };
}

function isSame(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((id) => b.has(id));
}

async function lookThrough(craft: Craft, portal: string, ref: string, call: ReadCall): Promise<Pass> {
  const ids = new Set<string>();
  let pages = 0;
  let total: number | null = null;
  let why: string | null = null;
  const readPage = async (page: number) => {
    pages += 1;
    const query = { page: String(page), limit: String(PAGE_SIZE), fields: 'all' };
    const list = await listFeedback(craft, portal, query, call);
    total = list.metadata?.totalRecords ?? total;
    return list;
  };
  for await (const entries of readPages(readPage, call)) {
    for (const entry of entries) {
      const listed = await described(craft, entry, call);
      if (listed === null) {
        why ??= 'the portal has feedback that cannot be read';
        continue;
      }
      ids.add(listed.id);
      const place = placeOf(listed.description, ref);
      if (place === 'end') return { found: { id: listed.id, link: listed.webUrl }, why: null, ids, pages };
      if (place === 'inside') why ??= `the line "${ref}" is inside feedback ${listed.id}, not at its end`;
    }
  }
  if (total !== null && ids.size < total) why ??= `only ${ids.size} of ${String(total)} feedback items were shown`;
  return { found: null, why, ids, pages };
}

/**
 * An entry with its description, which is read singly where the listing leaves it out; null where it cannot be known. A
 * description is optional: one that a single read leaves out does not exist, so a portal with such feedback can still
 * be seen as a whole (R2).
 */
async function described(
  craft: Craft,
  entry: unknown,
  call: ReadCall,
): Promise<{ readonly id: string; readonly description: string; readonly webUrl: string | null } | null> {
  const listed = ListedFeedback.safeParse(entry);
  if (!listed.success) return null;
  const { id, description, webUrl } = listed.data;
  if (description !== undefined) return { id, description: description ?? '', webUrl: webUrl ?? null };
  const single = ListedFeedback.safeParse(await orNull(getFeedbackItem(craft, id, call)));
  if (!single.success || single.data.id !== id) return null;
  return { id, description: single.data.description ?? '', webUrl: single.data.webUrl ?? null };
}

async function orNull(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ToolError && error.kind === 'not-found') return null;
    throw error;
  }
}

/** Removes what an editor may put after the last line: blanks and ends of paragraphs. */
function withoutTrailing(text: string): string {
  let rest = text.trimEnd();
  for (;;) {
    const tag = rest.endsWith('>') ? rest.lastIndexOf('<') : -1;
    const shorter = tag !== -1 ? rest.slice(0, tag) : rest.replace(/&nbsp;$/, '');
    if (shorter.length === rest.length) return rest;
    rest = shorter.trimEnd();
  }
}

/** Where in a description a reference is. Whether Craft.io keeps lines or turns them into HTML is not documented. */
export function placeOf(description: string, ref: string): 'end' | 'inside' | 'nowhere' {
  const text = withoutTrailing(description);
  for (let at = text.indexOf(ref); at !== -1; at = text.indexOf(ref, at + 1)) {
    const before = text.charAt(at - 1);
    const after = text.charAt(at + ref.length);
    if (!/^[\s>]?$/.test(before)) continue;
    if (after === '') return 'end';
    if (/[\s<&]/.test(after)) return 'inside';
  }
  return 'nowhere';
}

async function read(craft: Craft, id: string, call: ReadCall): Promise<LinkedFeedback | null> {
  const answer = await orNull(getFeedbackItem(craft, id, call));
  if (answer === null) return null;
  const item = FeedbackItem.safeParse(answer);
  if (!item.success) {
    const message = `GET /feedback_item/{id} answered ${id} not as documented: ${problemOf(item.error)}`;
    throw failure(craft, 'unexpected-response', message);
  }
  const { shortId, description, webUrl, owner, createdBy } = item.data;
  // The comment or feedback that it becomes in a dev tool needs a title.
  const title = item.data.title.trim() === '' ? (shortId ?? item.data.id) : item.data.title;
  const person = owner?.email ?? createdBy?.email ?? owner?.name ?? createdBy?.name ?? null;
  return { id: item.data.id, title, description: description ?? '', person, webUrl: webUrl ?? null };
}
