import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { act, type Act } from '../../../sandbox/people/act.js';
import type { CraftItem } from '../../../sandbox/craft/model.js';
import { seededRandom } from '../../../sandbox/world/random.js';
import { seedWorld } from '../../../sandbox/seeding/seedWorld.js';
import { startTeam } from '../../../sandbox/people/team.js';
import { World } from '../../../sandbox/world/world.js';

const EVERY_MS = 1_000;
const SEEDED_ITEMS = 21;

/** A world, and a team in it whose acts are recorded. */
function teamAtWork({ items = SEEDED_ITEMS, seed = 7, handsOver = true } = {}) {
  const world = new World({ seed: 1 });
  seedWorld(world, items);
  const acts: { what: Act; status: string }[] = [];
  const sandbox = {
    world,
    act: (what: Act) => {
      const outcome = act(world, what);
      acts.push({ what, status: outcome.status });
      if (handsOver) handOver(world);
      return outcome;
    },
  };
  if (handsOver) handOver(world);
  const team = startTeam({ sandbox, everyMs: EVERY_MS, random: seededRandom(seed) });
  return { world, acts, team };
}

/** What craftsync does with ready and complete items, in short. */
function handOver(world: World): void {
  const ready = world.craft.statusNamed('Ready for Development')?.id;
  const [space] = world.tools.kitemaker.world.spaces.values();
  const toDo = space?.statuses.find((status) => status.name === 'To do');
  if (space === undefined || toDo === undefined) throw new Error('no space');
  const actorId = world.tools.kitemaker.world.application().id;
  for (const item of [...world.craft.items.values()]) {
    const isComplete = item.description !== null && [1, 2, 3].includes(item.effort ?? 0);
    if (item.statusId !== ready || !isComplete || world.craft.valueOf(item, 'team') !== 'mobile') continue;
    const draft = { spaceId: space.id, statusId: toDo.id, title: item.title, actorId };
    world.tools.kitemaker.world.createWorkItem(draft, 'api');
    const edit = { status: 'In Development', customFields: { dev_lock: 'View only' } };
    act(world, { as: 'product-manager', action: 'edit', id: item.id, edit });
  }
}

const count = (acts: readonly { what: Act }[], action: Act['action']): number =>
  acts.filter(({ what }) => what.action === action).length;

describe('sandbox/people/team', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('does one act at a time, each after 0.4 to 1.6 of the mean wait', () => {
    const { acts, team } = teamAtWork();
    const times: number[] = [Date.now()];
    for (let ms = 0; ms < 60_000; ms += 10) {
      vi.advanceTimersByTime(10);
      if (acts.length >= times.length) times.push(Date.now());
    }
    team.stop();
    const waits = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(acts.length).toBe(waits.length);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(0.4 * EVERY_MS);
    expect(Math.max(...waits)).toBeLessThanOrEqual(1.6 * EVERY_MS + 10);
  });

  it('moves work along to Done, comments, readies items and writes new ones', () => {
    const { world, acts, team } = teamAtWork();
    vi.advanceTimersByTime(400 * EVERY_MS);
    team.stop();
    for (const action of ['move', 'comment', 'mark-ready', 'create'] as const) {
      expect(count(acts, action), action).toBeGreaterThan(0);
    }
    const done = [...world.tools.kitemaker.world.workItems.values()].filter(
      (item) => world.tools.kitemaker.world.statusOf(item).name === 'Done',
    );
    expect(done.length).toBeGreaterThan(5);
  });

  it('never runs out of work, and never lets the sandbox grow beyond 60 Craft items', () => {
    const { world, acts, team } = teamAtWork();
    vi.advanceTimersByTime(3_000 * EVERY_MS);
    const before = acts.length;
    vi.advanceTimersByTime(200 * EVERY_MS);
    team.stop();
    expect(world.craft.items.size).toBe(60);
    expect(acts.length - before).toBeGreaterThan(120);
    expect(count(acts.slice(before), 'create')).toBe(0);
    expect(count(acts.slice(before), 'move')).toBeGreaterThan(50);
  });

  it('piles up no work while nobody hands items over', () => {
    const { world, team } = teamAtWork({ handsOver: false });
    vi.advanceTimersByTime(1_000 * EVERY_MS);
    team.stop();
    const ready = world.craft.statusNamed('Ready for Development')?.id;
    const waiting = [...world.craft.items.values()].filter((item) => item.statusId === ready);
    // Three seeded items are ready but incomplete, or of another team.
    expect(waiting.length).toBeLessThanOrEqual(14 + 3);
  });

  it('writes only items that can be handed over, and no title twice', () => {
    const { world, acts, team } = teamAtWork();
    vi.advanceTimersByTime(3_000 * EVERY_MS);
    team.stop();
    const written = acts.flatMap(({ what }) =>
      what.as === 'product-manager' && what.action === 'create' ? [what] : [],
    );
    for (const { edit } of written) {
      expect(edit.description).toBeTruthy();
      expect([1, 2, 3]).toContain(edit.effort);
      expect(edit.customFields).toEqual({ team: 'mobile' });
    }
    const titles = [...world.craft.items.values()].map((item) => item.title);
    expect(new Set(titles).size).toBe(titles.length);
  });

  it('leaves alone what is view-only, what is incomplete, and the work of the developers themselves', () => {
    const { world, acts, team } = teamAtWork();
    const own = [...world.tools.kitemaker.world.workItems.values()].filter(
      (item) => item.actorId !== world.tools.kitemaker.world.application().id,
    );
    const incomplete = [...world.craft.items.values()].filter((item) => item.description === null);
    const cancelled = byTitle(world, 'Animated confetti on payday');
    vi.advanceTimersByTime(2_000 * EVERY_MS);
    team.stop();
    expect(own.length).toBeGreaterThan(0);
    expect(incomplete.length).toBeGreaterThan(0);
    const touched = new Set(acts.flatMap(({ what }) => ('id' in what ? [what.id] : [])));
    for (const item of [...own, ...incomplete, cancelled]) expect(touched).not.toContain(item.id);
    const readied = acts.flatMap(({ what }) => (what.action === 'mark-ready' ? [what.id] : []));
    expect(new Set(readied).size).toBe(readied.length);
  });

  it('does the same acts for the same seed, and others for another', () => {
    const run = (seed: number): string => {
      const { acts, team } = teamAtWork({ seed });
      vi.advanceTimersByTime(100 * EVERY_MS);
      team.stop();
      return JSON.stringify(acts.map(({ what }) => what));
    };
    expect(run(3)).toBe(run(3));
    expect(run(3)).not.toBe(run(4));
  });

  it('does nothing that the sandbox refuses', () => {
    const { acts, team } = teamAtWork();
    vi.advanceTimersByTime(1_000 * EVERY_MS);
    team.stop();
    expect(acts.filter(({ status }) => status !== 'done')).toEqual([]);
  });

  it('does nothing after stop()', () => {
    const { acts, team } = teamAtWork();
    vi.advanceTimersByTime(10 * EVERY_MS);
    team.stop();
    const before = acts.length;
    vi.advanceTimersByTime(100 * EVERY_MS);
    expect(acts.length).toBe(before);
    expect(vi.getTimerCount()).toBe(0);
  });
});

function byTitle(world: World, title: string): CraftItem {
  const found = [...world.craft.items.values()].find((item) => item.title === title);
  if (found === undefined) throw new Error(`no item ${title}`);
  return found;
}
