/** What only the guide has (seed 001, step 6): the PUT below the workspace, custom fields as `customFieldValues`. */
import type { Behaviour } from '../behaviour.js';
import type { Answer, Call, Route } from '../http/mount.js';
import type { CraftWorld } from './craftWorld.js';
import { craftError, validationError } from './errors.js';
import { detailsOf, guidePatch, GuideUpdate } from './itemUpdate.js';
import { renderItem } from './render.js';
import { visibleItem } from './sharedRoutes.js';

export function guideRoutes(craft: CraftWorld, behaviour: Behaviour): readonly Route[] {
  return [
    { method: 'PUT', path: '/workspace/:workspaceId/items/:id', handle: (call) => update(craft, behaviour, call) },
  ];
}

function update(craft: CraftWorld, behaviour: Behaviour, call: Call): Answer {
  const item = visibleItem(craft, call, call.params['id'] ?? '');
  if (item === undefined || item.workspaceId !== call.params['workspaceId']) return craftError(404);
  const body = GuideUpdate.safeParse(call.body);
  if (!body.success) return validationError(detailsOf(body.error));
  const result = guidePatch(craft, item, body.data, behaviour);
  if (result.status === 'invalid') return validationError(result.details);
  const updated = craft.updateItem(
    item.id,
    { ...result.patch, other: { ...item.other, ...result.patch.other } },
    'api',
  );
  return { status: 200, body: renderItem(craft, updated), applied: { itemId: item.id } };
}
