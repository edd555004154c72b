/**
 * Looks for markers, and for what changed.
 *
 * `absent` is answered only when all of these hold:
 *  A1. the key is accepted, before and after the search, and may list the issues of the target's project;
 *  A2. every issue created since then by Redmine's clock was read, in all projects that the key sees, with its marker
 *      field and its description. Filtering by the field would not do: Redmine ignores a filter that it does not have;
 *  A3. none of them could be the issue sought without showing the marker: one that cannot be read, or one created by
 *      the key's user that has no place for it (a tracker without the field, an empty description).
 */
import type { ReadCall } from '../port/calls.js';
import type { FeedRead, MarkerListing, MarkerSearch } from '../port/devTool.js';
import type { RedmineContext } from './context.js';
import { carriesMarker, markersOf, toDevItem } from './mapping.js';
import { type Entries, readEntry, timeOf, type Walk, walkById, walkByUpdate } from './paging.js';
import { currentUser, failure, listIssues, type Redmine } from './requests.js';
import { inProject, ofProject, projectIdOf, seesProject } from './visibility.js';
import type { Issue } from './schema.js';
import type { RedmineTarget } from './target.js';

export interface Sought {
  readonly target: RedmineTarget;
  readonly marker: string;
  readonly createdSince: string;
}

export async function searchMarker(context: RedmineContext, sought: Sought, call: ReadCall): Promise<MarkerSearch> {
  const { redmine, naming } = context;
  const { user, serverTimeMs } = await currentUser(redmine, call);
  const byField = await searchField(redmine, sought, call);
  call.heartbeat?.();
  const behindMs = serverTimeMs === null ? 0 : Math.max(0, context.now() - serverTimeMs);
  const sinceMs = Date.parse(sought.createdSince) - behindMs;
  const created = await walkById(redmine, { created_on: `>=${timeOf(sinceMs)}` }, call);
  const found = new Map(
    [...byField, ...created.issues]
      .filter((issue) => carriesMarker(issue, sought.marker))
      .map((issue) => [issue.id, issue]),
  );
  if (found.size > 0) {
    return { answer: 'found', items: oldestFirst([...found.values()]).map((issue) => toDevItem(issue, naming)) };
  }
  const why = doubts(created, sought, user.id) ?? (await blindness(context, sought.target, call));
  return why === null ? { answer: 'absent' } : { answer: 'unknown', why };
}

/**
 * Each marker that begins with `start`. However old, only the issues of the target's project are read, unless one of
 * them is marked; and an issue without room for a marker is no doubt then: no item with such a create was locked.
 */
export async function listMarked(
  context: RedmineContext,
  sought: { readonly target: RedmineTarget; readonly start: string; readonly createdSince: string | null },
  call: ReadCall,
): Promise<MarkerListing> {
  const { redmine, naming } = context;
  const { target, start, createdSince } = sought;
  const { user, serverTimeMs } = await currentUser(redmine, call);
  const projectId = await projectIdOf(redmine, target.projectId, call);
  const isMarked = (issue: Issue) => markersOf(issue, start).length > 0;
  const behindMs = serverTimeMs === null ? 0 : Math.max(0, context.now() - serverTimeMs);
  const since = createdSince === null ? {} : { created_on: `>=${timeOf(Date.parse(createdSince) - behindMs)}` };
  let walk: Walk | null = null;
  if (createdSince === null) {
    walk = await inProject(redmine, projectId, call, () => walkById(redmine, ofProject(projectId), call));
    if (walk.issues.some(isMarked)) walk = null;
  }
  walk ??= await walkById(redmine, since, call);
  const why =
    doubts(walk, { target, marker: start }, createdSince === null ? null : user.id) ??
    (await blindness(context, target, call));
  if (why !== null) return { answer: 'unknown', why };
  const marked = oldestFirst(walk.issues.filter(isMarked)).flatMap((issue) =>
    markersOf(issue, start).map((marker) => ({ marker, item: toDevItem(issue, naming) })),
  );
  return { answer: 'listed', marked };
}

/** Finds older issues at once where the field is a filter; the answer alone does not show whether it is one. */
async function searchField(redmine: Redmine, { target, marker }: Sought, call: ReadCall): Promise<readonly Issue[]> {
  if (target.markerField === undefined) return [];
  const entries = await listIssues(redmine, { [`cf_${target.markerField}`]: marker, sort: 'id:asc' }, call);
  return entries.flatMap((entry) => {
    const read = readEntry(entry);
    return 'issue' in read ? read.issue : [];
  });
}

/** A2 and A3; `userId` null: issues without room for a marker are passed over. */
function doubts(
  created: Walk,
  { target, marker }: Pick<Sought, 'target' | 'marker'>,
  userId: number | null,
): string | null {
  if (!created.whole) return 'the pages of the issues created since do not come to an end';
  const place = target.markerField === undefined ? '"description":"' : '"custom_fields":[';
  const illegible = created.malformed.find(({ text }) => !text.includes(place) || text.includes(marker));
  if (illegible !== undefined)
    return `the issue ${illegible.id} was created since and cannot be read (${illegible.problem})`;
  const mute = created.issues.find(
    (issue) => userId !== null && issue.author?.id === userId && hasNowhereToShow(issue, target),
  );
  if (mute === undefined) return null;
  const where = target.markerField === undefined ? 'a description' : `the custom field ${target.markerField}`;
  return `the issue #${mute.id} was created since by this key's user and has no room for a marker: its tracker or project lacks ${where}`;
}

function hasNowhereToShow(issue: Issue, { markerField }: RedmineTarget): boolean {
  if (markerField === undefined) return (issue.description ?? '') === '';
  return !issue.custom_fields.some(({ id }) => id === Number(markerField));
}

/** A1, at the end. */
async function blindness({ redmine }: RedmineContext, target: RedmineTarget, call: ReadCall): Promise<string | null> {
  const projectId = await projectIdOf(redmine, target.projectId, call);
  const sees = await seesProject(redmine, projectId, call);
  return sees ? null : `the key may not list the issues of the project ${target.projectId}`;
}

function oldestFirst(issues: readonly Issue[]): readonly Issue[] {
  return [...issues].sort((a, b) => Date.parse(a.created_on) - Date.parse(b.created_on) || a.id - b.id);
}

export async function readChanges(
  { redmine, naming }: RedmineContext,
  projectId: string,
  since: string | null,
  call: ReadCall,
): Promise<FeedRead> {
  const sinceMs = since === null ? 0 : Math.floor(Date.parse(since) / 1_000) * 1_000;
  const walk = await inProject(redmine, projectId, call, () =>
    walkByUpdate(redmine, ofProject(projectId), sinceMs, call),
  );
  const changed = walk.issues.filter((issue) => Date.parse(issue.updated_on) >= sinceMs);
  const items = changed.map((issue) => toDevItem(issue, naming));
  const malformed = walk.malformed.map(({ id, problem }) => ({ id, problem }));
  const isAll = since === null && walk.whole;
  return {
    items,
    complete: walk.whole,
    everything: isAll && malformed.length === 0,
    newest: newestOf(walk.issues),
    ...(isAll ? { ids: idsOf(walk) } : {}),
    ...(malformed.length === 0 ? {} : { malformed }),
  };
}

function newestOf(issues: readonly Issue[]): string | null {
  const times = issues.map((issue) => issue.updated_on);
  return times.reduce<string | null>((a, b) => (a !== null && Date.parse(a) >= Date.parse(b) ? a : b), null);
}

function idsOf({ issues, malformed }: Entries): readonly string[] {
  return [...issues.map(({ id }) => String(id)), ...malformed.map(({ id }) => id)];
}

export async function issueIds(redmine: Redmine, projectId: string, call: ReadCall): Promise<readonly string[]> {
  const walk = await inProject(redmine, projectId, call, () => walkById(redmine, ofProject(projectId), call));
  if (walk.whole) return idsOf(walk);
  throw failure(redmine, 'unexpected-response', 'GET /issues.json: the pages do not come to an end');
}
