/**
 * Craftnote as its people use it. There are two kinds of places: the company, whose cards are its projects, and each
 * normal project, whose cards are its tasks. The card of a task has the id `<project>/<task>`, since the API needs
 * both.
 */
import type { DevCard, DevDeed, DevDeedOutcome, DevEdit, DevPlace, DevSide } from '../people/devSide.js';
import { sent } from './bodies.js';
import type { CraftnoteWorld } from './craftnoteWorld.js';
import type { Member, Message, Project, Task } from './model.js';
import { TASKS_PROJECT } from './seed.js';

const PROJECTS: Pick<DevPlace, 'key' | 'name'> = { key: 'projects', name: 'Projects' };
const NO_STATUS = 'no status';
const ARCHIVED = 'archived';
const OPEN = 'open';
const DONE = 'done';
const BY = 'developer' as const;

/** Thrown inside, returned as `refused`. */
class Refused extends Error {}

export function craftnoteSide(world: CraftnoteWorld): DevSide {
  return {
    system: 'craftnote',
    name: 'Craftnote',
    places: () => placesOf(world),
    cards: () => [
      ...[...world.projects.values()].map((project) => projectCard(world, project)),
      ...[...world.tasks.values()].filter(({ isDeleted }) => !isDeleted).map(taskCard),
    ],
    card(id) {
      const { project, task } = find(world, id);
      if (task !== undefined) return taskCard(task);
      return project === undefined ? null : projectCard(world, project);
    },
    isDelivered(id) {
      const { project, task } = find(world, id);
      return (task ?? project)?.madeBy === 'api';
    },
    cardIdOf({ table, id, record }) {
      if (table === world.messages.name) return (record as Message | null)?.projectId ?? null;
      if (table !== world.tasks.name) return id;
      const task = record as Task | null;
      return task === null ? null : taskCardId(task);
    },
    do(deed) {
      try {
        const id = perform(world, deed);
        const { project, task } = find(world, id);
        const key = task?.id ?? project?.parts.orderNumber ?? id;
        return { status: 'done', id, key } satisfies DevDeedOutcome;
      } catch (error) {
        if (error instanceof Refused) return { status: 'refused', message: error.message };
        throw error;
      }
    },
  };
}

function placesOf(world: CraftnoteWorld): readonly DevPlace[] {
  const names = [...world.statuses.values()].map(({ name }) => name);
  const withTasks = [...world.projects.values()].filter(({ id, name }) => {
    return name === TASKS_PROJECT || [...world.tasks.values()].some((task) => task.projectId === id);
  });
  return [
    { ...PROJECTS, statuses: [...names, NO_STATUS, ARCHIVED] },
    ...withTasks.map(({ id, name }) => ({ key: id, name, statuses: [OPEN, DONE] })),
  ];
}

/** By the id or the key of a card. */
function find(world: CraftnoteWorld, idOrKey: string): { readonly project?: Project; readonly task?: Task } {
  const project =
    world.projects.get(idOrKey) ?? [...world.projects.values()].find(({ parts }) => parts.orderNumber === idOrKey);
  if (project !== undefined) return { project };
  const [taskId = '', projectId] = idOrKey.split('/').reverse();
  const task = world.tasks.get(taskId);
  const isOfProject = projectId === undefined || task?.projectId === projectId;
  return task === undefined || task.isDeleted || !isOfProject ? {} : { task };
}

function projectCard(world: CraftnoteWorld, project: Project): DevCard {
  const { id, name, parts, changedAt, archived } = project;
  const messages = [...world.messages.values()].filter((message) => message.projectId === id);
  return {
    id,
    key: parts.orderNumber ?? id,
    place: PROJECTS.key,
    title: name,
    description: parts.noteContent ?? '',
    status: archived ? ARCHIVED : (world.statuses.get(parts.statusId ?? '')?.name ?? NO_STATUS),
    effort: '',
    updatedAt: changedAt,
    comments: messages.map(({ author, content, timestamp }) => {
      return { by: author, text: content, at: new Date(timestamp * 1_000).toISOString() };
    }),
  };
}

function taskCardId({ projectId, id }: Task): string {
  return `${projectId}/${id}`;
}

function taskCard(task: Task): DevCard {
  return {
    id: taskCardId(task),
    key: task.id,
    place: task.projectId,
    title: task.title,
    description: task.description ?? '',
    status: task.done ? DONE : OPEN,
    effort: '',
    updatedAt: task.changedAt,
    comments: [],
  };
}

function perform(world: CraftnoteWorld, deed: DevDeed): string {
  if (deed.action === 'create') return create(world, deed);
  const { project, task } = find(world, deed.id);
  if (task !== undefined) return performOnTask(world, task, deed);
  if (project !== undefined) return performOnProject(world, project, deed);
  throw new Refused(`Craftnote has no item ${deed.id}`);
}

function create(world: CraftnoteWorld, { place, edit }: Extract<DevDeed, { action: 'create' }>): string {
  refuseEfforts(edit);
  const { title, description } = edit;
  if (place === PROJECTS.key || place === PROJECTS.name) {
    const parts = description === undefined ? {} : { noteContent: description };
    return world.createProject({ name: title, parts }, BY).id;
  }
  const project = world.projects.get(place) ?? [...world.projects.values()].find(({ name }) => name === place);
  if (project === undefined) throw new Refused(`Craftnote has no project ${place}`);
  const task = world.createTask({ projectId: project.id, title, description: description ?? null }, BY);
  return taskCardId(task);
}

function refuseEfforts({ effort, impact }: DevEdit): void {
  if (effort !== undefined || impact !== undefined) throw new Refused('Craftnote has no efforts');
}

type DeedOnItem = Exclude<DevDeed, { action: 'create' }>;

function performOnProject(world: CraftnoteWorld, project: Project, deed: DeedOnItem): string {
  switch (deed.action) {
    case 'move':
      world.updateProject(project, statusPatch(world, project, deed.status), BY);
      return project.id;
    case 'edit': {
      refuseEfforts(deed.edit);
      const { title, description } = deed.edit;
      const parts = description === undefined ? project.parts : { ...project.parts, noteContent: description };
      world.updateProject(project, { parts, ...(title === undefined ? {} : { name: title }) }, BY);
      return project.id;
    }
    case 'comment':
      if (project.projectType === 'FOLDER') throw new Refused('a folder has no chat');
      world.createMessage({ projectId: project.id, content: deed.text }, employeeOf(world), BY);
      return project.id;
    case 'delete':
      world.deleteProject(project, BY);
      return project.id;
    case 'move-place':
      throw new Refused('a project stays a project of the company');
  }
}

function statusPatch(world: CraftnoteWorld, project: Project, status: string): Partial<Project> {
  if (status === ARCHIVED) return { archived: true };
  const found = [...world.statuses.values()].find(({ id, name }) => name === status || id === status);
  if (found === undefined && status !== NO_STATUS) throw new Refused(`Craftnote has no status "${status}"`);
  return { archived: false, parts: { ...project.parts, statusId: found?.id } };
}

function performOnTask(world: CraftnoteWorld, task: Task, deed: DeedOnItem): string {
  const id = taskCardId(task);
  switch (deed.action) {
    case 'move':
      if (deed.status !== OPEN && deed.status !== DONE) throw new Refused(`a task has no status "${deed.status}"`);
      world.updateTask(task, { done: deed.status === DONE }, BY);
      return id;
    case 'edit': {
      refuseEfforts(deed.edit);
      const { title, description } = deed.edit;
      world.updateTask(task, sent({ title, description }), BY);
      return id;
    }
    case 'delete':
      world.updateTask(task, { isDeleted: true }, BY);
      return id;
    case 'comment':
      throw new Refused('a task has no comments');
    case 'move-place':
      throw new Refused('a task stays in its project');
  }
}

function employeeOf(world: CraftnoteWorld): Member {
  return [...world.members.values()].find(({ role }) => role === 'EMPLOYEE') ?? world.owner();
}
