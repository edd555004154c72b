/** Fills an empty Craftnote company: its people, its statuses, its folders, and work that is not from Craft.io. */
import type { CraftnoteWorld } from './craftnoteWorld.js';

const FOLDER = 'From product';
export const TASKS_PROJECT = 'Branch refit';

/** The first three have the document's names and descriptions. */
const STATUSES = [
  ['To Do', 'This project is waiting to be worked on'],
  ['In Progress', 'This project is being actively worked on right now'],
  ['Done', 'This project has been completed'],
  ['Dropped', 'This project will not be done'],
] as const;

const MEMBERS = [
  { name: 'Carl-Friedrich', lastname: 'Gauss', email: 'cf@gauss.example', role: 'OWNER' },
  { name: 'Emmy', lastname: 'Noether', email: 'en@gauss.example', role: 'SUPERVISOR' },
  { name: 'Sophie', lastname: 'Germain', email: 'sg@gauss.example', role: 'EMPLOYEE' },
] as const;

export function seedCraftnote(world: CraftnoteWorld): void {
  world.companies.put({ id: world.newId(), name: 'Northwind fitters' });
  for (const member of MEMBERS) world.members.put({ id: world.newId(), ...member });
  for (const [name, description] of STATUSES) {
    world.statuses.put({ id: world.newId().toLowerCase(), name, description });
  }
  world.createProject({ name: FOLDER, projectType: 'FOLDER', parts: {} }, 'seed');
  world.createProject({ name: 'Archive', projectType: 'FOLDER', archived: true, parts: {} }, 'seed');
  world.createProject({ name: TASKS_PROJECT, parts: { city: 'Berlin', ...withStatus(world, 'In Progress') } }, 'seed');
  seedOwnWork(world);
}

/** Removes what was delivered; the company, its folders and the project of the tasks stay. */
export function resetCraftnote(world: CraftnoteWorld): void {
  for (const project of [...world.projects.values()]) {
    const stays = project.projectType === 'FOLDER' || project.name === TASKS_PROJECT;
    if (!stays || project.madeBy === 'api') world.deleteProject(project, 'seed');
  }
  for (const table of [world.tasks, world.messages]) {
    for (const { id } of [...table.values()]) table.remove(id);
  }
  seedOwnWork(world);
}

/** What a search for craftsync's items has to tell apart. */
function seedOwnWork(world: CraftnoteWorld): void {
  for (const name of ['Burst pipe, Bergstrasse 40', 'New counter, Amseldorf']) {
    world.createProject({ name, parts: { orderNumber: '92a032as4.853-af62', ...withStatus(world, 'To Do') } }, 'seed');
  }
  const refit = [...world.projects.values()].find((project) => project.name === TASKS_PROJECT);
  if (refit === undefined) return;
  for (const title of ['Order the new doors', 'Fix the leaking pipe']) {
    world.createTask({ projectId: refit.id, title }, 'seed');
  }
}

function withStatus(world: CraftnoteWorld, name: string): { readonly statusId?: string } {
  const status = [...world.statuses.values()].find((candidate) => candidate.name === name);
  return status === undefined ? {} : { statusId: status.id };
}
