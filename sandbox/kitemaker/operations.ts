/**
 * What Kitemaker does for both of its APIs: the checks and writes behind REST and GraphQL.
 * Every function throws `KitemakerError` before it changes anything, or does all of it.
 */
import type { Sight } from '../http/visibility.js';
import type { Comment, Label, Size, Space, WorkItem } from './model.js';
import { invalid, notFound } from './errors.js';
import type { KitemakerWorld, WorkItemPatch } from './kitemakerWorld.js';

const SIZES: readonly string[] = ['small', 'medium', 'large'];

export interface WorkItemInput {
  readonly title?: string | undefined;
  readonly description?: string | null | undefined;
  readonly spaceId?: string | null | undefined;
  readonly statusId?: string | null | undefined;
  readonly sort?: string | null | undefined;
  readonly placement?: 'top' | 'bottom' | undefined;
  readonly labelIds?: readonly string[] | null | undefined;
  readonly memberIds?: readonly string[] | null | undefined;
  readonly watcherIds?: readonly string[] | null | undefined;
  readonly effort?: string | null | undefined;
  readonly impact?: string | null | undefined;
  readonly createdAt?: unknown;
  readonly updatedAt?: unknown;
}

export class KitemakerOperations {
  constructor(
    readonly world: KitemakerWorld,
    readonly sight: Sight,
  ) {}

  space(id: string): Space {
    const space = this.world.spaces.get(id);
    if (space === undefined || this.sight.of(id) === 'missing') throw notFound('space');
    return space;
  }

  spaceByKey(key: string): Space {
    const space = [...this.world.spaces.values()].find((candidate) => candidate.key === key);
    if (space === undefined) throw notFound('space');
    return this.space(space.id);
  }

  spaces(): Space[] {
    return [...this.world.spaces.values()].filter((space) => this.sight.of(space.id) !== 'missing');
  }

  workItem(id: string): WorkItem {
    const item = this.world.workItems.get(id);
    if (item === undefined || this.sight.of(item.spaceId) !== 'full') throw notFound('workItem');
    return item;
  }

  workItemByKey(key: string): WorkItem {
    const item = this.world.byKey(key);
    if (item === undefined) throw notFound('workItem');
    return this.workItem(item.id);
  }

  /** As lists show them; null: all spaces. */
  listed(spaceId: string | null): WorkItem[] {
    if (spaceId !== null) return this.sight.of(this.space(spaceId).id) === 'full' ? this.world.listed(spaceId) : [];
    return this.world.listed(null).filter((item) => this.sight.of(item.spaceId) === 'full');
  }

  /** As lists show them. */
  comments(spaceId: string): Comment[] {
    const { id } = this.space(spaceId);
    const seen: Comment[] = [];
    for (const comment of this.world.comments.values()) {
      const shown = this.world.commentLag.see(comment.id, comment);
      if (shown !== null && this.world.workItems.get(shown.workItemId)?.spaceId === id) seen.push(shown);
    }
    return this.sight.of(id) === 'full' ? seen : [];
  }

  createWorkItem(input: WorkItemInput): WorkItem {
    const title = this.title(input.title);
    const { space, statusId } = this.place(input);
    return this.world.createWorkItem(
      {
        spaceId: space.id,
        statusId,
        title,
        actorId: this.world.application().id,
        description: input.description ?? '',
        labelIds: this.labels(space.id, input.labelIds ?? []),
        memberIds: this.users(input.memberIds ?? []),
        watcherIds: this.users(input.watcherIds ?? []),
        effort: size('effort', input.effort ?? null),
        impact: size('impact', input.impact ?? null),
        placement: input.placement ?? 'top',
        ...(typeof input.sort === 'string' ? { sort: input.sort } : {}),
        ...(input.createdAt === undefined ? {} : { createdAt: time('createdAt', input.createdAt) }),
        ...(input.updatedAt === undefined ? {} : { updatedAt: time('updatedAt', input.updatedAt) }),
      },
      'api',
    );
  }

  /** Updates only what is given; labels are added to the existing ones. */
  updateWorkItem(id: string, input: WorkItemInput): WorkItem {
    const item = this.workItem(id);
    const moved = given(input.statusId) || given(input.spaceId) ? this.place(input, item) : null;
    const spaceId = moved?.space.id ?? item.spaceId;
    const patch: WorkItemPatch = {
      ...(input.title === undefined ? {} : { title: this.title(input.title) }),
      ...(!given(input.description) ? {} : { description: input.description }),
      ...(moved === null ? {} : { statusId: moved.statusId }),
      ...(!given(input.sort) ? {} : { sort: input.sort }),
      ...(input.placement === undefined ? {} : { sort: input.placement === 'top' ? `a${id}` : `z${id}` }),
      ...(!given(input.labelIds) ? {} : { labelIds: union(item.labelIds, this.labels(spaceId, input.labelIds)) }),
      ...(input.effort === undefined ? {} : { effort: size('effort', input.effort) }),
      ...(input.impact === undefined ? {} : { impact: size('impact', input.impact) }),
    };
    return this.world.updateWorkItem(id, patch, 'api');
  }

  changeSet(
    id: string,
    set: 'labelIds' | 'memberIds' | 'watcherIds',
    ids: readonly string[],
    how: 'add' | 'remove',
  ): WorkItem {
    const item = this.workItem(id);
    const known = set === 'labelIds' ? this.labels(item.spaceId, ids) : this.users(ids);
    const next = how === 'add' ? union(item[set], known) : item[set].filter((one) => !known.includes(one));
    return this.world.updateWorkItem(id, { [set]: next }, 'api');
  }

  comment(id: string): Comment {
    const comment = this.world.comments.get(id);
    if (comment === undefined) throw notFound('comment');
    this.workItem(comment.workItemId);
    return comment;
  }

  createComment(workItemId: string, body: string, threadId: string | null): Comment {
    const item = this.workItem(workItemId);
    if (body === '') throw invalid('body must not be empty');
    if (threadId !== null && !this.world.commentsOf(item.id).some((comment) => comment.threadId === threadId)) {
      throw invalid('threadId names no thread of this work item');
    }
    const actorId = this.world.application().id;
    const thread = threadId === null ? {} : { threadId };
    return this.world.createComment({ workItemId: item.id, body, actorId, ...thread }, 'api');
  }

  createLabel(spaceId: string, name: string, color: string | null): Label {
    const space = this.space(spaceId);
    if (name === '') throw invalid('the name of a label must not be empty');
    if (color !== null && !/^[0-9a-f]{6}$/i.test(color)) throw invalid('color must be in the format aa33ff');
    // The document says a random colour. It is taken from the name, so that a seed gives the same world again.
    const free = [...name].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 0xffffff, 7);
    return this.world.createLabel(
      { spaceId: space.id, name, color: color ?? free.toString(16).padStart(6, '0') },
      'api',
    );
  }

  private title(title: string | undefined): string {
    if (title === undefined || title.trim() === '') throw invalid('title must not be empty');
    return title;
  }

  /** Where an item goes: by status, or by space (its default status; for a move the status of the same name). */
  private place(input: WorkItemInput, moving?: WorkItem): { readonly space: Space; readonly statusId: string } {
    if (given(input.statusId)) {
      const found = this.world.status(input.statusId);
      if (found === undefined || this.sight.of(found.space.id) === 'missing') throw invalid('statusId names no status');
      if (given(input.spaceId) && input.spaceId !== found.space.id)
        throw invalid('the status belongs to another space');
      return { space: found.space, statusId: found.status.id };
    }
    if (!given(input.spaceId)) throw invalid('a statusId or a spaceId is required');
    const space = this.space(input.spaceId);
    if (moving !== undefined) return { space, statusId: this.world.statusIn(space, this.world.statusOf(moving)).id };
    const status = space.statuses.find((candidate) => candidate.default) ?? space.statuses[0];
    if (status === undefined) throw invalid('the space has no statuses');
    return { space, statusId: status.id };
  }

  private labels(spaceId: string, ids: readonly string[]): readonly string[] {
    const unknown = ids.find((id) => this.world.labels.get(id)?.spaceId !== spaceId);
    if (unknown !== undefined) throw invalid('labelIds names a label that is not of this space');
    return [...new Set(ids)];
  }

  private users(ids: readonly string[]): readonly string[] {
    const unknown = ids.find((id) => this.world.actors.get(id)?.type !== 'user');
    if (unknown !== undefined) throw invalid('there is no such user');
    return [...new Set(ids)];
  }
}

function size(name: string, value: string | null): Size | null {
  if (value === null) return null;
  if (!SIZES.includes(value)) throw invalid(`${name} must be one of 'small', 'medium', 'large'`);
  return value as Size;
}

function time(name: string, value: unknown): string {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(at)) throw invalid(`${name} must be an ISO time`);
  return new Date(at).toISOString();
}

function union(a: readonly string[], b: readonly string[]): readonly string[] {
  return [...new Set([...a, ...b])];
}

/** GraphQL clients send null for properties that they leave out. */
export function given<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}
