/**
 * A team that keeps working in the sandbox, slowly enough to watch: one small act at a time, as the product manager or
 * as a developer.
 *
 * It never runs out of work and never floods the sandbox: from `MOST_ITEMS` Craft items on, it reopens finished work
 * instead of writing new items. It leaves alone what a person may be trying out: items above features, items that are
 * view-only in Craft.io, and items that cannot be handed over until somebody completes them.
 */
import type { Act, ActOutcome } from './act.js';
import { MOST_ITEMS, possibleActs } from './teamActs.js';
import type { Random } from '../world/random.js';
import { DEFAULT_TOOL, type DevSystemName } from '../world/systems.js';
import type { World } from '../world/world.js';

export interface TeamOptions {
  readonly sandbox: { readonly world: World; act(what: Act): ActOutcome };
  /** Mean time between two acts; each wait is between 0.4 and 1.6 of it. */
  readonly everyMs: number;
  /** Decides which acts, and when: the same numbers on the same world give the same acts. */
  readonly random: Random;
  /** The dev tools that items are handed over to. @default `DEFAULT_TOOL` alone */
  readonly systems?: readonly DevSystemName[];
}

export interface Team {
  /** Nothing is done after it returns. */
  stop(): void;
}

const SHORTEST_WAIT = 0.4;
const LONGEST_WAIT = 1.6;

/** Begins with a wait. The timer keeps no process alive. */
export function startTeam({ sandbox, everyMs, random, systems = [DEFAULT_TOOL] }: TeamOptions): Team {
  let timer: NodeJS.Timeout;
  const wait = (): void => {
    const waitMs = everyMs * (SHORTEST_WAIT + random() * (LONGEST_WAIT - SHORTEST_WAIT));
    timer = setTimeout(() => {
      const next = chooseAct(sandbox.world, systems, random);
      // An act may be refused because a person was quicker; then it is not done.
      if (next !== null) sandbox.act(next);
      wait();
    }, waitMs);
    timer.unref();
  };
  wait();
  return { stop: () => clearTimeout(timer) };
}

/** One of the acts that make sense now, likely ones more often; null when there is nothing to do. */
function chooseAct(world: World, systems: readonly DevSystemName[], random: Random): Act | null {
  const possible = possibleActs(world, systems, world.craft.items.size < MOST_ITEMS);
  const total = possible.reduce((sum, { weight }) => sum + weight, 0);
  let drawn = random() * total;
  const chosen = possible.find(({ weight }) => (drawn -= weight) < 0);
  return chosen?.choose(random) ?? null;
}
