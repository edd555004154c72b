/**
 * What people do in the systems, as opposed to what clients do over the APIs: the product manager in Craft.io, the
 * developers in their tool (its `DevSide`). The web page, the simulated team and the tests act only through this.
 */
import { READY } from '../seeding/craftItems.js';
import { firstWorkspaceId } from '../seeding/seedWorld.js';
import type { DevDeed, DevDeedOutcome } from './devSide.js';
import { DEFAULT_TOOL, type DevSystemName } from '../world/systems.js';
import type { CraftItem } from '../craft/model.js';
import type { CraftPatch } from '../craft/craftWorld.js';
import type { World } from '../world/world.js';

/** What a product manager may write into an item; names, not ids. A custom field set to null is emptied. */
export interface CraftEdit {
  readonly title?: string;
  readonly description?: string | null;
  readonly effort?: number | null;
  readonly status?: string;
  readonly type?: string;
  /** Id of another workspace or, for an initiative, portfolio: the item leaves its listing and is still found by id. */
  readonly workspaceId?: string;
  readonly customFields?: Readonly<Record<string, string | number | null>>;
}

/** `id` is an id or what people call the item (`MBK-104`, `MOB-3`). */
export type Act =
  | { readonly as: 'product-manager'; readonly action: 'create'; readonly edit: CraftEdit & { readonly title: string } }
  | { readonly as: 'product-manager'; readonly action: 'mark-ready' | 'unready' | 'delete'; readonly id: string }
  | { readonly as: 'product-manager'; readonly action: 'edit'; readonly id: string; readonly edit: CraftEdit }
  /** @default `DEFAULT_TOOL` */
  | ({ readonly as: 'developer'; readonly tool?: DevSystemName } & DevDeed);

export type ActOutcome = DevDeedOutcome;

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
  if (world.craft.place(workspaceId) === undefined) throw new Refused(`no workspace ${workspaceId}`);
  const patch = craftPatch(world, { workspaceId, customFields: {} }, { status: 'New', ...edit });
  const type = world.craft.portfolios.get(workspaceId) === undefined ? 'Story' : 'Initiative';
  return world.craft.createItem({ type, workspaceId, ...patch, title: edit.title }, BY_PRODUCT);
}

function craftPatch(world: World, item: Pick<CraftItem, 'workspaceId' | 'customFields'>, edit: CraftEdit): CraftPatch {
  const { status, customFields, workspaceId, ...plain } = edit;
  if (workspaceId !== undefined && world.craft.place(workspaceId) === undefined) {
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
  const { as: _, tool = DEFAULT_TOOL, ...deed } = what;
  return world.tools[tool].side.do(deed);
}

function done(item: CraftItem): ActOutcome {
  return { status: 'done', id: item.id, key: item.shortId };
}
