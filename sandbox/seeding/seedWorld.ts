/** Fills an empty world: account, dev tools and the items of `craftItems.ts`. The same seed gives the same world. */
import type { CraftFieldType } from '../craft/model.js';
import { SYSTEMS } from '../world/systems.js';
import type { World } from '../world/world.js';
import { CRAFT_IMPORTANCES, CRAFT_STATUSES, manyReadyItem, SEEDED_ITEMS, type SeededItem } from './craftItems.js';
import { seedInitiativesAndFeedback, seedPlaces } from './portfolioAndFeedback.js';
import { TEAMS } from './teams.js';

/** The custom fields of each workspace; `dev_…` are those that craftsync writes. */
const CUSTOM_FIELDS: readonly { name: string; type: CraftFieldType; values?: readonly string[] }[] = [
  { name: 'team', type: 'dropdown', values: TEAMS.map(({ team }) => team) },
  { name: 'dev_status', type: 'text' },
  { name: 'dev_link', type: 'url' },
  { name: 'dev_key', type: 'text' },
  { name: 'dev_state', type: 'text' },
  { name: 'dev_lock', type: 'text' },
  { name: 'customer_requests', type: 'number' },
];

const DAY_MS = 86_400_000;

/** `items`: how many of the believable items (default all); more than there are is filled up with ready ones. */
export function seedWorld(world: World, items: number = SEEDED_ITEMS.length): void {
  seedKeys(world);
  seedAccount(world);
  for (const tool of world.toolList()) tool.seed();
  seedItems(world, items);
  seedPlaces(world);
  seedInitiativesAndFeedback(world);
}

/**
 * Replaces all items by new ones. Workspaces, spaces, statuses and keys stay, so that a configuration still fits. Ids
 * and numbers are not reused.
 */
export function resetItems(world: World, items: number = SEEDED_ITEMS.length): void {
  const { craft } = world;
  for (const table of [craft.items, craft.initiatives, craft.feedback.items]) {
    for (const id of [...table.values()].map((row) => row.id)) table.remove(id);
  }
  for (const tool of world.toolList()) tool.reset();
  seedItems(world, items);
  seedInitiativesAndFeedback(world);
}

/** Adds `count` ready items to the first workspace; returns their ids. 10,000 take well under a second. */
export function seedReadyItems(world: World, count: number): string[] {
  const workspaceId = firstWorkspaceId(world);
  const ids: string[] = [];
  for (let i = 0; i < count; i++) {
    const n = world.base.next('seeding.ready') - 1;
    ids.push(createSeeded(world, workspaceId, manyReadyItem(n), null, world.base.nowMs()));
  }
  return ids;
}

function seedKeys(world: World): void {
  const part = (): string =>
    Math.floor(world.base.random() * 2 ** 32)
      .toString(36)
      .padStart(7, '0');
  for (const system of SYSTEMS) world.keys.put({ id: system, key: `${system}-sandbox-${part()}${part()}` });
}

function seedAccount(world: World): void {
  const { craft } = world;
  craft.account.put({ id: craft.newId(), name: 'Northwind Bank' });
  for (const name of CRAFT_STATUSES) craft.statuses.put({ id: craft.newId(), name });
  for (const name of CRAFT_IMPORTANCES) craft.importances.put({ id: craft.newId(), name });
  for (const name of ['Maya Levi', 'Jonas Berg', 'Priya Nair']) craft.users.put({ id: craft.newId(), name });
  for (const workspace of [
    { name: 'Mobile banking', prefix: 'MBK' },
    { name: 'Branch tools', prefix: 'BRT' },
  ]) {
    const { id } = craft.workspaces.put({ id: craft.newId(), ...workspace });
    for (const { name, type, values } of CUSTOM_FIELDS) {
      craft.customFields.put({ id: craft.newId(), workspaceId: id, name, type, values: values ?? [] });
    }
  }
}

function seedItems(world: World, items: number): void {
  const workspaceId = firstWorkspaceId(world);
  const idsByTitle = new Map<string, string>();
  const believable = SEEDED_ITEMS.slice(0, items);
  believable.forEach((item, index) => {
    const parentId = item.parent === undefined ? null : (idsByTitle.get(item.parent) ?? null);
    const createdAtMs = world.base.nowMs() - (believable.length - index) * DAY_MS;
    idsByTitle.set(item.title, createSeeded(world, workspaceId, item, parentId, createdAtMs));
  });
  if (items > believable.length) seedReadyItems(world, items - believable.length);
}

function createSeeded(
  world: World,
  workspaceId: string,
  item: SeededItem,
  parentId: string | null,
  createdAtMs: number,
): string {
  const { craft } = world;
  const team = craft.field(workspaceId, 'team');
  const importance = [...craft.importances.values()].find((candidate) => candidate.name === item.importance);
  return craft.createItem(
    {
      workspaceId,
      type: item.type,
      title: item.title,
      parentId,
      description: item.description ?? null,
      statusId: craft.statusNamed(item.status)?.id ?? null,
      importanceId: importance?.id ?? null,
      effort: item.effort ?? null,
      labels: item.labels ?? [],
      customFields: team === undefined || item.team === undefined ? {} : { [team.id]: item.team },
      createdAtMs,
    },
    'seed',
  ).id;
}

export function firstWorkspaceId(world: World): string {
  const workspace = [...world.craft.workspaces.values()][0];
  if (workspace === undefined) throw new Error('the world has no workspace');
  return workspace.id;
}

export function firstPortfolioId(world: World): string {
  const portfolio = [...world.craft.portfolios.values()][0];
  if (portfolio === undefined) throw new Error('the world has no portfolio');
  return portfolio.id;
}

export function firstPortalId(world: World): string {
  const portal = [...world.craft.feedback.portals.values()][0];
  if (portal === undefined) throw new Error('the world has no feedback portal');
  return portal.id;
}
