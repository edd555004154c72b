/** What the simulated team may do in a given world, and how likely each act is. Reads the world, changes nothing. */
import type { Act } from './act.js';
import type { CraftItem, WorkItem } from './model.js';
import { pick, type Random } from './random.js';
import type { World } from './world.js';

export interface PossibleAct {
  readonly weight: number;
  readonly choose: (random: Random) => Act;
}

/** Craft items that the team lets the sandbox grow to. */
export const MOST_ITEMS = 60;
/** Items that are ready or being developed at the same time; more would only pile up. */
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

/** From each status the one that work goes on to. */
const NEXT: Readonly<Record<string, string>> = {
  Backlog: 'To do',
  'To do': 'In Progress',
  'In Progress': 'In Review',
  'In Review': 'Done',
};
const STARTED = new Set(['In Progress', 'In Review']);
const OPEN_IN_CRAFT = new Set(['New', 'In Definition', 'In Review']);
const READY_STATUS = 'Ready for Development';
const TEAM = 'mobile';
const DELIVERED_TYPES = new Set(['Feature', 'Story']);
/** Those that the sandbox's configuration has words for. */
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

/** `mayGrow`: whether a new item may be written. */
export function possibleActs(world: World, mayGrow: boolean): readonly PossibleAct[] {
  const work = deliveredWork(world);
  const inStatus = (names: ReadonlySet<string>): WorkItem[] => work.filter((item) => names.has(statusOf(world, item)));
  const open = work.filter((item) => NEXT[statusOf(world, item)] !== undefined);
  const ideas = [...world.craft.items.values()].filter((item) => isIdea(world, item));
  const mayReady = open.length + waiting(world) < MOST_IN_HAND;
  const started = inStatus(STARTED);
  return [
    ...among(WEIGHTS.advance, open, (item) => move(item, NEXT[statusOf(world, item)] ?? 'Done')),
    ...among(WEIGHTS.comment, started, (item, random) => comment(item, pick(random, COMMENTS))),
    ...among(WEIGHTS.sendBack, inStatus(new Set(['In Review'])), (item) => move(item, 'In Progress')),
    ...among(WEIGHTS.drop, inStatus(new Set(['Backlog', 'To do'])), (item) => move(item, 'Dropped')),
    ...among(WEIGHTS.changeSpace, started, (item, random) => changeSpace(world, item, random)),
    ...among(mayReady ? WEIGHTS.ready : 0, ideas, (item) => ({
      as: 'product-manager',
      action: 'mark-ready',
      id: item.id,
    })),
    ...among(mayGrow && mayReady ? WEIGHTS.write : 0, [null], (_, random) => write(world, random)),
    // Work must come from somewhere once no new items may be written.
    ...among(mayGrow ? 0 : WEIGHTS.reopen, inStatus(new Set(['Done', 'Dropped'])), (item) => move(item, 'In Progress')),
  ];
}

/** One possible act on any of `items`; none where there are none or the weight is 0. */
function among<T>(weight: number, items: readonly T[], make: (item: T, random: Random) => Act): PossibleAct[] {
  if (items.length === 0 || weight === 0) return [];
  return [{ weight, choose: (random) => make(pick(random, items), random) }];
}

/** Work items that came over the API; what the developers made themselves is theirs. */
function deliveredWork(world: World): WorkItem[] {
  const ours = world.kitemaker.application().id;
  return [...world.kitemaker.workItems.values()].filter((item) => item.actorId === ours && item.archivedAt === null);
}

function statusOf(world: World, item: WorkItem): string {
  return world.kitemaker.statusOf(item).name;
}

/** An item that can be marked ready and will then be handed over. */
function isIdea(world: World, item: CraftItem): boolean {
  const status = item.statusId === null ? undefined : world.craft.statuses.get(item.statusId)?.name;
  return status !== undefined && OPEN_IN_CRAFT.has(status) && isComplete(world, item) && !isLocked(world, item);
}

/** Has everything that the sandbox's configuration asks of an item besides its status. */
function isComplete(world: World, item: CraftItem): boolean {
  return (
    DELIVERED_TYPES.has(item.type) &&
    world.craft.valueOf(item, 'team') === TEAM &&
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
function waiting(world: World): number {
  const ready = world.craft.statusNamed(READY_STATUS)?.id;
  const items = [...world.craft.items.values()];
  return items.filter((item) => item.statusId === ready && isComplete(world, item) && !isLocked(world, item)).length;
}

function move(item: WorkItem, status: string): Act {
  return { as: 'developer', action: 'move', id: item.id, status };
}

function comment(item: WorkItem, text: string): Act {
  return { as: 'developer', action: 'comment', id: item.id, text };
}

function changeSpace(world: World, item: WorkItem, random: Random): Act {
  const others = [...world.kitemaker.spaces.values()].filter((space) => space.id !== item.spaceId);
  if (others.length === 0) return comment(item, pick(random, COMMENTS));
  return { as: 'developer', action: 'move-space', id: item.id, space: pick(random, others).id };
}

/** A title that no item has yet, beginning the search anywhere; numbered once all are taken. */
function write(world: World, random: Random): Act {
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
    const edit = { title, description: wish[1], effort, status: 'In Definition', customFields: { team: TEAM } };
    return { as: 'product-manager', action: 'create', edit };
  }
}
