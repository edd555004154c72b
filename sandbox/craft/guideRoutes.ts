/**
 * What only the guide has (sources: Craft.io guide): the PUT below the workspace with custom fields as
 * `customFieldValues`, and the same below a portfolio, for initiatives.
 */
import type { Behaviour } from '../world/behaviour.js';
import type { Answer, Call, Route } from '../http/mount.js';
import type { CraftItem } from './model.js';
import type { Table } from '../world/table.js';
import type { CraftWorld } from './craftWorld.js';
import { craftError, validationError } from './errors.js';
import { detailsOf, guidePatch, GuideUpdate } from './itemUpdate.js';
import { renderItem } from './render.js';
import { visibleIn } from './sharedRoutes.js';

export function guideRoutes(craft: CraftWorld, behaviour: Behaviour): readonly Route[] {
  return [
    {
      method: 'PUT',
      path: '/workspace/:workspaceId/items/:id',
      handle: (call) => update(craft, { table: craft.items, placeId: call.params['workspaceId'] }, behaviour, call),
    },
    {
      method: 'PUT',
      path: '/portfolio/:portfolioId/items/:id',
      handle: (call) =>
        update(craft, { table: craft.initiatives, placeId: call.params['portfolioId'] }, behaviour, call),
    },
  ];
}

interface Below {
  readonly table: Table<CraftItem>;
  readonly placeId: string | undefined;
}

function update(craft: CraftWorld, below: Below, behaviour: Behaviour, call: Call): Answer {
  const item = visibleIn(below.table, call, call.params['id'] ?? '');
  if (item === undefined || item.workspaceId !== below.placeId) return craftError(404);
  const body = GuideUpdate.safeParse(call.body);
  if (!body.success) return validationError(detailsOf(body.error));
  const result = guidePatch(craft, item, body.data, behaviour);
  if (result.status === 'invalid') return validationError(result.details);
  const updated = craft.updateItem(
    item.id,
    { ...result.patch, other: { ...item.other, ...result.patch.other } },
    'api',
  );
  return { status: 200, body: renderItem(craft, updated, behaviour), applied: { itemId: item.id } };
}
