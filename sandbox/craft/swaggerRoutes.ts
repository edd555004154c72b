/**
 * What only the Swagger has (sources: Craft.io API): the key's introspection, the custom fields of a portal, and
 * writes at `/item`.
 */
import type { Behaviour } from '../world/behaviour.js';
import type { Answer, Call, Route } from '../http/mount.js';
import type { CraftWorld } from './craftWorld.js';
import { craftError, validationError } from './errors.js';
import { inPortal } from './feedbackRoutes.js';
import { detailsOf, SwaggerCreate, swaggerPatch, SwaggerUpdate } from './itemUpdate.js';
import { renderItem } from './render.js';
import { customFields, visibleItem, workspaces } from './sharedRoutes.js';

export function swaggerRoutes(craft: CraftWorld, behaviour: Behaviour): readonly Route[] {
  return [
    { method: 'GET', path: '/workspaces', handle: (call) => ({ status: 200, body: workspaces(craft, call) }) },
    { method: 'GET', path: '/me/api-key', handle: (call) => introspect(craft, call) },
    {
      method: 'GET',
      path: '/feedback_portal/:id/custom_fields',
      handle: (call) => inPortal(craft, call, ({ id }) => ({ status: 200, body: customFields(craft, id) })),
    },
    { method: 'POST', path: '/item', handle: (call) => create(craft, behaviour, call) },
    { method: 'PUT', path: '/item', handle: (call) => update(craft, behaviour, call) },
    { method: 'DELETE', path: '/item/:id', handle: (call) => remove(craft, call) },
  ];
}

function introspect(craft: CraftWorld, call: Call): Answer {
  const seenOf = (table: { values(): Iterable<{ readonly id: string }> }): readonly string[] =>
    [...table.values()].map(({ id }) => id).filter((id) => call.sight.of(id) !== 'missing');
  const user = [...craft.users.values()][0];
  return {
    status: 200,
    body: {
      userId: user?.id ?? null,
      accountId: craft.accountId(),
      scopes: [
        'read:items:craft',
        'write:items:craft',
        'delete:items:craft',
        'read:portfolios:craft',
        'read:workspace-meta:craft',
        'read:feedback:craft',
        'write:feedback:craft',
      ],
      resourceScope: {
        workspaces: seenOf(craft.workspaces),
        portfolios: seenOf(craft.portfolios),
        feedback_portals: seenOf(craft.feedback.portals),
      },
      mcpAccess: false,
    },
  };
}

function create(craft: CraftWorld, behaviour: Behaviour, call: Call): Answer {
  const body = SwaggerCreate.safeParse(call.body);
  if (!body.success) return validationError(detailsOf(body.error));
  const { workspaceId, type, ...parts } = body.data;
  const result = swaggerPatch(craft, { workspaceId, customFields: {} }, parts, behaviour);
  if (result.status === 'invalid') return validationError(result.details);
  const item = craft.createItem({ ...result.patch, workspaceId, type, title: parts.title }, 'api');
  return { status: 200, body: renderItem(craft, item, behaviour), applied: { itemId: item.id } };
}

function update(craft: CraftWorld, behaviour: Behaviour, call: Call): Answer {
  const body = SwaggerUpdate.safeParse(call.body);
  if (!body.success) return validationError(detailsOf(body.error));
  const { id, ...parts } = body.data;
  const item = visibleItem(craft, call, id);
  if (item === undefined) return craftError(404);
  const result = swaggerPatch(craft, item, parts, behaviour);
  if (result.status === 'invalid') return validationError(result.details);
  const updated = craft.updateItem(id, { ...result.patch, other: { ...item.other, ...result.patch.other } }, 'api');
  return { status: 200, body: renderItem(craft, updated, behaviour), applied: { itemId: id } };
}

function remove(craft: CraftWorld, call: Call): Answer {
  const item = visibleItem(craft, call, call.params['id'] ?? '');
  if (item === undefined) return craftError(404);
  craft.deleteItem(item.id, 'api');
  return { status: 200, body: {}, applied: { itemId: item.id } };
}
