/**
 * Leads one item of each pair from ready to done in one deployment and writes down what both sides and craftsync show
 * on the way. It expects nothing: what does not come in time is missing from what was seen.
 */
import { marker } from '../../../domain/ids.js';
import type { ItemLink, ItemStatus } from '../../../domain/link.js';
import type { DevCard } from '../../../sandbox/people/devSide.js';
import type { RequestRecord } from '../../../sandbox/http/record.js';
import type { Sandbox } from '../../../sandbox/sandbox.js';
import { eventually, type TestDeployment } from './deployment.js';
import { PAIRS, sourceOf, targetOf, type Pair } from './pairs.js';
import { wordsOf } from '../words.js';

const STAGE_TIMEOUT_MS = 30_000;

/** What Craft.io shows of an item, after one write. */
export interface CraftSight {
  readonly status: string | null;
  readonly lock: string | number | null;
  readonly key: string | number | null;
  readonly link: string | number | null;
  readonly state: string | number | null;
  readonly progress: string | number | null;
}

export interface Seen {
  readonly pair: Pair;
  readonly craftItemId: string;
  /** What `sweep --json` printed, or its error. */
  sweep: string;
  /** The dev items of all tools that carry the marker when the item is followed, each with its tool. */
  devItems: readonly (DevCard & { readonly system: string })[];
  /**
   * What Craft.io showed after each change of the item, in order. Empty for feedback, which has none of these fields.
   */
  readonly craft: CraftSight[];
  /** As `status --json` has it after the hand-over, after each move of a developer, and at the end. */
  readonly statuses: ItemStatus[];
  /** What `status <pipeline> <item>` says when all is done. */
  words: string;
  /** Requests that write this item, or that name it and write. */
  writes: readonly RequestRecord[];
}

export interface Journey {
  readonly seen: readonly Seen[];
  /** Cards of all dev tools before and after, by their systems. */
  readonly before: Readonly<Record<string, number>>;
  readonly after: Readonly<Record<string, number>>;
}

const SYSTEMS = [...new Set(PAIRS.map((pair) => targetOf(pair).system))];

export async function travel(deployment: TestDeployment): Promise<Journey> {
  const { sandbox } = deployment;
  const before = cardCounts(sandbox);
  const seen = PAIRS.map((pair) => begin(sandbox, pair));
  const stop = watchCraft(sandbox, seen);
  for (const one of seen) {
    const { stdout, stderr, exitCode } = await deployment.run('sweep', one.pair.pipeline, '--json');
    one.sweep = exitCode === 0 ? stdout.trim() : stderr.trim();
  }
  await until(deployment, seen, ({ phase }) => phase === 'following');
  for (const one of seen) one.devItems = devItemsOf(sandbox, one);
  await noteStatuses(deployment, seen);

  const rounds = Math.max(...seen.map(({ pair }) => targetOf(pair).moves.length));
  for (let round = 0; round < rounds; round += 1) await moveAll(deployment, seen, round, rounds);
  await until(deployment, seen, ({ phase }) => phase === 'done');
  await noteStatuses(deployment, seen);
  stop();
  for (const one of seen) {
    one.words = wordsOf((await deployment.run('status', one.pair.pipeline, one.craftItemId)).stdout);
    one.writes = writesOf(sandbox, one);
  }
  return { seen, before, after: cardCounts(sandbox) };
}

function begin(sandbox: Sandbox, pair: Pair): Seen {
  const description = `What ${pair.pipeline} is to build.`;
  const craftItemId = sourceOf(pair).make(sandbox, { title: pair.title, description });
  return { pair, craftItemId, sweep: '', devItems: [], craft: [], statuses: [], words: '', writes: [] };
}

/** Notes each state of the items in Craft.io. Returns the function that ends it. */
function watchCraft(sandbox: Sandbox, seen: readonly Seen[]): () => void {
  const { craft } = sandbox.world;
  return sandbox.onChange(({ side, id }) => {
    const one = side === 'craft' ? seen.find(({ craftItemId }) => craftItemId === id) : undefined;
    const item = craft.find(id);
    if (one === undefined || item === undefined) return;
    const value = (name: string) => craft.valueOf(item, name);
    one.craft.push({
      status: craft.statuses.get(item.statusId ?? '')?.name ?? null,
      lock: value('dev_lock'),
      key: value('dev_key'),
      link: value('dev_link'),
      state: value('dev_state'),
      progress: value('dev_status'),
    });
  });
}

/**
 * Developers move each item that has a move in this round, then one progress sweep runs for each tool. All end in the
 * last round.
 */
async function moveAll(
  deployment: TestDeployment,
  seen: readonly Seen[],
  round: number,
  rounds: number,
): Promise<void> {
  const moved = new Map<string, string>();
  const tools = new Set<string>();
  for (const { pair, devItems } of seen) {
    const { system: tool, devTool, moves } = targetOf(pair);
    const status = moves[moves.length - rounds + round];
    const [devItem] = devItems;
    if (status === undefined || devItem === undefined) continue;
    const outcome = deployment.sandbox.act({ as: 'developer', tool, action: 'move', id: devItem.id, status });
    if (outcome.status === 'refused') throw new Error(outcome.message);
    moved.set(pair.pipeline, status);
    tools.add(devTool);
  }
  for (const tool of tools) {
    const { exitCode, stderr } = await deployment.run('progress', tool, '--json');
    if (exitCode !== 0) throw new Error(`craftsync progress ${tool}: ${stderr}`);
  }
  const awaited = seen.filter(({ pair }) => moved.has(pair.pipeline));
  await until(deployment, awaited, ({ pipeline, devStatus }) => devStatus === moved.get(pipeline));
  await noteStatuses(deployment, awaited);
}

/** Until the rows of all items satisfy `isSo`, or the time of a stage is over. */
async function until(
  { ledger }: TestDeployment,
  seen: readonly Seen[],
  isSo: (link: ItemLink) => boolean,
): Promise<void> {
  const look = async (): Promise<boolean> => {
    const rows = new Map((await ledger.links.list({})).map((link) => [link.craftItemId, link]));
    return seen.every(({ craftItemId }) => {
      const link = rows.get(craftItemId);
      return link !== undefined && isSo(link);
    });
  };
  await eventually(look, 'all items are there', STAGE_TIMEOUT_MS).catch(() => undefined);
}

async function noteStatuses(deployment: TestDeployment, seen: readonly Seen[]): Promise<void> {
  const { stdout } = await deployment.run('status', '--json');
  const statuses = JSON.parse(stdout) as readonly ItemStatus[];
  for (const { craftItemId, statuses: noted } of seen) {
    noted.push(...statuses.filter((status) => status.craftItemId === craftItemId));
  }
}

/** Searches all tools. Craftnote shows the marker of a project as its order number. */
function devItemsOf(sandbox: Sandbox, { pair, craftItemId }: Seen): Seen['devItems'] {
  const exact = marker({ pipeline: pair.pipeline, craftItemId }, 1);
  const carries = ({ key, description }: DevCard): boolean => key === exact || description.split('\n').includes(exact);
  return SYSTEMS.flatMap((system) => {
    const cards = sandbox.world.tools[system].side.cards();
    return cards.filter(carries).map((card) => ({ ...card, system }));
  });
}

function cardCounts({ world }: Sandbox): Record<string, number> {
  return Object.fromEntries(SYSTEMS.map((system) => [system, world.tools[system].side.cards().length]));
}

function writesOf({ records }: Sandbox, { craftItemId }: Seen): readonly RequestRecord[] {
  const isCraft = ({ mount }: RequestRecord): boolean => mount === 'craft-guide' || mount === 'craft-swagger';
  const names = ({ path, body, itemId }: RequestRecord): boolean =>
    itemId === craftItemId || path.includes(craftItemId) || JSON.stringify(body ?? null).includes(craftItemId);
  return records.list().filter((record) => record.write && isCraft(record) && names(record));
}

const HEADINGS = ['source', 'target', 'ready', 'created', 'locked', 'progress back', 'phase'] as const;

/** What was seen, as one Markdown table. */
export function tableOf(seen: readonly (Seen & { readonly dialect: string })[]): string {
  const rows = seen.map((one) => [
    `${one.pair.source} (${one.dialect})`,
    one.pair.target,
    readyCell(one),
    one.devItems.map(({ key, id }) => (key.length > 20 ? id : key)).join(', ') || 'nothing',
    lockCell(one),
    progressSeen(one).join(' → '),
    one.statuses.at(-1)?.phase ?? 'none',
  ]);
  return [HEADINGS, HEADINGS.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function readyCell({ sweep }: Seen): string {
  if (!sweep.startsWith('{')) return sweep;
  const { found, started } = JSON.parse(sweep) as { found: number; started: number };
  return `${found} found, ${started} started`;
}

/**
 * The first write that Craft.io took. For a read-only source: the number of writes, and what `status` says about it.
 */
function lockCell({ pair, craft, words, writes }: Seen): string {
  const [first] = craft;
  if (first !== undefined) {
    const { lock, status, key, link } = first;
    return `${lock ?? 'empty'}, ${status ?? 'no status'}, key ${key ?? 'empty'}, link ${link ?? 'empty'}`;
  }
  if (sourceOf(pair).writable) return 'not written';
  return `${writes.length} writes; status: “${/there is no \S+ and no [\w-]+/.exec(words)?.[0] ?? ''}”`;
}

/** Each change once, as Craft.io showed it, or for a read-only source as `status --json` did. */
export function progressSeen({ pair, craft, statuses }: Seen): readonly unknown[] {
  const all = (sourceOf(pair).writable ? craft : statuses).map(({ progress }) => progress);
  return all.filter((value, index) => index === 0 || value !== all[index - 1]);
}
