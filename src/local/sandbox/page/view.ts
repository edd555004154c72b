/** What the page shows: both systems as plain data, names instead of ids. Nothing here is markup; the page escapes. */
import type { CraftItem, WorkItem, WorldChange } from '../model.js';
import type { World } from '../world.js';

export interface CraftCard {
  readonly id: string;
  readonly key: string;
  readonly workspace: string;
  readonly type: string;
  readonly title: string;
  readonly description: string;
  readonly status: string;
  readonly effort: number | null;
  readonly team: string;
  /** What craftsync has written; empty where it has not. */
  readonly lock: string;
  readonly devStatus: string;
  readonly devKey: string;
  readonly devLink: string;
  readonly devState: string;
}

export interface DevCard {
  readonly id: string;
  readonly key: string;
  /** Its key. */
  readonly space: string;
  readonly title: string;
  readonly description: string;
  readonly status: string;
  readonly effort: string;
  /** Rises with each change: where it stands in its column. */
  readonly updatedAt: string;
  readonly comments: readonly { readonly by: string; readonly text: string; readonly at: string }[];
}

/** What stays as it is while the sandbox runs. */
export interface Frame {
  readonly account: string;
  readonly organization: string;
  readonly craftStatuses: readonly string[];
  readonly teams: readonly string[];
  readonly spaces: readonly { readonly key: string; readonly name: string; readonly statuses: readonly string[] }[];
}

export interface View {
  readonly frame: Frame;
  readonly craft: readonly CraftCard[];
  readonly dev: readonly DevCard[];
}

/** One line of what has just happened. */
export interface News {
  readonly at: string;
  readonly by: WorldChange['by'];
  readonly text: string;
}

/** Cards by id; null: gone. */
export interface ChangedCards {
  readonly craft: Readonly<Record<string, CraftCard | null>>;
  readonly dev: Readonly<Record<string, DevCard | null>>;
  readonly news: readonly News[];
}

export function viewOf(world: World): View {
  return {
    frame: frameOf(world),
    craft: [...world.craft.items.values()].map((item) => craftCard(world, item)),
    dev: [...world.kitemaker.workItems.values()].map((item) => devCard(world, item)),
  };
}

function frameOf({ craft, kitemaker }: World): Frame {
  const team = [...craft.customFields.values()].find((field) => field.name === 'team');
  return {
    account: [...craft.account.values()][0]?.name ?? '',
    organization: [...kitemaker.organizations.values()][0]?.name ?? '',
    craftStatuses: [...craft.statuses.values()].map((status) => status.name),
    teams: team?.values ?? [],
    spaces: [...kitemaker.spaces.values()].map(({ key, name, statuses }) => ({
      key,
      name,
      statuses: statuses.map((status) => status.name),
    })),
  };
}

export function craftCard(world: World, item: CraftItem): CraftCard {
  const { craft } = world;
  const value = (field: string): string => String(craft.valueOf(item, field) ?? '');
  return {
    id: item.id,
    key: item.shortId,
    workspace: craft.workspaces.get(item.workspaceId)?.name ?? '',
    type: item.type,
    title: item.title,
    description: item.description ?? '',
    status: item.statusId === null ? '' : (craft.statuses.get(item.statusId)?.name ?? ''),
    effort: item.effort,
    team: value('team'),
    lock: value('dev_lock'),
    devStatus: value('dev_status'),
    devKey: value('dev_key'),
    devLink: value('dev_link'),
    devState: value('dev_state'),
  };
}

export function devCard(world: World, item: WorkItem): DevCard {
  const { kitemaker } = world;
  return {
    id: item.id,
    key: kitemaker.key(item),
    space: kitemaker.spaces.get(item.spaceId)?.key ?? '',
    title: item.title,
    description: item.description,
    status: kitemaker.statusOf(item).name,
    effort: item.effort ?? '',
    updatedAt: item.updatedAt,
    comments: kitemaker.commentsOf(item.id).map((comment) => ({
      by: kitemaker.actors.get(comment.actorId)?.name ?? '',
      text: comment.body,
      at: comment.createdAt,
    })),
  };
}

const WHAT = {
  item: 'Craft.io item',
  'work-item': 'work item',
  comment: 'comment',
  label: 'label',
  initiative: 'initiative',
  feedback: 'feedback',
} as const satisfies Record<WorldChange['what'], string>;

/** Told right after the change, so that what it says of the item is what the change made of it. */
export function newsOf(world: World, { at, by, kind, what, id, key }: WorldChange): News {
  const name = `${WHAT[what]} ${key ?? ''}`.trimEnd();
  return { at, by, text: `${kind} ${name}${aboutChanged(world, what, id)}` };
}

function aboutChanged(world: World, what: WorldChange['what'], id: string): string {
  if (what === 'comment') {
    const item = world.kitemaker.workItems.get(world.kitemaker.comments.get(id)?.workItemId ?? '');
    return item === undefined ? '' : ` on ${world.kitemaker.key(item)}`;
  }
  const craftItem = what === 'item' ? world.craft.items.get(id) : undefined;
  const workItem = what === 'work-item' ? world.kitemaker.workItems.get(id) : undefined;
  const status =
    craftItem === undefined ? workItem && devCard(world, workItem).status : craftCard(world, craftItem).status;
  return status === undefined || status === '' ? '' : `, now ${status}`;
}
