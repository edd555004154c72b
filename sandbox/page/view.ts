/** What the page shows: all systems as plain data, names instead of ids. Nothing here is markup; the page escapes. */
import type { DevCard, DevPlace, DevSide } from '../people/devSide.js';
import type { CraftItem } from '../craft/model.js';
import type { WorldChange } from '../world/model.js';
import type { DevSystemName } from '../world/systems.js';
import type { World } from '../world/world.js';

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
  /** This and the following: what craftsync has written, or empty. */
  readonly lock: string;
  readonly devStatus: string;
  readonly devKey: string;
  readonly devLink: string;
  readonly devState: string;
}

/** A card of one dev tool, with an id that is unique over all tools. */
export interface ShownDevCard extends DevCard {
  readonly uid: string;
  readonly tool: string;
}

/** What stays as it is while the sandbox runs. */
export interface Frame {
  readonly account: string;
  readonly craftStatuses: readonly string[];
  readonly teams: readonly string[];
  readonly tools: readonly { readonly system: string; readonly name: string; readonly places: readonly DevPlace[] }[];
}

export interface View {
  readonly frame: Frame;
  readonly craft: readonly CraftCard[];
  readonly dev: readonly ShownDevCard[];
}

/** One line of what has just happened. */
export interface News {
  readonly at: string;
  readonly by: WorldChange['by'];
  readonly text: string;
}

/** Cards by id, those of dev tools by `uid`; null: gone. */
export interface ChangedCards {
  readonly craft: Readonly<Record<string, CraftCard | null>>;
  readonly dev: Readonly<Record<string, ShownDevCard | null>>;
  readonly news: readonly News[];
}

/** `systems`: the dev tools that the page shows. */
export function viewOf(world: World, systems: readonly DevSystemName[]): View {
  const sides = systems.map((system) => world.tools[system].side);
  return {
    frame: frameOf(world, sides),
    craft: [...world.craft.items.values()].map((item) => craftCard(world, item)),
    dev: sides.flatMap((side) => side.cards().map((card) => shown(side.system, card))),
  };
}

export function uidOf(system: DevSystemName, id: string): string {
  return `${system}:${id}`;
}

export function shown(system: DevSystemName, card: DevCard): ShownDevCard {
  return { ...card, uid: uidOf(system, card.id), tool: system };
}

function frameOf({ craft }: World, sides: readonly DevSide[]): Frame {
  const team = [...craft.customFields.values()].find((field) => field.name === 'team');
  return {
    account: [...craft.account.values()][0]?.name ?? '',
    craftStatuses: [...craft.statuses.values()].map((status) => status.name),
    teams: team?.values ?? [],
    tools: sides.map((side) => ({ system: side.system, name: side.name, places: side.places() })),
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

const WHAT = {
  item: 'Craft.io item',
  'work-item': 'work item',
  comment: 'comment',
  label: 'label',
  initiative: 'initiative',
  feedback: 'feedback',
} as const satisfies Record<WorldChange['what'], string>;

/** Call right after the change: it describes the item as it is now. */
export function newsOf(world: World, change: WorldChange): News {
  const { at, by, kind, what, key } = change;
  const name = `${WHAT[what]} ${key ?? ''}`.trimEnd();
  return { at, by, text: `${kind} ${name}${aboutChanged(world, change)}` };
}

function aboutChanged(world: World, { side, what, id, on }: WorldChange): string {
  if (what === 'comment') return on === undefined ? '' : ` on ${on}`;
  if (side !== 'craft') return nowIn(world.tools[side].side.card(id)?.status ?? '');
  const item = world.craft.items.get(id);
  return item === undefined ? '' : nowIn(craftCard(world, item).status);
}

function nowIn(status: string): string {
  return status === '' ? '' : `, now ${status}`;
}
