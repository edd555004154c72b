/** Craft.io's JSON of an item: the property names of the Swagger's `Item` (reference api-facts A.4), in both dialects. */
import type { CraftItem, CraftStatus } from '../model.js';
import type { Table } from '../table.js';
import type { CraftWorld } from './craftWorld.js';

export type ItemJson = Readonly<Record<string, unknown>>;

const WEB_PAGE = 'https://app.craft.io/items/';

export function renderItem(craft: CraftWorld, item: CraftItem): ItemJson {
  const parent = item.parentId === null ? undefined : craft.items.get(item.parentId);
  const assignee = item.assigneeId === null ? undefined : craft.users.get(item.assigneeId);
  const createdBy = craft.users.get(item.createdById);
  return {
    id: item.id,
    type: item.type,
    workspaceId: item.workspaceId,
    portfolioId: null,
    shortId: item.shortId,
    title: item.title,
    description: item.description,
    creationTime: item.creationTime,
    updateTime: item.updateTime,
    storyPoints: null,
    value: null,
    effort: item.effort,
    estimatedHours: null,
    kano: null,
    initiativeId: null,
    actualStartDate: null,
    actualEndDate: null,
    outIn: null,
    ...item.other,
    labels: item.labels,
    devToolKey: {},
    webUrl: WEB_PAGE + item.id,
    status: named(craft.statuses, item.statusId),
    importance: named(craft.importances, item.importanceId),
    objectives: [],
    keyResults: [],
    personas: [],
    sprint: null,
    quarter: null,
    assignee: assignee === undefined ? null : { id: assignee.id, team: false, user: assignee },
    parent:
      parent === undefined
        ? null
        : { id: parent.id, title: parent.title, shortId: parent.shortId, webUrl: WEB_PAGE + parent.id },
    createdBy: createdBy ?? { id: item.createdById, name: 'Somebody' },
    customFields: renderCustomFields(craft, item),
    dependencies: [],
    feedbackLinks: [],
  };
}

function renderCustomFields(craft: CraftWorld, item: CraftItem): readonly unknown[] {
  return Object.entries(item.customFields).map(([id, value]) => ({
    id,
    name: craft.customFields.get(id)?.name,
    value,
  }));
}

function named(table: Table<CraftStatus>, id: string | null): { id: string; name: string } | null {
  const found = id === null ? undefined : table.get(id);
  return found === undefined ? null : { id: found.id, name: found.name };
}

/**
 * The part of an item that a request asks for. `all`: everything. Without `fields` the Swagger's parameter ("set all for
 * all fields") implies a subset: what stands here.
 */
const DEFAULT_PART = ['id', 'type', 'workspaceId', 'shortId', 'title', 'status', 'updateTime', 'webUrl'];

export function partOf(item: ItemJson, fields: string | null): ItemJson {
  const wanted = fields === null || fields === '' ? DEFAULT_PART : fields.split(',').map((name) => name.trim());
  if (wanted.includes('all')) return item;
  return Object.fromEntries(
    [...new Set(['id', ...wanted])].filter((name) => name in item).map((name) => [name, item[name]]),
  );
}
