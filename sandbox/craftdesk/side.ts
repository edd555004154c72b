/** CraftDesk as the people in it use it. A workspace is one place; its last status is archived. */
import type { DevCard, DevDeed, DevDeedOutcome, DevSide } from '../people/devSide.js';
import { OWN_WORKSPACE, STATUSES, type CraftdeskWorld, type Project } from './craftdeskWorld.js';

const ARCHIVED = 'archived';

export function craftdeskSide(world: CraftdeskWorld): DevSide {
  const card = (id: string): DevCard | null => {
    const project = world.projects.get(id);
    return project?.workspaceId === OWN_WORKSPACE ? cardOf(project) : null;
  };
  return {
    system: 'craftdesk',
    name: 'CraftDesk',
    places: () => [{ key: OWN_WORKSPACE, name: 'Northwind', statuses: [...STATUSES, ARCHIVED] }],
    cards: () => [...world.projects.values()].flatMap(({ id }) => card(id) ?? []),
    card,
    isDelivered: (id) => world.projects.get(id)?.isDelivered === true,
    cardIdOf: ({ id }) => id,
    do: (deed) => carryOut(world, deed, (id) => card(id) !== null),
  };
}

function cardOf(project: Project): DevCard {
  return {
    id: project.id,
    key: project.slug,
    place: OWN_WORKSPACE,
    title: project.name,
    description: project.description ?? '',
    status: project.archivedAt === null ? project.status : ARCHIVED,
    effort: '',
    updatedAt: project.updatedAt,
    comments: [],
  };
}

function carryOut(world: CraftdeskWorld, deed: DevDeed, exists: (id: string) => boolean): DevDeedOutcome {
  if (deed.action === 'create') {
    if (deed.place !== OWN_WORKSPACE) return refused(`CraftDesk has no workspace ${deed.place}`);
    const { title: name, description = null } = deed.edit;
    return done(world.create({ workspaceId: OWN_WORKSPACE, name, description, isDelivered: false }, 'developer'));
  }
  const project = named(world, deed.id);
  if (project === undefined || !exists(project.id)) return refused(`CraftDesk has no project ${deed.id}`);
  switch (deed.action) {
    case 'move':
      return move(world, project, deed.status);
    case 'edit': {
      const { title, description, effort, impact } = deed.edit;
      if (effort !== undefined || impact !== undefined) return refused('CraftDesk has neither effort nor impact');
      const patch = { ...(title !== undefined && { name: title }), ...(description !== undefined && { description }) };
      return done(world.update(project.id, patch, 'developer'));
    }
    case 'delete':
      world.delete(project.id, 'developer');
      return done(project);
    case 'move-place':
      return refused('a project of CraftDesk cannot move to another place');
    case 'comment':
      return refused('CraftDesk has no comments');
  }
}

/** By id or slug. */
function named(world: CraftdeskWorld, idOrSlug: string): Project | undefined {
  return world.projects.get(idOrSlug) ?? [...world.projects.values()].find(({ slug }) => slug === idOrSlug);
}

function move(world: CraftdeskWorld, project: Project, status: string): DevDeedOutcome {
  if (status === ARCHIVED) {
    return done(world.update(project.id, { archivedAt: new Date(world.nowMs()).toISOString() }, 'developer'));
  }
  if (!(STATUSES as readonly string[]).includes(status)) return refused(`CraftDesk has no status "${status}"`);
  return done(world.update(project.id, { status, archivedAt: null }, 'developer'));
}

function done(project: Project): DevDeedOutcome {
  return { status: 'done', id: project.id, key: project.slug };
}

function refused(message: string): DevDeedOutcome {
  return { status: 'refused', message };
}
