/**
 * The objects that graphql-js walks: plain values, and functions for values that are computed only when a query asks.
 * `__typename` tells the members of a union apart.
 */
import type { Comment, Feedback, Initiative, Label, Space, Status, WorkItem } from './model.js';
import type { KitemakerWorld } from './kitemakerWorld.js';
import { sizeName } from './restRender.js';

export type Node = Readonly<Record<string, unknown>>;

export class GraphqlRender {
  constructor(private readonly world: KitemakerWorld) {}

  organization(spaces: readonly Space[]): Node {
    const { world } = this;
    return {
      ...world.organization(),
      spaces: () => spaces.map((space) => this.space(space)),
      users: () => this.actors('user'),
      applications: () => this.actors('application'),
      integrations: [],
      integrationUsers: [],
    };
  }

  space(space: Space): Node {
    return {
      ...space,
      slug: space.name.toLowerCase(),
      private: false,
      members: () => this.actors('user'),
      statuses: () => space.statuses.map((status) => this.status(status, space)),
      labels: () => [...this.world.labels.values()].filter((label) => label.spaceId === space.id),
    };
  }

  status(status: Status, space: Space): Node {
    return { ...status, createdAt: space.createdAt, updatedAt: space.updatedAt };
  }

  workItem(item: WorkItem): Node {
    const { world } = this;
    return {
      __typename: 'WorkItem',
      id: item.id,
      number: String(item.number),
      title: item.title,
      description: item.description,
      sort: item.sort,
      effort: sizeName(item.effort),
      impact: sizeName(item.impact),
      closedAt: item.closedAt,
      archivedAt: item.archivedAt,
      createdAt: item.createdAt,
      updatedAt: item.updatedAt,
      actor: () => this.actor(item.actorId),
      status: () => {
        const found = world.status(item.statusId);
        return found === undefined ? null : this.status(found.status, found.space);
      },
      space: () => {
        const space = world.spaces.get(item.spaceId);
        return space === undefined ? null : this.space(space);
      },
      members: () => item.memberIds.map((id) => this.actor(id)),
      watchers: () => item.watcherIds.map((id) => this.actor(id)),
      labels: () => this.labels(item.labelIds),
      comments: () => world.commentsOf(item.id).map((comment) => this.comment(comment)),
      activities: () => this.activities(item),
      initiatives: () =>
        [...world.initiatives.values()]
          .filter((initiative) => initiative.workItemIds.includes(item.id))
          .map((initiative) => this.initiative(initiative)),
    };
  }

  comment(comment: Comment): Node {
    return {
      id: comment.id,
      body: comment.body,
      threadId: comment.threadId,
      createdAt: comment.createdAt,
      updatedAt: comment.updatedAt,
      actor: () => this.actor(comment.actorId),
      entity: () => this.entity(comment.workItemId),
    };
  }

  initiative(initiative: Initiative): Node {
    return {
      __typename: 'Initiative',
      ...initiative,
      number: String(initiative.number),
      actor: () => this.actor(initiative.actorId),
      workItems: () => initiative.workItemIds.flatMap((id) => this.entity(id) ?? []),
      comments: [],
      activities: [],
      watchers: [],
      members: () => initiative.memberIds.map((id) => this.actor(id)),
      labels: () => this.labels(initiative.labelIds),
      spaces: () =>
        initiative.spaceIds.flatMap((id) => this.world.spaces.get(id) ?? []).map((space) => this.space(space)),
      roadmapColumns: [],
    };
  }

  feedback(feedback: Feedback): Node {
    const times = { createdAt: feedback.createdAt, updatedAt: feedback.updatedAt };
    const insight = {
      id: feedback.insightId,
      ...times,
      actor: () => this.actor(feedback.actorId),
      content: feedback.contents,
      entities: () => feedback.entityIds.flatMap((id) => this.entity(id) ?? []),
    };
    return {
      id: feedback.id,
      number: String(feedback.number),
      title: feedback.title,
      content: feedback.contents,
      actor: () => this.actor(feedback.actorId),
      company: null,
      person: null,
      owners: [],
      tags: [],
      insights: feedback.entityIds.length === 0 ? [] : [insight],
      processed: false,
      processedAt: null,
      ...times,
    };
  }

  label(label: Label): Node {
    return { ...label };
  }

  private entity(workItemId: string): Node | null {
    const item = this.world.workItems.get(workItemId);
    return item === undefined ? null : this.workItem(item);
  }

  private labels(ids: readonly string[]): Node[] {
    return ids.flatMap((id) => this.world.labels.get(id) ?? []).map((label) => this.label(label));
  }

  /** The sandbox keeps only one activity: the creation. */
  private activities(item: WorkItem): Node[] {
    const times = { createdAt: item.createdAt, updatedAt: item.createdAt };
    const entity = (): Node => this.workItem(item);
    return [{ id: item.id, type: 'CREATED', details: {}, ...times, actor: () => this.actor(item.actorId), entity }];
  }

  private actor(id: string): Node | null {
    const actor = this.world.actors.get(id);
    if (actor === undefined) return null;
    const times = { createdAt: actor.createdAt, updatedAt: actor.updatedAt };
    if (actor.type === 'application') return { __typename: 'Application', id, name: actor.name, ...times };
    const username = actor.name.toLowerCase().replaceAll(' ', '.');
    return {
      __typename: 'User',
      id,
      username,
      name: actor.name,
      avatar: null,
      guest: false,
      deactivated: false,
      ...times,
    };
  }

  private actors(type: 'user' | 'application'): (Node | null)[] {
    return [...this.world.actors.values()].filter((actor) => actor.type === type).map(({ id }) => this.actor(id));
  }
}
