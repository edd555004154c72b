/** What the simulated team may do in a given world, and how likely each act is. Reads the world, changes nothing. */
import type { Act } from './act.js';
import type { DevCard, DevSide } from './devSide.js';
import type { CraftItem } from '../craft/model.js';
import { pick, type Random } from '../world/random.js';
import { TEAMS } from '../seeding/teams.js';
import type { DevSystemName } from '../world/systems.js';
import type { World } from '../world/world.js';

export interface PossibleAct {
  readonly weight: number;
  readonly choose: (random: Random) => Act;
}

/** The team writes no new items beyond this many. */
export const MOST_ITEMS = 60;
/** At most this many items are ready or in development at the same time, so that they do not pile up. */
const MOST_IN_HAND = 14;

const WEIGHTS = {
  advance: 60,
  comment: 10,
  ready: 16,
  write: 6,
  sendBack: 4,
  drop: 1,
  changeSpace: 1,
  reopen: 3,
} as const;

/** What statuses mean to the team, by their names. Work moves on to the next status of its place. */
const CLOSED = /^(done|closed|completed|archived|dropped|rejected|cancelled)$/i;
const DROPPED = /^(archived|dropped|rejected|cancelled)$/i;
const STARTED = /progress|review|active|resolved|feedback/i;
const OPEN_IN_CRAFT = new Set(['New', 'In Definition', 'In Review']);
const READY_STATUS = 'Ready for Development';
const DELIVERED_TYPES = new Set(['Feature', 'Story']);
/** Those that the sandbox's configuration translates. */
const KNOWN_EFFORTS = new Set([1, 2, 3]);

const COMMENTS = [
  'Works on my device, asking for a second pair of eyes.',
  'The design has one state more than the description; going with the design.',
  'Needs the new build of the payment service, out tomorrow.',
  'Split off the migration, this one is smaller now.',
  'Screenshots are in the review.',
  'Behind a flag until the release notes are written.',
  'Found an old bug on the way; fixed along.',
] as const;

const WISHES = [
  ['Remind me', 'The app reminds me the day before, with one tap to act on it.'],
  ['Let me undo', 'For ten seconds a bar offers to take it back; nothing is sent before.'],
  ['Show at a glance', 'A widget of one line, readable without unlocking.'],
  ['Explain in plain words', 'No codes and no jargon; what happened, why, and what to do next.'],
  ['Export as a file', 'A CSV and a PDF, named by date, shared with one tap.'],
  ['Make it work offline', 'What was loaded last stays readable, marked with its time.'],
] as const;
const SUBJECTS = [
  'upcoming direct debits',
  'a transfer sent twice',
  'fees of the month',
  'card payments abroad',
  'the balance after bills',
  'interest on savings',
  'cash withdrawals',
] as const;

/** One item of a dev tool, and where it can go. */
interface Work {
  readonly tool: DevSystemName;
  readonly side: DevSide;
  readonly card: DevCard;
  readonly statuses: readonly string[];
}

/** `mayGrow`: whether a new item may be written. `systems`: the dev tools that items are handed over to. */
export function possibleActs(
  world: World,
  systems: readonly DevSystemName[],
  mayGrow: boolean,
): readonly PossibleAct[] {
  const teams = TEAMS.filter(({ system }) => systems.includes(system)).map(({ team }) => team);
  const work = systems.flatMap((system) => deliveredWork(world.tools[system].side));
  const open = work.filter(({ card }) => !CLOSED.test(card.status));
  const started = open.filter(({ card }) => STARTED.test(card.status));
  const later = started.filter((one) => firstStarted(one) !== one.card.status);
  const untouched = open.filter(({ card }) => !STARTED.test(card.status));
  const closed = work.filter(({ card }) => CLOSED.test(card.status));
  const ideas = [...world.craft.items.values()].filter((item) => isIdea(world, item, teams));
  const mayReady = open.length + waiting(world, teams) < MOST_IN_HAND;
  return [
    ...among(WEIGHTS.advance, open, (one) => move(one, nextStatus(one))),
    ...among(WEIGHTS.comment, started, (one, random) => comment(one, pick(random, COMMENTS))),
    ...among(WEIGHTS.sendBack, later, (one) => move(one, firstStarted(one))),
    ...among(WEIGHTS.drop, untouched.filter(canBeDropped), (one) => move(one, one.statuses.find(isDrop) ?? '')),
    ...among(WEIGHTS.changeSpace, started, (one, random) => changePlace(one, random)),
    ...among(mayReady ? WEIGHTS.ready : 0, ideas, (item) => ({
      as: 'product-manager',
      action: 'mark-ready',
      id: item.id,
    })),
    ...among(mayGrow && mayReady ? WEIGHTS.write : 0, teams, (team, random) => write(world, team, random)),
    // Once no new items may be written, work comes from reopened ones.
    ...among(mayGrow ? 0 : WEIGHTS.reopen, closed, (one) => move(one, firstStarted(one))),
  ];
}

/** Work that came over the API; the developers' own items are left alone. */
function deliveredWork(side: DevSide): Work[] {
  const places = new Map(side.places().map((place) => [place.key, place.statuses]));
  const tool = side.system;
  const cards = side.cards().filter((card) => side.isDelivered(card.id));
  return cards.map((card) => ({ tool, side, card, statuses: places.get(card.place) ?? [] }));
}

function nextStatus({ card, statuses }: Work): string {
  const ahead = statuses.slice(statuses.indexOf(card.status) + 1).filter((status) => !DROPPED.test(status));
  return ahead[0] ?? card.status;
}

/** In a tool without a status for started work this is the status of open work. */
function firstStarted({ card, statuses }: Work): string {
  return (
    statuses.find((status) => STARTED.test(status)) ?? statuses.find((status) => !CLOSED.test(status)) ?? card.status
  );
}

function isDrop(status: string): boolean {
  return DROPPED.test(status);
}

function canBeDropped({ statuses }: Work): boolean {
  return statuses.some(isDrop);
}

/** One possible act on any of `items`; none if there are no items or the weight is 0. */
function among<T>(weight: number, items: readonly T[], make: (item: T, random: Random) => Act): PossibleAct[] {
  if (items.length === 0 || weight === 0) return [];
  return [{ weight, choose: (random) => make(pick(random, items), random) }];
}

/** An item that can be marked ready and will then be handed over. */
function isIdea(world: World, item: CraftItem, teams: readonly string[]): boolean {
  const status = item.statusId === null ? undefined : world.craft.statuses.get(item.statusId)?.name;
  return status !== undefined && OPEN_IN_CRAFT.has(status) && isComplete(world, item, teams) && !isLocked(world, item);
}

/** Has everything but the status that the sandbox's configuration requires of an item. */
function isComplete(world: World, item: CraftItem, teams: readonly string[]): boolean {
  return (
    DELIVERED_TYPES.has(item.type) &&
    teams.includes(String(world.craft.valueOf(item, 'team'))) &&
    (item.description ?? '') !== '' &&
    item.effort !== null &&
    KNOWN_EFFORTS.has(item.effort)
  );
}

function isLocked(world: World, item: CraftItem): boolean {
  const lock = world.craft.valueOf(item, 'dev_lock');
  return lock !== null && lock !== '';
}

/** Ready items that will be handed over. */
function waiting(world: World, teams: readonly string[]): number {
  const ready = world.craft.statusNamed(READY_STATUS)?.id;
  const items = [...world.craft.items.values()];
  return items.filter((item) => item.statusId === ready && isComplete(world, item, teams) && !isLocked(world, item))
    .length;
}

function move({ tool, card }: Work, status: string): Act {
  return { as: 'developer', tool, action: 'move', id: card.id, status };
}

function comment({ tool, card }: Work, text: string): Act {
  return { as: 'developer', tool, action: 'comment', id: card.id, text };
}

function changePlace(work: Work, random: Random): Act {
  const { tool, side, card } = work;
  const others = side.places().filter(({ key }) => key !== card.place);
  if (others.length === 0) return comment(work, pick(random, COMMENTS));
  return { as: 'developer', tool, action: 'move-place', id: card.id, place: pick(random, others).key };
}

/** With a title that no item has yet, searched from a random start; numbered once all are taken. */
function write(world: World, team: string, random: Random): Act {
  const taken = new Set([...world.craft.items.values()].map((item) => item.title));
  const count = WISHES.length * SUBJECTS.length;
  const start = Math.floor(random() * count);
  const effort = 1 + Math.floor(random() * KNOWN_EFFORTS.size);
  for (let n = 0; ; n++) {
    const at = (start + n) % count;
    const wish = WISHES[at % WISHES.length] ?? WISHES[0];
    const subject = SUBJECTS[Math.floor(at / WISHES.length)] ?? SUBJECTS[0];
    const title = `${wish[0]}: ${subject}${n < count ? '' : ` (${Math.floor(n / count) + 1})`}`;
    if (taken.has(title)) continue;
    const edit = { title, description: wish[1], effort, status: 'In Definition', customFields: { team } };
    return { as: 'product-manager', action: 'create', edit };
  }
}
