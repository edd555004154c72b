/** The routes that both descriptions have (sources: Craft.io API). All of them read. */
import type { Behaviour } from '../world/behaviour.js';
import type { Answer, Call, Route } from '../http/mount.js';
import type { CraftItem, CraftWorkspace } from './model.js';
import type { Table } from '../world/table.js';
import type { CraftWorld } from './craftWorld.js';
import { craftError } from './errors.js';
import { feedbackPortals } from './feedbackRoutes.js';
import { listItems } from './listQuery.js';
import { partOf, renderItem } from './render.js';

export type Dialect = 'guide' | 'swagger';

export function sharedRoutes(craft: CraftWorld, behaviour: Behaviour, dialect: Dialect): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/workspaces/:accountId',
      handle: (call) => ofAccount(craft, call, () => workspaces(craft, call)),
    },
    {
      method: 'GET',
      path: '/feedback_portals/:accountId',
      handle: (call) => ofAccount(craft, call, () => feedbackPortals(craft, call)),
    },
    {
      method: 'GET',
      path: '/workspace/:id/custom_fields',
      handle: (call) => inWorkspace(craft, call, ({ id }) => ok(customFields(craft, id))),
    },
    {
      method: 'GET',
      path: '/workspace/:id/terminology',
      handle: (call) => inWorkspace(craft, call, ({ id }) => ok(terminology(craft, id, dialect))),
    },
    {
      method: 'GET',
      path: '/workspace/:id/items',
      handle: (call) => inWorkspace(craft, call, (it) => list(craft, it, call, behaviour, dialect)),
    },
    { method: 'GET', path: '/item/:id', handle: (call) => oneItem(craft, behaviour, call) },
  ];
}

export function workspaces(craft: CraftWorld, call: Call): unknown {
  const seen = [...craft.workspaces.values()].filter(({ id }) => call.sight.of(id) !== 'missing');
  return seen.map(({ id, name }) => ({ id, name }));
}

/** A work item or initiative that this key may see, by its id; a short id does not find it. */
export function visibleItem(craft: CraftWorld, call: Call, id: string): CraftItem | undefined {
  return visibleIn(craft.tableOf(id), call, id);
}

export function visibleIn(table: Table<CraftItem>, call: Call, id: string): CraftItem | undefined {
  const item = table.get(id);
  return item !== undefined && call.sight.of(item.workspaceId) === 'full' ? item : undefined;
}

export function ofAccount(craft: CraftWorld, call: Call, read: () => unknown): Answer {
  if (call.params['accountId'] !== craft.accountId()) return craftError(401);
  return { status: 200, body: read() };
}

function inWorkspace(craft: CraftWorld, call: Call, read: (workspace: CraftWorkspace) => Answer): Answer {
  const workspace = craft.workspaces.get(call.params['id'] ?? '');
  if (workspace === undefined || call.sight.of(workspace.id) === 'missing')
    return craftError(404, 'No workspace found');
  return read(workspace);
}

function ok(body: unknown): Answer {
  return { status: 200, body };
}

/** The custom fields of a workspace, a portfolio or a portal. */
export function customFields(craft: CraftWorld, placeId: string): readonly unknown[] {
  return [...craft.customFields.values()]
    .filter((field) => field.workspaceId === placeId)
    .map(({ id, name, type, values }) => ({ id, name, type, ...(type === 'dropdown' ? { values } : {}) }));
}

/** "List of terminology items" in the guide; an object of them in the Swagger. */
export function terminology(craft: CraftWorld, placeId: string, dialect: Dialect): unknown {
  const terms = [...craft.terms.values()]
    .filter((term) => term.placeId === placeId)
    .map((term) => ({
      category: term.category,
      default: term.default,
      customSingle: term.customSingle,
      customPlural: term.customPlural,
    }));
  return dialect === 'guide' ? terms : Object.fromEntries(terms.map((term) => [term.category, term]));
}

function list(
  craft: CraftWorld,
  workspace: CraftWorkspace,
  call: Call,
  behaviour: Behaviour,
  dialect: Dialect,
): Answer {
  const result = listItems(craft, workspace.id, call.query, behaviour);
  if (result.status === 'invalid') return craftError(400, result.message);
  const empty = call.sight.of(workspace.id) === 'empty';
  // The document promises "full work items' metadata values, including custom fields"; only the Swagger has `fields`.
  const fields = call.query.get('fields') ?? (dialect === 'guide' ? 'all' : null);
  const items = empty ? [] : result.page.items.map((item) => partOf(renderItem(craft, item, behaviour), fields));
  if (dialect === 'guide' && behaviour.craftGuideList === 'array') return { status: 200, body: items };
  const metadata = empty ? { ...result.page.metadata, totalPages: 0, totalRecords: 0 } : result.page.metadata;
  return { status: 200, body: { items, metadata } };
}

function oneItem(craft: CraftWorld, behaviour: Behaviour, call: Call): Answer {
  const item = visibleIn(craft.items, call, call.params['id'] ?? '');
  if (item === undefined) return craftError(404);
  return { status: 200, body: partOf(renderItem(craft, item, behaviour), call.query.get('fields') ?? 'all') };
}
