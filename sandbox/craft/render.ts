/**
 * Craft.io's JSON of items, initiatives and feedback: the property names of the Swagger (sources: Craft.io API), in
 * both dialects.
 */
import type { Behaviour } from '../world/behaviour.js';
import type { CraftFeedback, CraftItem } from './model.js';
import type { Table } from '../world/table.js';
import type { CraftWorld } from './craftWorld.js';

export type ItemJson = Readonly<Record<string, unknown>>;

const WEB_PAGE = 'https://app.craft.io/items/';
/** The account has one. */
const TEAM = 'Northwind';
const PORTAL_PAGE = 'https://northwind.ideas.craft.io/';

/** What the Swagger's `Initiative` leaves out of its `Item`. */
const NOT_OF_INITIATIVES: readonly string[] = [
  'workspaceId',
  'initiativeId',
  'sprint',
  'quarter',
  'assignee',
  'storyPoints',
  'estimatedHours',
  'objectives',
  'keyResults',
  'personas',
  'parent',
  'labels',
  'kano',
];

export function renderItem(craft: CraftWorld, item: CraftItem, behaviour: Behaviour): ItemJson {
  if (craft.portfolios.get(item.workspaceId) === undefined) return renderWorkItem(craft, item, behaviour);
  const rendered = Object.entries(renderWorkItem(craft, item, behaviour));
  const kept = rendered.filter(([name]) => !NOT_OF_INITIATIVES.includes(name));
  return { ...Object.fromEntries(kept), portfolioId: item.workspaceId };
}

function renderWorkItem(craft: CraftWorld, item: CraftItem, behaviour: Behaviour): ItemJson {
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
    assignee: assignee === undefined ? null : { id: assignee.id, team: TEAM, user: assignee.name },
    parent:
      parent === undefined
        ? null
        : { id: parent.id, title: parent.title, shortId: parent.shortId, webUrl: WEB_PAGE + parent.id },
    createdBy: createdBy ?? { id: item.createdById, name: 'Somebody' },
    customFields: renderCustomFields(craft, item),
    dependencies: [],
    feedbackLinks: renderFeedbackLinks(craft, item, behaviour),
  };
}

function renderCustomFields(craft: CraftWorld, item: CraftItem): readonly unknown[] {
  return Object.entries(item.customFields).map(([id, value]) => ({
    id,
    name: craft.customFields.get(id)?.name,
    // The document says text, whatever the field's type.
    value: String(value),
  }));
}

function renderFeedbackLinks(craft: CraftWorld, item: CraftItem, behaviour: Behaviour): readonly unknown[] {
  const linked = craft.feedback.linkedTo(item.id);
  if (behaviour.craftFeedbackLinks === 'ids') return linked.map(({ id }) => id);
  return linked.map((feedback) => ({
    id: feedback.id,
    shortId: feedback.shortId,
    title: feedback.title,
    status: named(craft.feedback.statuses, feedback.statusId),
    webUrl: PORTAL_PAGE + feedback.shortId,
  }));
}

/** The Swagger's `BaseFeedbackItem`; it has no time of the last change. */
export function renderFeedback(craft: CraftWorld, feedback: CraftFeedback): ItemJson {
  const { submitter } = feedback;
  const person = submitter === null ? null : { id: feedback.portalId, name: submitter, email: submitter };
  return {
    id: feedback.id,
    portalId: feedback.portalId,
    shortId: feedback.shortId,
    title: feedback.title,
    description: feedback.description,
    creationTime: feedback.creationTime,
    category: named(craft.feedback.categories, feedback.categoryId),
    ...(person === null ? {} : { owner: person, createdBy: person }),
    status: named(craft.feedback.statuses, feedback.statusId),
    internalStatus: null,
    importance: null,
    labels: [],
    customFields: [],
    linkedItems: feedback.linkedItemIds.flatMap((id) => {
      const item = craft.find(id);
      return item === undefined ? [] : [{ id, shortId: item.shortId, title: item.title, webUrl: WEB_PAGE + id }];
    }),
    webUrl: PORTAL_PAGE + feedback.shortId,
  };
}

function named(
  table: Table<{ readonly id: string; readonly name: string }>,
  id: string | null,
): { id: string; name: string } | null {
  const found = id === null ? undefined : table.get(id);
  return found === undefined ? null : { id: found.id, name: found.name };
}

/**
 * The part of an item that a request asks for. `all`: everything. The Swagger's description of `fields` ("set all for
 * all fields") implies that a request without it gets a subset: the one here.
 */
const DEFAULT_PART = ['id', 'type', 'workspaceId', 'shortId', 'title', 'status', 'updateTime', 'webUrl'];

export function partOf(item: ItemJson, fields: string | null): ItemJson {
  const wanted = fields === null || fields === '' ? DEFAULT_PART : fields.split(',').map((name) => name.trim());
  if (wanted.includes('all')) return item;
  return Object.fromEntries(
    [...new Set(['id', ...wanted])].filter((name) => name in item).map((name) => [name, item[name]]),
  );
}
