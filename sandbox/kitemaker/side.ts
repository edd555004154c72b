/** Kitemaker as its developers use it: work items on boards, one for each space. */
import type { DevCard, DevDeed, DevDeedOutcome, DevEdit, DevSide } from '../people/devSide.js';
import type { Actor, Comment, Space, WorkItem } from './model.js';
import type { KitemakerWorld } from './kitemakerWorld.js';

const BY = 'developer' as const;

/** Thrown inside, returned as `refused`. */
class Refused extends Error {}

export function kitemakerSide(world: KitemakerWorld): DevSide {
  return {
    system: 'kitemaker',
    get name() {
      return `Kitemaker · ${[...world.organizations.values()][0]?.name ?? ''}`;
    },
    places: () => [...world.spaces.values()].map(placeOf),
    cards: () => [...world.workItems.values()].map((item) => cardOf(world, item)),
    card(id) {
      const item = world.workItems.get(id);
      return item === undefined ? null : cardOf(world, item);
    },
    isDelivered(id) {
      const item = world.workItems.get(id);
      return item !== undefined && item.actorId === world.application().id && item.archivedAt === null;
    },
    cardIdOf({ table, id, record }) {
      return table === world.comments.name ? ((record as Comment | null)?.workItemId ?? null) : id;
    },
    do(deed) {
      try {
        return carryOut(world, deed);
      } catch (error) {
        if (error instanceof Refused) return { status: 'refused', message: error.message };
        throw error;
      }
    },
  };
}

function placeOf({ key, name, statuses }: Space) {
  return { key, name, statuses: statuses.map((status) => status.name) };
}

function cardOf(world: KitemakerWorld, item: WorkItem): DevCard {
  return {
    id: item.id,
    key: world.key(item),
    place: world.spaces.get(item.spaceId)?.key ?? '',
    title: item.title,
    description: item.description,
    status: world.statusOf(item).name,
    effort: item.effort ?? '',
    updatedAt: item.updatedAt,
    comments: world.commentsOf(item.id).map((comment) => ({
      by: world.actors.get(comment.actorId)?.name ?? '',
      text: comment.body,
      at: comment.createdAt,
    })),
  };
}

function carryOut(world: KitemakerWorld, deed: DevDeed): DevDeedOutcome {
  if (deed.action === 'create') return done(world, createWorkItem(world, deed.place, deed.edit));
  const item = world.find(deed.id);
  if (item === undefined) throw new Refused(`Kitemaker has no work item ${deed.id}`);
  switch (deed.action) {
    case 'move':
      return done(world, moveTo(world, item, deed.status));
    case 'move-place': {
      const status = world.statusIn(spaceNamed(world, deed.place), world.statusOf(item));
      return done(world, world.updateWorkItem(item.id, { statusId: status.id }, BY));
    }
    case 'edit':
      return done(world, world.updateWorkItem(item.id, deed.edit, BY));
    case 'comment':
      world.createComment({ workItemId: item.id, body: deed.text, actorId: developer(world).id }, BY);
      return done(world, item);
    case 'delete': {
      const key = world.key(item);
      world.deleteWorkItem(item.id, BY);
      return { status: 'done', id: item.id, key };
    }
  }
}

function createWorkItem(world: KitemakerWorld, place: string, edit: DevEdit & { readonly title: string }): WorkItem {
  const space = spaceNamed(world, place);
  const status = space.statuses.find((candidate) => candidate.default);
  if (status === undefined) throw new Refused(`the space ${space.key} has no default status`);
  const draft = { spaceId: space.id, statusId: status.id, actorId: developer(world).id, ...edit };
  return world.createWorkItem(draft, BY);
}

function moveTo(world: KitemakerWorld, item: WorkItem, nameOrId: string): WorkItem {
  const statuses = world.spaces.get(item.spaceId)?.statuses ?? [];
  const status = statuses.find((candidate) => candidate.name === nameOrId || candidate.id === nameOrId);
  if (status === undefined) throw new Refused(`the space has no status "${nameOrId}"`);
  return world.updateWorkItem(item.id, { statusId: status.id }, BY);
}

function spaceNamed(world: KitemakerWorld, place: string): Space {
  const space = world.space(place);
  if (space === undefined) throw new Refused(`Kitemaker has no space ${place}`);
  return space;
}

function developer(world: KitemakerWorld): Actor {
  return [...world.actors.values()].find((actor) => actor.type === 'user') ?? world.application();
}

function done(world: KitemakerWorld, item: WorkItem): DevDeedOutcome {
  return { status: 'done', id: item.id, key: world.key(item) };
}
