/** Fills an empty Kitemaker organisation: its people, its spaces, and work that is not from Craft.io. */
import type { KitemakerWorld } from './kitemakerWorld.js';
import type { Space, StatusType } from './model.js';

const STATUSES: readonly { name: string; type: StatusType }[] = [
  { name: 'Backlog', type: 'BACKLOG' },
  { name: 'To do', type: 'TODO' },
  { name: 'In Progress', type: 'IN_PROGRESS' },
  { name: 'In Review', type: 'IN_PROGRESS' },
  { name: 'Done', type: 'DONE' },
  { name: 'Dropped', type: 'ARCHIVED' },
];

const LABELS = [
  { name: 'from product', color: '5e81ac' },
  { name: 'bug', color: 'e91e63' },
] as const;

const SPACES = [
  { key: 'MOB', name: 'Mobile' },
  { key: 'WEB', name: 'Web' },
] as const;

/** Space, title, status. */
const OWN_WORK = [
  ['MOB', 'Upgrade the build machines', 'In Progress'],
  ['MOB', 'Flaky test in the payments module', 'To do'],
  ['WEB', 'Remove the old design system', 'Backlog'],
] as const;

const AGE_MS = 200 * 86_400_000;

export function seedKitemaker(world: KitemakerWorld): void {
  const createdAt = new Date(world.nowMs() - AGE_MS).toISOString();
  const times = { createdAt, updatedAt: createdAt };
  world.organizations.put({ id: world.newId(), name: 'Northwind', slug: 'northwind', ...times });
  world.actors.put({ id: world.newId(), type: 'application', name: 'craftsync', ...times });
  for (const name of ['Ida Holm', 'Tomas Ruiz']) world.actors.put({ id: world.newId(), type: 'user', name, ...times });
  for (const { key, name } of SPACES) {
    const statuses: Space['statuses'] = STATUSES.map((status, index) => ({
      id: world.newId(),
      ...status,
      default: index === 0,
    }));
    const space = world.spaces.put({ id: world.newId(), key, name, statuses, ...times });
    for (const label of LABELS) world.labels.put({ id: world.newId(), spaceId: space.id, ...label, ...times });
  }
  seedOwnWork(world, createdAt);
}

/** Removes what was delivered; the organisation, its people and its spaces stay. */
export function resetKitemaker(world: KitemakerWorld): void {
  for (const table of [world.workItems, world.comments, world.initiatives, world.feedback]) {
    for (const id of [...table.values()].map((row) => row.id)) table.remove(id);
  }
  seedOwnWork(world, world.now());
}

/** What a search for craftsync's items has to tell apart. */
function seedOwnWork(world: KitemakerWorld, createdAt: string): void {
  const developer = [...world.actors.values()].find((actor) => actor.type === 'user');
  if (developer === undefined) return;
  for (const [spaceKey, title, statusName] of OWN_WORK) {
    const space = world.space(spaceKey);
    const status = space?.statuses.find((candidate) => candidate.name === statusName);
    if (space === undefined || status === undefined) continue;
    world.createWorkItem({ spaceId: space.id, statusId: status.id, title, actorId: developer.id, createdAt }, 'seed');
  }
}
