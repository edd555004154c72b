/**
 * What the fields of `Query` and `Mutation` do.
 *
 * The organisation has work items, comments, labels, initiatives and feedback. It has no roadmaps, persons, companies
 * or code reviews: their lists are empty, a read by id finds nothing, and writes are refused as not allowed for this
 * key.
 */
import type { Behaviour } from '../world/behaviour.js';
import type { Initiative, StatusType, WorkItem } from './model.js';
import { invalid, KitemakerError, notFound } from './errors.js';
import { GraphqlRender, type Node } from './graphqlRender.js';
import { given, type KitemakerOperations, type WorkItemInput } from './operations.js';

/** Called for each write. */
export type Applied = (itemId: string | null) => void;

type Input<T> = { readonly input: T };
type Field = (args: never) => unknown;

interface WorkItemsArgs {
  readonly spaceId?: string | null;
  readonly cursor?: string | null;
  readonly count?: number | null;
  readonly statusFilter?: { readonly type: 'INCLUDE' | 'EXCLUDE'; readonly filter: readonly StatusType[] } | null;
}

/** "This will return at most 50 work items at a time" (the schema). */
const MAX_COUNT = 50;

export function graphqlRoot(
  operations: KitemakerOperations,
  behaviour: Behaviour,
  applied: Applied,
): Record<string, Field> {
  return { ...queries(operations, behaviour), ...mutations(operations, applied), ...absent() };
}

function queries(operations: KitemakerOperations, behaviour: Behaviour): Record<string, Field> {
  const { world } = operations;
  const render = new GraphqlRender(world);
  return {
    organization: () => render.organization(operations.spaces()),
    spaceByKey: ({ key }: { key: string }) => render.space(operations.spaceByKey(key)),
    workItem: ({ id }: { id: string }) => render.workItem(operations.workItem(id)),
    workItemByNumber: ({ number }: { number: string }) => render.workItem(operations.workItemByKey(number)),
    workItems: (args: WorkItemsArgs) => workItems(operations, behaviour, render, args),
    comment: ({ id }: { id: string }) => render.comment(operations.comment(id)),
    initiatives: ({ cursor, count }: { cursor?: string | null; count?: number | null }) => {
      const page = byNumber([...world.initiatives.values()], cursor ?? null, pageSize(count));
      return {
        initiatives: page.records.map((one) => render.initiative(one)),
        cursor: page.cursor,
        hasMore: page.hasMore,
      };
    },
    initiative: ({ id }: { id: string }) => render.initiative(found(world.initiatives.get(id), 'initiative')),
    initiativeByNumber: ({ number }: { number?: string | null }) => {
      const wanted = [...world.initiatives.values()].find((one) => `I-${one.number}` === number);
      return render.initiative(found(wanted, 'initiative'));
    },
    feedback: ({ cursor, count }: { cursor?: string | null; count?: number | null }) => {
      const page = byNumber([...world.feedback.values()], cursor ?? null, pageSize(count));
      return { feedback: page.records.map((one) => render.feedback(one)), cursor: page.cursor, hasMore: page.hasMore };
    },
    feedbackById: ({ id }: { id: string }) => render.feedback(found(world.feedback.get(id), 'feedback')),
  };
}

function found<T>(record: T | undefined, what: 'initiative' | 'feedback'): T {
  if (record === undefined) throw notFound(what);
  return record;
}

function pageSize(count: number | null | undefined): number {
  if (!given(count)) return MAX_COUNT;
  if (count < 1 || count > MAX_COUNT) throw invalid(`count must be from 1 to ${MAX_COUNT}`);
  return count;
}

interface NumberPage<T> {
  readonly records: readonly T[];
  readonly cursor: string;
  readonly hasMore: boolean;
}

/** Pages by number: the cursor is the number of the last item shown ("actually is a work item number"). */
function byNumber<T extends { readonly number: number }>(
  records: readonly T[],
  cursor: string | null,
  size: number,
  order: Behaviour['kitemakerOrder'] = 'ascending',
): NumberPage<T> {
  if (cursor !== null && !/^\d{0,9}$/.test(cursor)) throw invalid('cursor is none that this query gave');
  const after = cursor === null || cursor === '' ? null : Number(cursor);
  const sign = order === 'ascending' ? 1 : -1;
  const rest = records
    .filter((record) => after === null || (record.number - after) * sign > 0)
    .sort((a, b) => (a.number - b.number) * sign);
  const shown = rest.slice(0, size);
  const last = shown[shown.length - 1];
  return {
    records: shown,
    cursor: last === undefined ? (cursor ?? '') : String(last.number),
    hasMore: rest.length > size,
  };
}

function workItems(
  operations: KitemakerOperations,
  behaviour: Behaviour,
  render: GraphqlRender,
  args: WorkItemsArgs,
): Node {
  const filter = args.statusFilter ?? null;
  const { world } = operations;
  const holds = (item: WorkItem): boolean => {
    if (filter === null) return true;
    return filter.filter.includes(world.statusOf(item).type) === (filter.type === 'INCLUDE');
  };
  const size = pageSize(args.count);
  if (!given(args.spaceId)) return allSpaces(operations, behaviour, render, args, holds);
  const page = byNumber(
    operations.listed(args.spaceId).filter(holds),
    args.cursor ?? null,
    size,
    behaviour.kitemakerOrder,
  );
  return { workItems: page.records.map((item) => render.workItem(item)), cursor: page.cursor, hasMore: page.hasMore };
}

/** Pages over all spaces, one after the other. The cursor names the space too, since numbers repeat. */
function allSpaces(
  operations: KitemakerOperations,
  behaviour: Behaviour,
  render: GraphqlRender,
  args: WorkItemsArgs,
  holds: (item: WorkItem) => boolean,
): Node {
  const size = pageSize(args.count);
  const [startId, startCursor] = (args.cursor ?? '').split(':');
  const spaces = operations.spaces();
  const from = startId === undefined || startId === '' ? 0 : spaces.findIndex(({ id }) => id === startId);
  if (from === -1) throw invalid('cursor is none that this query gave');
  const shown: WorkItem[] = [];
  let cursor = args.cursor ?? '';
  let more = false;
  for (const [index, space] of spaces.entries()) {
    if (index < from) continue;
    const all = operations.listed(space.id).filter(holds);
    if (shown.length === size) {
      more ||= all.length > 0;
      continue;
    }
    const page = byNumber(
      all,
      index === from ? (startCursor ?? null) : null,
      size - shown.length,
      behaviour.kitemakerOrder,
    );
    shown.push(...page.records);
    more ||= page.hasMore;
    if (page.records.length > 0) cursor = `${space.id}:${page.cursor}`;
  }
  return { workItems: shown.map((item) => render.workItem(item)), cursor, hasMore: more };
}

function mutations(operations: KitemakerOperations, applied: Applied): Record<string, Field> {
  const render = new GraphqlRender(operations.world);
  const written = (item: WorkItem): Node => {
    applied(item.id);
    return { workItem: render.workItem(item) };
  };
  const set =
    (name: 'labelIds' | 'memberIds' | 'watcherIds', how: 'add' | 'remove'): Field =>
    ({ input }: Input<Record<string, string | readonly string[]>>) =>
      written(operations.changeSet(String(input['id']), name, input[name] as readonly string[], how));
  return {
    createWorkItem: ({ input }: Input<WorkItemInput>) => written(operations.createWorkItem(input)),
    editWorkItem: ({ input }: Input<WorkItemInput & { readonly id: string; readonly title?: string | null }>) => {
      const { id, title, ...rest } = input;
      return written(operations.updateWorkItem(id, { ...rest, ...(given(title) ? { title } : {}) }));
    },
    addLabelsToWorkItem: set('labelIds', 'add'),
    removeLabelsFromWorkItem: set('labelIds', 'remove'),
    addMembersToWorkItem: set('memberIds', 'add'),
    removeMembersFromWorkItem: set('memberIds', 'remove'),
    addWatchersToWorkItem: set('watcherIds', 'add'),
    removeWatchersFromWorkItem: set('watcherIds', 'remove'),
    ...otherMutations(operations, render, applied),
  };
}

function otherMutations(
  operations: KitemakerOperations,
  render: GraphqlRender,
  applied: Applied,
): Record<string, Field> {
  const { world } = operations;
  return {
    createCommentOnWorkItem: ({ input }: Input<{ id: string; body: string; threadId?: string | null }>) => {
      const comment = operations.createComment(input.id, input.body, input.threadId ?? null);
      applied(input.id);
      return { comment: render.comment(comment) };
    },
    editComment: ({ input }: Input<{ id: string; body?: string | null }>) => {
      const before = operations.comment(input.id);
      const comment = world.updateComment(before.id, input.body ?? before.body, 'api');
      applied(before.workItemId);
      return { comment: render.comment(comment) };
    },
    createLabel: ({ input }: Input<{ spaceId: string; name: string; color?: string | null }>) => {
      const label = operations.createLabel(input.spaceId, input.name, input.color ?? null);
      applied(null);
      return { label: render.label(label) };
    },
    editInitiative: ({ input }: Input<InitiativeEdit>) => {
      const initiative = editInitiative(operations, input);
      applied(initiative.id);
      return { initiative: render.initiative(initiative) };
    },
  };
}

interface InitiativeEdit {
  readonly id: string;
  readonly title?: string | null;
  readonly description?: string | null;
  readonly color?: string | null;
  readonly addWorkItemIds?: readonly string[] | null;
  readonly removeWorkItemIds?: readonly string[] | null;
}

function editInitiative(operations: KitemakerOperations, input: InitiativeEdit): Initiative {
  const before = found(operations.world.initiatives.get(input.id), 'initiative');
  const added = (input.addWorkItemIds ?? []).map((id) => operations.workItem(id).id);
  const kept = before.workItemIds.filter((id) => !(input.removeWorkItemIds ?? []).includes(id));
  return operations.world.initiatives.put({
    ...before,
    title: input.title ?? before.title,
    description: input.description ?? before.description,
    color: input.color ?? before.color,
    workItemIds: [...new Set([...kept, ...added])],
    updatedAt: operations.world.now(),
  });
}

function absent(): Record<string, Field> {
  const none = (): never => {
    throw new KitemakerError({ status: 404, code: 'NOT_FOUND', message: 'Could not be found' });
  };
  const refuse = (): never => {
    throw new KitemakerError({
      status: 403,
      code: 'FORBIDDEN',
      message: 'The requested action could not be completed',
    });
  };
  const refused = [
    'createInitiative', 'addInitiativesToRoadmap', 'removeInitiativesFromRoadmap', 'createFeedback', 'editFeedback',
    'addOwnersToFeedback', 'removeOwnersFromFeedback', 'addTagsToFeedback', 'removeTagsFromFeedback', 'createPerson',
    'editPerson', 'createCompany', 'editCompany', 'addEntitiesToInsight', 'removeEntitiesFromInsight',
    'editCodeReviewRequest',
  ]; // prettier-ignore
  return {
    roadmaps: () => ({ roadmaps: [] }),
    feedbackPersons: () => [],
    feedbackCompanies: () => [],
    feedbackByNumber: none,
    codeReviewRequest: none,
    ...Object.fromEntries(refused.map((name) => [name, refuse])),
  };
}
