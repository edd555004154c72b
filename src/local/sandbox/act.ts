/**
 * What people do in the two systems, as opposed to what clients do over the APIs: the product manager in Craft.io, the
 * developers in Kitemaker. The web page, the simulated team and tests act through this and nothing else.
 */
import { READY } from './seeding/craftItems.js';
import { firstWorkspaceId } from './seeding/seedWorld.js';
import type { CraftItem, Size, WorkItem } from './model.js';
import type { CraftPatch } from './craft/craftWorld.js';
import type { World } from './world.js';

/** What a product manager may write into an item; names, not ids. A custom field set to null is emptied. */
export interface CraftEdit {
  readonly title?: string;
  readonly description?: string | null;
  readonly effort?: number | null;
  readonly status?: string;
  readonly type?: string;
  /** Id of another workspace: the item leaves the listing of this one and is still found by id. */
  readonly workspaceId?: string;
  readonly customFields?: Readonly<Record<string, string | number | null>>;
}

export interface WorkItemEdit {
  readonly title?: string;
  readonly description?: string;
  readonly effort?: Size | null;
  readonly impact?: Size | null;
}

/** `id` is an id or what people call the item (`MBK-104`, `MOB-3`); `space` an id or a key. */
export type Act =
  | { readonly as: 'product-manager'; readonly action: 'create'; readonly edit: CraftEdit & { readonly title: string } }
  | { readonly as: 'product-manager'; readonly action: 'mark-ready' | 'unready' | 'delete'; readonly id: string }
  | { readonly as: 'product-manager'; readonly action: 'edit'; readonly id: string; readonly edit: CraftEdit }
  | {
      readonly as: 'developer';
      readonly action: 'create';
      readonly space: string;
      readonly edit: WorkItemEdit & { readonly title: string };
    }
  | { readonly as: 'developer'; readonly action: 'move'; readonly id: string; readonly status: string }
  | { readonly as: 'developer'; readonly action: 'move-space'; readonly id: string; readonly space: string }
  | { readonly as: 'developer'; readonly action: 'edit'; readonly id: string; readonly edit: WorkItemEdit }
  | { readonly as: 'developer'; readonly action: 'comment'; readonly id: string; readonly text: string }
  | { readonly as: 'developer'; readonly action: 'delete'; readonly id: string };

/** `id` is of the item that was acted on, or created. */
export type ActOutcome =
  | { readonly status: 'done'; readonly id: string; readonly key: string }
  | { readonly status: 'refused'; readonly message: string };

/** Thrown inside, returned as `refused`: an act of a person never breaks the sandbox. */
class Refused extends Error {}

export function act(world: World, what: Act): ActOutcome {
  try {
    return what.as === 'product-manager' ? asProductManager(world, what) : asDeveloper(world, what);
  } catch (error) {
    if (error instanceof Refused) return { status: 'refused', message: error.message };
    throw error;
  }
}

const BY_PRODUCT = 'product-manager' as const;
const BY_DEVELOPER = 'developer' as const;

function asProductManager(world: World, what: Extract<Act, { as: 'product-manager' }>): ActOutcome {
  const { craft } = world;
  if (what.action === 'create') return done(createCraftItem(world, what.edit));
  const item = craft.find(what.id);
  if (item === undefined) throw new Refused(`Craft.io has no item ${what.id}`);
  switch (what.action) {
    case 'mark-ready':
      return done(craft.updateItem(item.id, craftPatch(world, item, { status: READY }), BY_PRODUCT));
    case 'unready':
      return done(craft.updateItem(item.id, craftPatch(world, item, { status: 'In Definition' }), BY_PRODUCT));
    case 'edit':
      return done(craft.updateItem(item.id, craftPatch(world, item, what.edit), BY_PRODUCT));
    case 'delete':
      craft.deleteItem(item.id, BY_PRODUCT);
      return done(item);
  }
}

function createCraftItem(world: World, edit: CraftEdit & { readonly title: string }): CraftItem {
  const workspaceId = edit.workspaceId ?? firstWorkspaceId(world);
  if (world.craft.workspaces.get(workspaceId) === undefined) throw new Refused(`no workspace ${workspaceId}`);
  const patch = craftPatch(world, { workspaceId, customFields: {} }, { status: 'New', ...edit });
  return world.craft.createItem({ type: 'Story', workspaceId, ...patch, title: edit.title }, BY_PRODUCT);
}

function craftPatch(world: World, item: Pick<CraftItem, 'workspaceId' | 'customFields'>, edit: CraftEdit): CraftPatch {
  const { status, customFields, workspaceId, ...plain } = edit;
  if (workspaceId !== undefined && world.craft.workspaces.get(workspaceId) === undefined) {
    throw new Refused(`no workspace ${workspaceId}`);
  }
  const statusId = status === undefined ? undefined : world.craft.statusNamed(status)?.id;
  if (status !== undefined && statusId === undefined) throw new Refused(`Craft.io has no status "${status}"`);
  const values: Record<string, string | number> = { ...item.customFields };
  for (const [name, value] of Object.entries(customFields ?? {})) {
    const field = world.craft.field(item.workspaceId, name);
    if (field === undefined) throw new Refused(`Craft.io has no custom field "${name}"`);
    if (value === null) delete values[field.id];
    else values[field.id] = value;
  }
  return {
    ...plain,
    ...(statusId === undefined ? {} : { statusId }),
    ...(workspaceId === undefined ? {} : { workspaceId }),
    ...(customFields === undefined ? {} : { customFields: values }),
  };
}

function asDeveloper(world: World, what: Extract<Act, { as: 'developer' }>): ActOutcome {
  const { kitemaker } = world;
  const developer = [...kitemaker.actors.values()].find((actor) => actor.type === 'user') ?? kitemaker.application();
  if (what.action === 'create') {
    const space = kitemaker.space(what.space);
    const status = space?.statuses.find((candidate) => candidate.default);
    if (space === undefined || status === undefined) throw new Refused(`Kitemaker has no space ${what.space}`);
    const draft = { spaceId: space.id, statusId: status.id, actorId: developer.id, ...what.edit };
    return doneWork(world, kitemaker.createWorkItem(draft, BY_DEVELOPER));
  }
  const item = kitemaker.find(what.id);
  if (item === undefined) throw new Refused(`Kitemaker has no work item ${what.id}`);
  switch (what.action) {
    case 'move': {
      const statuses = kitemaker.spaces.get(item.spaceId)?.statuses ?? [];
      const status = statuses.find((candidate) => candidate.name === what.status || candidate.id === what.status);
      if (status === undefined) throw new Refused(`the space has no status "${what.status}"`);
      return doneWork(world, kitemaker.updateWorkItem(item.id, { statusId: status.id }, BY_DEVELOPER));
    }
    case 'move-space': {
      const space = kitemaker.space(what.space);
      if (space === undefined) throw new Refused(`Kitemaker has no space ${what.space}`);
      const status = kitemaker.statusIn(space, kitemaker.statusOf(item));
      return doneWork(world, kitemaker.updateWorkItem(item.id, { statusId: status.id }, BY_DEVELOPER));
    }
    case 'edit':
      return doneWork(world, kitemaker.updateWorkItem(item.id, what.edit, BY_DEVELOPER));
    case 'comment': {
      kitemaker.createComment({ workItemId: item.id, body: what.text, actorId: developer.id }, BY_DEVELOPER);
      return doneWork(world, item);
    }
    case 'delete': {
      const key = kitemaker.key(item);
      kitemaker.deleteWorkItem(item.id, BY_DEVELOPER);
      return { status: 'done', id: item.id, key };
    }
  }
}

function done(item: CraftItem): ActOutcome {
  return { status: 'done', id: item.id, key: item.shortId };
}

function doneWork(world: World, item: WorkItem): ActOutcome {
  return { status: 'done', id: item.id, key: world.kitemaker.key(item) };
}
